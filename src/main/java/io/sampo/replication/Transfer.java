package io.sampo.replication;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.util.ByteString;

/**
 * Tells the bytes of an RDB file from what surrounds them as a master sends it: behind its length,
 * {@code $<bytes>}, or, where the master does not know that in advance, behind {@code $EOF:<mark>}
 * and before the same mark of 40 bytes.
 */
final class Transfer {
  private static final int MARK = 40;
  private static final String EOF = "$EOF:";
  private static final int MOST_HEADER = 128;

  /** What has come and may be part of the header or of the mark. */
  private ByteString held = ByteString.emptyByteString();

  private boolean begun;

  /** The bytes to come; -1 where the mark tells the end. */
  private long left;

  private byte[] mark = {};
  private long total;
  private long received;
  private boolean done;
  private String error = "";

  /** The length of the file; -1 as long as that is unknown. */
  long total() {
    return begun && mark.length == 0 ? total : -1;
  }

  /** How much of it has come. */
  long received() {
    return received;
  }

  boolean isDone() {
    return done;
  }

  /** What is wrong with what the master sends; or "". */
  String error() {
    return error;
  }

  /** What has come behind the file; it belongs to the stream. */
  ByteString rest() {
    return held;
  }

  /** Takes the next bytes from the master; returns what of the file is known by them. */
  ByteString take(ByteString bytes) {
    held = held.concat(bytes);
    if (!begun && !begin()) {
      return ByteString.emptyByteString();
    }
    return mark.length > 0 ? untilMark() : untilLength();
  }

  private boolean begin() {
    // Newlines say that the master lives, and prepares the file.
    while (held.nonEmpty() && held.head() == '\n') {
      held = held.drop(1);
    }
    int end = held.indexOf((byte) '\n');
    if (end < 0) {
      if (held.length() > MOST_HEADER) {
        error = "no header of an RDB file";
      }
      return false;
    }
    String line = held.take(end).decodeString(StandardCharsets.ISO_8859_1).stripTrailing();
    held = held.drop(end + 1);
    if (line.startsWith(EOF) && line.length() == EOF.length() + MARK) {
      mark = line.substring(EOF.length()).getBytes(StandardCharsets.ISO_8859_1);
    } else if (line.matches("\\$\\d{1,18}")) {
      total = Long.parseLong(line.substring(1));
      left = total;
    } else {
      error = "no header of an RDB file: " + line;
      return false;
    }
    begun = true;
    return true;
  }

  private ByteString untilLength() {
    ByteString part = held;
    if (held.length() > left) {
      part = held.take((int) left);
    }
    held = held.drop(part.length());
    left -= part.length();
    received += part.length();
    done = left == 0;
    return part;
  }

  /** The master sends nothing behind the mark before we have acknowledged the file. */
  private ByteString untilMark() {
    int length = Math.max(0, held.length() - MARK);
    ByteString part = held.take(length);
    held = held.drop(length);
    received += length;
    if (Arrays.equals(held.toArrayUnsafe(), mark)) {
      held = ByteString.emptyByteString();
      done = true;
    }
    return part;
  }
}
