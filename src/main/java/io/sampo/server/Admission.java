package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.command.Flag;
import io.sampo.replication.Following;
import io.sampo.resp.Args;
import io.sampo.shard.Memory;
import java.util.Locale;
import java.util.Set;

/** What is checked of a request before it runs or is queued, in Redis's order and words. */
public final class Admission {
  /** Stands for a name that is no command. */
  public static final Command UNKNOWN =
      Command.cmd("unknown", -1, "", "", "", "", "", "", (c, a) -> c.out().nil());

  private static final int DATA = Flag.WRITE.bit | Flag.READONLY.bit;
  private static final String IN_DOUBT =
      "CLUSTERDOWN A majority of the replica set cannot be reached, so there may be another master";

  /** What a replica says to a write, unless it passes it on. */
  static final String READONLY = "READONLY You can't write against a read only replica.";

  private static final String MASTERDOWN =
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
  private static final String LOADING = "LOADING Redis is loading the dataset in memory";
  private static final String MISCONF =
      "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to"
          + " disk. Commands that may modify the data set are disabled, because this instance is"
          + " configured to report errors during writes if RDB snapshotting fails"
          + " (stop-writes-on-bgsave-error option). Please check the Redis logs for details about"
          + " the RDB error.";

  /** Subcommands of CLIENT that there are in Redis. */
  private static final Set<String> ABOUT_CACHING =
      Set.of("tracking", "trackinginfo", "caching", "getredir");

  private static final int MAX_SHOWN = 128;

  private Admission() {}

  /** The command or subcommand that a request names; a container if the subcommand is unknown. */
  public static Command resolve(CommandTable commands, Args args) {
    Command command = commands.find(args.array(), args.offset(0), args.length(0));
    if (command == null) {
      return UNKNOWN;
    }
    if (command.subcommands().isEmpty() || args.count() < 2) {
      return command;
    }
    return command.subcommands().getOrDefault(args.text(1).toLowerCase(Locale.ROOT), command);
  }

  /** Whether a request names no command or, of one that has subcommands, none of these. */
  static boolean isUnknown(Command command, Args args) {
    return command == UNKNOWN || !command.subcommands().isEmpty() && args.count() > 1;
  }

  /**
   * Whether it is a line of HTTP, sent by a browser for a page that knows its user's ports:
   * whatever follows, up to the body, would be taken for requests.
   */
  static boolean isHttp(Command command, Args args) {
    return command == UNKNOWN && (args.is(0, "post") || args.is(0, "host:"));
  }

  /** Why the request is not to run: an error line, or "". */
  static String refusal(Session session, Command command, Args args) {
    if (command == UNKNOWN) {
      return unknown(args);
    }
    if (isUnknown(command, args)) {
      String word = args.text(1);
      String lower = word.toLowerCase(Locale.ROOT);
      boolean caching = command.name.equals("client") && ABOUT_CACHING.contains(lower);
      return "ERR unknown subcommand '"
          + shown(word, MAX_SHOWN)
          + (caching ? "', for this server does not track what clients cache. Try " : "'. Try ")
          + command.name.toUpperCase(Locale.ROOT)
          + " HELP.";
    }
    if (!command.accepts(args.count())) {
      return "ERR wrong number of arguments for '" + command.name + "' command";
    }
    if (!session.mayRun() && !command.has(Flag.NO_AUTH)) {
      return "NOAUTH Authentication required.";
    }
    return session.service.isSentinel()
        ? refusalToSubscriber(session, command)
        : refusalOfData(session, command);
  }

