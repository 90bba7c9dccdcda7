package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.command.Flag;
import io.sampo.replication.Backlog;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a master wrote that its successor does not have, for the log to tell before it is gone. */
final class LostTail {
  private static final Logger LOG = LoggerFactory.getLogger(LostTail.class);
  private static final int KEYS = 5;
  private static final int PIECE = 64 * 1024;
  private static final RequestDecoder.Limits NO_LIMITS =
      new RequestDecoder.Limits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final CommandTable commands;
  private final Set<String> keys = new LinkedHashSet<>();
  private long writes;

  private LostTail(CommandTable commands) {
    this.commands = commands;
  }

  /**
   * Logs how many writes there are between two offsets, and of which keys the first are.
   *
   * @param from the offset behind which nobody else has the stream
   */
  static void log(CommandTable commands, Backlog backlog, long from, long to) {
    if (to <= from) {
      return;
    }
    LostTail tail = new LostTail(commands);
    Optional<Backlog.Cursor> cursor = backlog.from(from);
    cursor.ifPresent(tail::read);
    LOG.warn(
        "Discarding {} bytes of the stream behind offset {} that no successor has: {}",
        to - from,
        from,
        cursor.isEmpty() ? "more than the backlog keeps" : tail.writes + " writes, " + tail.keys);
  }

  private void read(Backlog.Cursor cursor) {
    RequestDecoder decoder = new RequestDecoder(NO_LIMITS);
    decoder.authenticated(true);
    Frames frames = new Frames();
    Args args = new Args();
    ByteString piece = cursor.next(PIECE);
    while (piece.nonEmpty()) {
      byte[] bytes = piece.toArrayUnsafe();
      decoder.decode(bytes, 0, bytes.length, frames);
      for (int i = 0; i < frames.count(); i++) {
        note(args.at(frames, i));
      }
      frames.clear();
      piece = cursor.next(PIECE);
    }
  }

  private void note(Args request) {
    Command command = commands.find(request.array(), request.offset(0), request.length(0));
    if (command != null && command.has(Flag.WRITE)) {
      writes++;
      if (keys.size() < KEYS && request.count() > 1) {
        keys.add(request.text(1));
      }
    }
  }
}
