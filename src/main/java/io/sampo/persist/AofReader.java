package io.sampo.persist;

import io.sampo.resp.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads requests from an append-only file in runs that nothing cuts apart: neither a request nor a
 * transaction, from MULTI to EXEC, is in one run only in part. Annotations are left out.
 */
public final class AofReader {
  private static final int RUN = 1 << 20;
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 64;
  private static final int INCOMPLETE = -1;

  private final String name;
  private final InputStream in;

  /** Bytes of the file that have not been read. */
  private long left;

  private byte[] buffer = new byte[RUN];

  /** The buffer holds what is to be handed over up to {@code whole}, and more up to {@code end}. */
  private int whole;

  /** Behind the last complete request; beyond {@link #whole} within a transaction. */
  private int at;

  private int end;
  private boolean multi;
  private long position;

  /** Bytes of annotations left out, before {@link #whole} and behind it. */
  private long annotations;

  private long openAnnotations;

  /** What the last note of a place says, and how many bytes of the stream are behind it. */
  private Optional<String> place = Optional.empty();

  private long behindPlace;

  private boolean torn;

  /** Where the line ended that {@link #header} has read. */
  private int next;

  /**
   * @param name what to call the file in messages
   * @param in from {@code position} on
   * @param position where in the file to begin
   * @param size of the file in bytes
   */
  public AofReader(String name, InputStream in, long position, long size) {
    this.name = name;
    this.in = in;
    this.position = position;
    this.left = size - position;
  }

  /**
   * The next run, of about a megabyte if a single request or transaction is not longer; empty at
   * the end.
   *
   * @throws DamagedFile if there is something else than requests
   */
  public byte[] next() throws IOException {
    while (true) {
      scan();
      if (whole > 0 && (end == buffer.length || left == 0)) {
        return take();
      }
      if (left == 0) {
        position += annotations;
        annotations = 0;
        torn = at < end || multi;
        return new byte[0];
      }
      fill();
    }
  }

  /** Where in the file the last run ends that was handed over. */
  public long position() {
    return position;
  }

  /** Whether the file ends within a request or a transaction. */
  public boolean isTorn() {
    return torn;
  }

  /**
   * The stream that the file is a part of, and up to which offset, as {@code name:offset}, if it
   * says so; to be asked at the end.
   */
  public Optional<String> place() {
    return place.map(
        text -> {
          int colon = text.lastIndexOf(':');
          return text.substring(0, colon + 1)
              + (Long.parseLong(text.substring(colon + 1)) + behindPlace);
        });
  }

  private byte[] take() {
    byte[] run = Arrays.copyOf(buffer, whole);
    System.arraycopy(buffer, whole, buffer, 0, end - whole);
    position += whole + annotations;
    annotations = 0;
    end -= whole;
    at -= whole;
    whole = 0;
    return run;
  }

  private void fill() throws IOException {
    if (end == buffer.length) {
      if (end == MAX_LENGTH) {
        throw new DamagedFile("A request or transaction in " + name + " is longer than 2 GiB");
      }
      long doubled = Math.min(buffer.length * 2L, MAX_LENGTH);
      buffer = Arrays.copyOf(buffer, (int) Math.min(doubled, end + left));
    }
    int n = in.read(buffer, end, (int) Math.min(left, buffer.length - end));
    if (n < 0) {
      left = 0;
    } else {
      end += n;
      left -= n;
    }
  }

  /** Goes over all requests that are complete. */
  private void scan() {
    while (at < end) {
      int behind = buffer[at] == '#' ? annotation() : request();
      if (behind == INCOMPLETE) {
        return;
      }
      at = behind;
      if (!multi) {
        behindPlace += at - whole;
        whole = at;
        annotations += openAnnotations;
        openAnnotations = 0;
      }
    }
  }

  /** Removes an annotation from the buffer; returns where what follows it begins. */
  private int annotation() {
    for (int i = at; i < end; i++) {
      if (buffer[i] == '\n') {
        int length = i + 1 - at;
        note(new String(buffer, at, length, StandardCharsets.ISO_8859_1).stripTrailing());
        System.arraycopy(buffer, i + 1, buffer, at, end - i - 1);
        end -= length;
        openAnnotations += length;
        return at;
      }
    }
    return INCOMPLETE;
  }

  /** Places are noted between transactions only. */
  private void note(String annotation) {
    if (annotation.matches("#AT:.+:[0-9]{1,18}")) {
      place = Optional.of(annotation.substring(4));
      behindPlace = 0;
    }
  }

  /** Where the request at {@link #at} ends. */
  private int request() {
    int parts = header(at, '*');
    if (parts == INCOMPLETE) {
      return INCOMPLETE;
    }
    if (parts < 1) {
      throw bad();
    }
    int first = 0;
    int i = next;
    for (int part = 0; part < parts; part++) {
      int length = header(i, '$');
      if (length == INCOMPLETE) {
        return INCOMPLETE;
      }
      if (part == 0) {
        first = next;
      }
      long behind = (long) next + length + 2;
      if (behind > end) {
        // However long it claims to be: what is not in the file is not waited for.
        return INCOMPLETE;
      }
      i = (int) behind;
      if (buffer[i - 2] != '\r' || buffer[i - 1] != '\n') {
        throw bad();
      }
      if (part == 0 && parts == 1) {
        mark(first, length);
      }
    }
    return i;
  }

  private void mark(int name, int length) {
    if (Bytes.equalsIgnoreCase(buffer, name, length, "multi")) {
      multi = true;
    } else if (Bytes.equalsIgnoreCase(buffer, name, length, "exec")) {
      multi = false;
    }
  }

  /** The number in the header line at {@code from}; sets {@link #next} behind the line. */
  private int header(int from, char type) {
    if (from >= end) {
      return INCOMPLETE;
    }
    if (buffer[from] != type) {
      throw bad();
    }
    long number = 0;
    int i = from + 1;
    for (; i < end && buffer[i] >= '0' && buffer[i] <= '9'; i++) {
      number = number * 10 + buffer[i] - '0';
      if (number > Integer.MAX_VALUE) {
        throw bad();
      }
    }
    if (i + 1 >= end) {
      boolean maybe = i == end || buffer[i] == '\r';
      if (!maybe) {
        throw bad();
      }
      return INCOMPLETE;
    }
    if (i == from + 1 || buffer[i] != '\r' || buffer[i + 1] != '\n') {
      throw bad();
    }
    next = i + 2;
    return (int) number;
  }

  private DamagedFile bad() {
    return new DamagedFile(
        "Bad file format reading the append only file "
            + name
            + " behind offset "
            + (position + at + annotations + openAnnotations)
            + ": make a backup of your AOF file, then use redis-check-aof --fix <filename.manifest>");
  }
}