  /** What depends on the data, and on what this node may do with it. */
  private static String refusalOfData(Session session, Command command) {
    if (session.transactions.isOpen()) {
      if (command.has(Flag.NO_MULTI)) {
        return "ERR Command not allowed inside a transaction";
      }
      // Whatever it is, to queue it takes memory.
      if (session.node.keyspaces.memory.isFull()
          && !session.node.loading.isOn()
          && !endsTransaction(command)) {
        return Memory.OOM;
      }
    }
    if (session.node.saves.refusesWrites() && maySpoil(session, command)) {
      return MISCONF;
    }
    if (session.node.aof.refusesWrites() && maySpoil(session, command)) {
      return session.node.aof.refusal();
    }
    if ((session.state.monitor || session.feed.isOn()) && (command.flags & DATA) != 0) {
      return "ERR Replica can't interact with the keyspace";
    }
    Following following = session.node.replication.following;
    if (session.disclosure.isInDoubt()
        && (!following.isReplica() || session.node.tenure.isAdrift())
        && (((command.flags | session.transactions.flags(command)) & DATA) != 0
            || Pause.MAY_WRITE.contains(command.name))) {
      return IN_DOUBT;
    }
    if (!following.isReplica()
        && session.node.replication.replicas.tooFew()
        && ((command.flags | session.transactions.flags(command)) & Flag.WRITE.bit) != 0) {
      return "NOREPLICAS Not enough good replicas to write.";
    }
    if (following.isReplica() && session.node.settings.replicaReadOnly.get()) {
      if (((command.flags | session.transactions.flags(command)) & Flag.WRITE.bit) != 0) {
        return READONLY;
      }
    }
    String toSubscriber = refusalToSubscriber(session, command);
    if (!toSubscriber.isEmpty()) {
      return toSubscriber;
    }
    if (following.isReplica()
        && !following.isUp()
        && !session.node.settings.replicaServeStaleData.get()
        && (command.flags & session.transactions.commonFlags(command) & Flag.STALE.bit) == 0) {
      return MASTERDOWN;
    }
    if (session.node.loading.isOn() && !command.has(Flag.LOADING)) {
      return LOADING;
    }
    return "";
  }

  /**
   * Whether it ends the connection: clients look for the master of a replica set when they connect,
   * and not for an error.
   */
  static boolean sendsAway(Session session, String refusal) {
    return session.node.tenure.isBounded()
        && (refusal.equals(IN_DOUBT) || refusal.equals(READONLY));
  }

  private static String refusalToSubscriber(Session session, Command command) {
    if (session.isSubscriber() && !isForSubscribers(command)) {
      return "ERR Can't execute '"
          + command.name
          + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
          + " context";
    }
    return "";
  }

  /** Whether it writes; PING counts as such, so that whoever asks how the server is learns it. */
  private static boolean maySpoil(Session session, Command command) {
    int flags = command.flags | session.transactions.flags(command);
    return (flags & Flag.WRITE.bit) != 0 || command.name.equals("ping");
  }

  /** Whether a client may send this while it is subscribed, in RESP2. */
  private static boolean isForSubscribers(Command command) {
    return switch (command.name) {
      case "ping", "quit", "reset" -> true;
      default -> changesSubscriptions(command);
    };
  }

  /**
   * Whether a command changes what its client is subscribed to: its replies are pushes, which
   * CLIENT REPLY does not silence, and it has to run on the thread of the client's loop.
   */
  static boolean changesSubscriptions(Command command) {
    return command.has(Flag.PUBSUB) && command.has(Flag.NOSCRIPT);
  }

  private static boolean endsTransaction(Command command) {
    return switch (command.name) {
      case "exec", "discard" -> true;
      default -> !isQueued(command);
    };
  }

  /** Whether MULTI queues the command. */
  static boolean isQueued(Command command) {
    return switch (command.name) {
      case "quit", "reset" -> false;
      default -> true;
    };
  }

  private static String unknown(Args args) {
    StringBuilder text = new StringBuilder("ERR unknown command '");
    text.append(shown(args.text(0), MAX_SHOWN)).append("', with args beginning with: ");
    int start = text.length();
    for (int i = 1; i < args.count() && text.length() - start < MAX_SHOWN; i++) {
      int room = MAX_SHOWN - (text.length() - start);
      text.append('\'').append(shown(args.text(i), room)).append("' ");
    }
    return text.toString();
  }

  /** Up to so many characters, as Redis prints them: a zero ends them. */
  private static String shown(String text, int most) {
    int zero = text.indexOf('\0');
    return text.substring(0, Math.min(zero < 0 ? text.length() : zero, most));
  }
}
