package io.sampo.command;

import static io.sampo.command.Command.cmd;

import io.sampo.resp.Args;
import java.util.List;

/** The commands on keys of any type. */
public final class KeyCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("del", -2, "write", "RM delete 1..-1", "1.0.0", "O(N), N keys", "key:key...", "Deletes keys.", KeyCommands::del));
  // spotless:on

  private KeyCommands() {}

  private static void del(Context c, Args a) {
    int deleted = 0;
    for (int i = 1; i < a.count(); i++) {
      if (c.db(a, i).remove(a.array(), a.offset(i), a.length(i))) {
        deleted++;
        c.modified(a, i, KeyEvent.GENERIC, "del");
      }
    }
    c.out().integer(deleted);
  }
}
