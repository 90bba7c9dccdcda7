package io.sampo.server.stats;

import io.sampo.command.Command;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.server.config.Setting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The requests that took longest lately, newest first (SLOWLOG). Used from any thread. */
public final class SlowLog {
  private static final int MAX_ARGUMENTS = 32;
  private static final int MAX_ARGUMENT_LENGTH = 128;
  private static final byte[] REDACTED = Bytes.ascii("(redacted)");

  /** One slow request, its arguments cut short as Redis cuts them. */
  public record Entry(
      long id, long seconds, long micros, List<byte[]> args, String address, String name) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private volatile long maxLength;
  private long nextId;

  public SlowLog(Setting<Long> length) {
    length.each(
        value -> {
          maxLength = value;
          trim();
        });
  }

  /**
   * Adds a request.
   *
   * @param address and {@code name} of the client
   * @param others how many of the same command took this time together with it
   * @param seconds when it ended, in Unix time
   */
  public synchronized void add(
      String address,
      String name,
      Command command,
      Args args,
      int others,
      long micros,
      long seconds) {
    List<byte[]> shown = new ArrayList<>();
    int count = Math.min(args.count(), MAX_ARGUMENTS);
    for (int i = 0; i < count; i++) {
      if (count < args.count() && i == count - 1) {
        shown.add(Bytes.ascii("... (" + (args.count() - count + 1) + " more arguments)"));
      } else {
        shown.add(Secrets.isSecret(command, args, i) ? REDACTED : shorten(args, i));
      }
    }
    if (others > 0) {
      shown.add(Bytes.ascii("... (timed together with " + others + " more before it)"));
    }
    entries.addFirst(new Entry(nextId++, seconds, micros, shown, address, name));
    trim();
  }

  private static byte[] shorten(Args args, int i) {
    int more = args.length(i) - MAX_ARGUMENT_LENGTH;
    if (more <= 0) {
      return args.bytes(i);
    }
    String head = args.text(i).substring(0, MAX_ARGUMENT_LENGTH);
    return Bytes.ascii(head + "... (" + more + " more bytes)");
  }

  private synchronized void trim() {
    while (entries.size() > maxLength) {
      entries.removeLast();
    }
  }

  /** The newest {@code count}, or all where that is negative. */
  public synchronized List<Entry> newest(long count) {
    return entries.stream().limit(count < 0 ? entries.size() : count).toList();
  }

  public synchronized int length() {
    return entries.size();
  }

  public synchronized void reset() {
    entries.clear();
  }
}
