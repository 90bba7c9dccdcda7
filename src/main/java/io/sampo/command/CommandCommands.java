package io.sampo.command;

import static io.sampo.command.Command.cmd;

import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** COMMAND: what the declarations say, for clients and proxies. */
public final class CommandCommands {
  private static final RespError NO_SUCH = new RespError("ERR Invalid command specified");
  private static final RespError NO_KEYS = new RespError("ERR The command has no key arguments");
  private static final RespError BAD_COUNT =
      new RespError("ERR Invalid number of arguments specified for command");
  private static final RespError BAD_ARGUMENTS =
      new RespError("ERR Invalid arguments specified for command");

  private final CommandTable table;

  private CommandCommands(CommandTable table) {
    this.table = table;
  }

  /** The family, about the commands of {@code table}, to which it may itself be added. */
  public static List<Command> family(CommandTable table) {
    return new CommandCommands(table).declare();
  }

  private List<Command> declare() {
    return List.of(
        // spotless:off
        cmd("command", -1, "loading stale @connection ~nondeterministic_output_order", "", "2.8.13", "O(N)", "", "Facts about all commands.", this::command).with(
            cmd("command|count", 2, "loading stale @connection", "", "2.8.13", "O(1)", "", "Number of commands.", this::count),
            cmd("command|docs", -2, "loading stale @connection ~nondeterministic_output_order", "", "7.0.0", "O(N)", "[command-name...]", "Documentation of commands.", this::docs),
            cmd("command|getkeys", -4, "loading stale @connection", "", "2.8.13", "O(N)", "", "Keys of a given request.", this::getKeys),
            cmd("command|getkeysandflags", -4, "loading stale @connection", "", "7.0.0", "O(N)", "", "Keys of a given request and what is done with each.", this::getKeysAndFlags),
            cmd("command|help", 2, "loading stale @connection", "", "5.0.0", "O(1)", "", "The subcommands of COMMAND.", new Help()),
            cmd("command|info", -2, "loading stale @connection ~nondeterministic_output_order", "", "2.8.13", "O(N)", "[command-name...]", "Facts about given commands, or about all.", this::info)
                .history("7.0.0 Without names it is about all commands."),
            cmd("command|list", -2, "loading stale @connection ~nondeterministic_output_order", "", "7.0.0", "O(N)", "[FILTERBY filterby:<MODULE module-name|ACLCAT category|PATTERN pattern:pattern>]", "Names of the commands.", this::list)));
        // spotless:on
  }

  private void command(Context c, Args a) {
    Collection<Command> commands = table.commands();
    c.out().array(commands.size());
    commands.forEach(command -> CommandReplies.info(c.out(), command));
  }

  private void count(Context c, Args a) {
    c.out().integer(table.commands().size());
  }

  private void info(Context c, Args a) {
    if (a.count() == 2) {
      command(c, a);
      return;
    }
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      Optional<Command> found = named(a.text(i));
      if (found.isPresent()) {
        CommandReplies.info(c.out(), found.get());
      } else {
        c.out().nil();
      }
    }
  }

  private void docs(Context c, Args a) {
    Collection<Command> found = table.commands();
    if (a.count() > 2) {
      found = new ArrayList<>();
      for (int i = 2; i < a.count(); i++) {
        named(a.text(i)).ifPresent(found::add);
      }
    }
    c.out().map(found.size());
    for (Command command : found) {
      c.out().bulk(command.name);
      CommandReplies.docs(c.out(), command);
    }
  }

  private void list(Context c, Args a) {
    if (a.count() != 2 && (a.count() != 5 || !a.is(2, "filterby"))) {
      throw RespError.SYNTAX;
    }
    Predicate<Command> filter = a.count() == 2 ? command -> true : filter(a);
    List<Command> listed = table.all().stream().filter(filter).toList();
    c.out().array(listed.size());
    listed.forEach(command -> c.out().bulk(command.name));
  }

  private static Predicate<Command> filter(Args a) {
    if (a.is(3, "module")) {
      // No command comes from a module.
      return command -> false;
    }
    if (a.is(3, "aclcat")) {
      String category = a.text(4).toLowerCase(Locale.ROOT);
      return command -> command.categories().stream().anyMatch(x -> x.word.equals(category));
    }
    if (a.is(3, "pattern")) {
      Glob glob = Glob.of(a.array(), a.offset(4), a.length(4), true);
      return command -> glob.matches(Bytes.ascii(command.name));
    }
    throw RespError.SYNTAX;
  }

  private void getKeys(Context c, Args a) {
    List<Key> keys = keys(a);
    c.out().array(keys.size());
    keys.forEach(key -> c.out().bulk(key.name));
  }

  private void getKeysAndFlags(Context c, Args a) {
    ReplyWriter out = c.out();
    List<Key> keys = keys(a);
    out.array(keys.size());
    for (Key key : keys) {
      out.array(2);
      out.bulk(key.name);
      out.set(key.flags.size());
      key.flags.forEach(out::simple);
    }
  }

  private record Key(byte[] name, List<String> flags) {}

  /** The keys of the request that follows the subcommand's name. */
  private List<Key> keys(Args a) {
    byte[][] parts = new byte[a.count() - 2][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = a.bytes(i + 2);
    }
    Args request = Args.of(parts);
    Command command = meant(request).orElseThrow(() -> NO_SUCH);
    if (!command.hasKeys()) {
      throw NO_KEYS;
    }
    if (!command.accepts(request.count())) {
      throw BAD_COUNT;
    }
    List<Key> keys = new ArrayList<>();
    boolean sound =
        Keys.each(
            command,
            request,
            new KeySpec.Visitor() {
              @Override
              public void key(int index) {
                key(index, List.of());
              }

              @Override
              public void key(int index, List<String> flags) {
                keys.add(new Key(request.bytes(index), flags));
              }
            });
    if (!sound || keys.isEmpty()) {
      if (!command.has(Flag.NO_MANDATORY_KEYS)) {
        throw BAD_ARGUMENTS;
      }
      return List.of();
    }
    return keys;
  }

  /** The command or, of a container, the subcommand that a request names. */
  private Optional<Command> meant(Args request) {
    Optional<Command> command = named(request.text(0));
    if (command.isPresent() && !command.get().subcommands().isEmpty() && request.count() > 1) {
      return command.get().subcommand(request, 1);
    }
    return command;
  }

  /** The command of a name such as "get" or "config|get", in any case. */
  private Optional<Command> named(String name) {
    String[] words = name.toLowerCase(Locale.ROOT).split("\\|", -1);
    byte[] first = Bytes.ascii(words[0]);
    Optional<Command> command = Optional.ofNullable(table.find(first, 0, first.length));
    return switch (words.length) {
      case 1 -> command;
      case 2 -> command.map(x -> x.subcommands().get(words[1]));
      default -> Optional.empty();
    };
  }
}
