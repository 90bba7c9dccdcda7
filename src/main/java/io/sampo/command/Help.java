package io.sampo.command;

import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The HELP subcommand of a container: its subcommands with their arguments and summaries. */
public final class Help implements Handler {
  private Command container;

  void about(Command command) {
    container = command;
  }

  @Override
  public void run(Context c, Args a) {
    List<String> lines = new ArrayList<>();
    lines.add(upper(container.name) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    container
        .subcommands()
        .forEach(
            (word, sub) -> {
              String arguments = Syntax.usage(sub.syntax);
              lines.add(upper(word) + (arguments.isEmpty() ? "" : " " + arguments));
              lines.add("    " + sub.summary);
            });
    ReplyWriter out = c.out();
    out.array(lines.size());
    lines.forEach(out::simple);
  }

  /** The error for arguments that a subcommand cannot make sense of. */
  public static RespError misuse(Args a) {
    return new RespError(
        "ERR unknown subcommand or wrong number of arguments for '"
            + a.shown(1)
            + "'. Try "
            + upper(a.text(0))
            + " HELP.");
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
