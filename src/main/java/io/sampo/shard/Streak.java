package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.resp.Args;
import java.util.function.LongSupplier;

/**
 * Books the time that requests take. A look at the clock costs as much as a GET, so requests of one
 * command that is {@link Command#isQuick quick} are timed together as long as they follow one
 * another in a batch, all others one by one; and so are those whose time depends on many bytes.
 */
final class Streak {
  /** So many requests, at most, are timed together: then it is little that hides behind others. */
  private static final int LONGEST = 64;

  /** Who wants to hear of less than this, in nanoseconds, has every request timed by itself. */
  private static final long FINE = 1_000_000;

  /** From so many bytes on, of a request or a reply, a request is no more like the others. */
  private static final int MANY_BYTES = 16 * 1024;

  private final CommandStats stats;
  private final Watchman watchman;
  private final Args args;
  private final LongSupplier clock;

  /** Stands on the last request that has run. */
  private final Args last = new Args();

  /** When the clock was last looked at, in nanoseconds, and the requests that ran since. */
  private long time;

  private Command command;
  private int length;
  private int longest = LONGEST;

  /**
   * A streak of requests, on each of which {@code args} stands while it runs.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  Streak(CommandStats stats, Watchman watchman, Args args, LongSupplier clock) {
    this.stats = stats;
    this.watchman = watchman;
    this.args = args;
    this.clock = clock;
  }

  /** Looks at the clock: what has passed so far is nobody's time. */
  void start() {
    long slow = watchman.slowNanos();
    longest = slow >= 0 && slow < FINE ? 1 : LONGEST;
    time = clock.getAsLong();
  }

  /** When the clock was last looked at, in nanoseconds. */
  long time() {
    return time;
  }

  /** Says that a request is going to run. */
  void begin(Client client, Command next) {
    if (command != next || length > 0 && args.span() > MANY_BYTES) {
      end(client);
      command = next;
    }
  }

  /** Says that it has run, and how many bytes its reply has. */
  void ran(Client client, long reply) {
    length++;
    last.at(args);
    if (!command.isQuick() || length >= longest || reply > MANY_BYTES || args.span() > MANY_BYTES) {
      end(client);
    }
  }

  /** Looks at the clock and books the time since the last look on the requests that ran since. */
  void end(Client client) {
    if (length == 0) {
      return;
    }
    long end = clock.getAsLong();
    long took = end - time;
    time = end;
    stats.ran(command.id(), length, took / length);
    long slow = watchman.slowNanos();
    if (slow >= 0 && took >= slow && !command.has(Flag.SKIP_SLOWLOG)) {
      // Which of them it was nobody knows; that it was one of them is said with the last.
      watchman.slow(client, command, last, length - 1, took);
    }
    length = 0;
  }
}
