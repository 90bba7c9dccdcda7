package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.resp.Args;

/**
 * Books the time that requests take. A look at the clock costs as much as a GET, so requests of one
 * command and of constant time are timed together as long as they follow one another in a batch,
 * all others one by one.
 */
final class Streak {
  private final CommandStats stats;
  private final Watchman watchman;
  private final Args args;

  /** When the clock was last looked at, in nanoseconds, and the requests that ran since. */
  private long time;

  private Command command;
  private int length;

  /** A streak of requests on the last of which {@code args} stands. */
  Streak(CommandStats stats, Watchman watchman, Args args) {
    this.stats = stats;
    this.watchman = watchman;
    this.args = args;
  }

  /** Looks at the clock: what has passed so far is nobody's time. */
  void start() {
    time = System.nanoTime();
  }

  /** When the clock was last looked at, in nanoseconds. */
  long time() {
    return time;
  }

  /** Says that a request is going to run. */
  void begin(Client client, Command next) {
    if (command != next) {
      end(client);
      command = next;
    }
  }

  /** Says that it has run. */
  void ran(Client client) {
    length++;
    if (!command.isConstant()) {
      end(client);
    }
  }

  /** Looks at the clock and books the time since the last look on the requests that ran since. */
  void end(Client client) {
    if (length == 0) {
      return;
    }
    long end = System.nanoTime();
    long each = (end - time) / length;
    time = end;
    stats.ran(command.id(), length, each);
    long slow = watchman.slowNanos();
    if (slow >= 0 && each >= slow && !command.has(Flag.SKIP_SLOWLOG)) {
      watchman.slow(client, command, args, each);
    }
    length = 0;
  }
}
