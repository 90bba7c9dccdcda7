package io.sampo.resp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes replies, in RESP2 or RESP3 as the client has chosen, into a growing buffer. A map, a set,
 * a double, a boolean and a null take each protocol's own form, so that commands need not ask.
 */
public final class ReplyWriter {
  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final byte[] QUEUED = Bytes.ascii("+QUEUED\r\n");
  private static final byte[] NULL2 = Bytes.ascii("$-1\r\n");
  private static final byte[] NULL_ARRAY2 = Bytes.ascii("*-1\r\n");
  private static final byte[] NULL3 = Bytes.ascii("_\r\n");

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * The header lines with a number below a hundred, each in the bytes of a long, but for the type,
   * their first byte: nearly all there are, and in a long reply as much work as what they announce.
   */
  private static final long[] HEADERS = headers();

  /** The room a header takes, and may be overwritten behind it. */
  private static final int HEADER_ROOM = 24;

  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  /** Beyond this a buffer that has grown is not kept for the next replies. */
  private static final int KEPT_CAPACITY = 1 << 18;

  /** From here on what is full is left, and an array more is taken, if that may be. */
  private static final int LEAST_SEALED = KEPT_CAPACITY / 2;

  /** What a deferred header takes if its number has one digit. */
  private static final int SHORT_HEADER = 4;

  private final int capacity;
  private byte[] buffer;
  private int position;
  private boolean resp3;

  /** What stands before the buffer, in arrays that are full; marks and positions count it. */
  private int before;

  /** Whether what is big may stand apart from the buffer, and what does. */
  private boolean parting;

  private Inserts inserts = Inserts.NONE;

  /**
   * @param capacity the bytes it begins with, and returns to after exceptional replies
   */
  public ReplyWriter(int capacity) {
    this.capacity = capacity;
    buffer = new byte[capacity];
  }

  /** Chooses the protocol of what is written from now on: 2 or 3. */
  public void protocol(int version) {
    resp3 = version == 3;
  }

  public boolean resp3() {
    return resp3;
  }

  public byte[] array() {
    return buffer;
  }

  /**
   * Says whether what is too big to be copied, or is not made yet, may stand apart from what is
   * written, in {@link #takeInserts}.
   */
  public void parting(boolean yes) {
    parting = yes;
  }

  public boolean isParting() {
    return parting;
  }

  /** Bytes written so far; also a mark for {@link #truncate}. */
  public int position() {
    return before + position;
  }

  /** Bytes written so far, with those that stand apart as far as is known. */
  public long length() {
    return position() + inserts.size();
  }

  /** Takes back everything written behind {@code mark}. */
  public void truncate(int mark) {
    while (mark < before) {
      Span last = inserts.unseal();
      before -= last.length();
      buffer = last.array();
    }
    position = mark - before;
    if (!inserts.isEmpty()) {
      inserts.truncate(mark);
    }
  }

  /** Everything written behind {@code mark}, which is taken back. Nothing of it stands apart. */
  public byte[] takeBack(int mark) {
    byte[] bytes = Arrays.copyOfRange(buffer, mark - before, position);
    truncate(mark);
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, position);
  }

  /** What stands apart from that which {@link #take} is about to return. */
  public Inserts takeInserts() {
    Inserts taken = inserts;
    inserts = Inserts.NONE;
    return taken;
  }

  /**
   * Everything written so far, but for what stands apart, in an array of its own; what is written
   * next starts afresh.
   */
  public byte[] take() {
    byte[] all = toByteArray();
    clear();
    return all;
  }

  /** Forgets everything written so far, and the buffer if it has grown beyond what is usual. */
  public void clear() {
    position = 0;
    before = 0;
    if (buffer.length > Math.max(capacity, KEPT_CAPACITY)) {
      buffer = new byte[capacity];
    }
  }

  /** Forgets everything written so far, and what the buffer grew to hold it. */
  public void drop() {
    position = 0;
    before = 0;
    inserts = Inserts.NONE;
    buffer = new byte[capacity];
  }

  public void ok() {
    raw(OK, 0, OK.length);
  }

  public void queued() {
    raw(QUEUED, 0, QUEUED.length);
  }

  /** A simple string. */
  public void simple(String text) {
    line('+', text);
  }

  /** A simple string of these bytes, which contain no line break. */
  public void simple(byte[] text) {
    ensure(text.length + 3L);
    buffer[position++] = '+';
    System.arraycopy(text, 0, buffer, position, text.length);
    position += text.length;
    crlf();
  }

  /**
   * An error line, code word first, in ISO-8859-1. Line breaks are cut off its ends and become
   * blanks within; other alphabets become question marks.
   */
  public void error(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && lineBreak(text.charAt(from))) {
      from++;
    }
    while (from < to && lineBreak(text.charAt(to - 1))) {
      to--;
    }
    line('-', text, from, to);
  }

  public void integer(long value) {
    header(':', value);
  }

  public void bulk(byte[] bytes) {
    bulk(bytes, 0, bytes.length);
  }

  public void bulk(byte[] bytes, int offset, int length) {
    ensure(length + (HEADER_ROOM + 2L));
    byte[] b = buffer;
    int at = putHeader(b, position, '$', length);
    System.arraycopy(bytes, offset, b, at, length);
    at += length;
    b[at++] = '\r';
    b[at++] = '\n';
    position = at;
  }

  /** A bulk string in pieces, with so many bytes together. */
  public void bulk(int length, List<Span> pieces) {
    ensure(length + (HEADER_ROOM + 2L));
    header('$', length);
    for (Span piece : pieces) {
      raw(piece.array(), piece.offset(), piece.length());
    }
    crlf();
  }

  /** As {@link #bulk(int, List)}, of bytes that nobody changes any more, and so need no copy. */
  public void shared(int length, List<Span> pieces) {
    if (!parting) {
      bulk(length, pieces);
      return;
    }
    header('$', length);
    insertable().add(position(), length, pieces);
    crlf();
  }

  /** A reply that is made later, if that may be, or else at once. */
  public void late(Late late) {
    if (parting) {
      insertable().add(position(), late);
    } else {
      late.make().forEach(piece -> raw(piece, 0, piece.length));
    }
    crlf();
  }

  private Inserts insertable() {
    if (inserts == Inserts.NONE) {
      inserts = new Inserts();
    }
    return inserts;
  }

  /** A bulk string before everything written behind {@code mark}. */
  public void bulkAt(int mark, byte[] bytes) {
    int start = position();
    bulk(bytes);
    byte[] its = takeBack(start);
    Span gap = gap(mark, its.length);
    System.arraycopy(its, 0, gap.array(), gap.offset(), its.length);
  }

  /** Room for {@code more} bytes behind those that are written up to {@code at}. */
  private Span gap(int at, int more) {
    ensure(more);
    inserts.shift(at, more);
    if (at < before) {
      before += more;
      return inserts.gap(at, more);
    }
    int from = at - before;
    System.arraycopy(buffer, from, buffer, from + more, position - from);
    position += more;
    return new Span(buffer, from, more);
  }

  /** A bulk string of ISO-8859-1 text. */
  public void bulk(String text) {
    bulk(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A bulk string holding the number in decimal. */
  public void bulk(long value) {
    int n = Bytes.digits(value);
    ensure(n + 26L);
    header('$', n);
    position = Bytes.putLong(buffer, position, value);
    crlf();
  }

  /** A null where a single value was expected. */
  public void nil() {
    byte[] b = resp3 ? NULL3 : NULL2;
    raw(b, 0, b.length);
  }

  /** A null where an array was expected; RESP3 knows no difference. */
  public void nilArray() {
    byte[] b = resp3 ? NULL3 : NULL_ARRAY2;
    raw(b, 0, b.length);
  }

  public void array(int elements) {
    header('*', elements);
  }

  /** A map of {@code pairs} pairs; in RESP2 an array of twice as many. */
  public void map(int pairs) {
    header(resp3 ? '%' : '*', resp3 ? pairs : 2L * pairs);
  }

  /** A set; in RESP2 an array. */
  public void set(int elements) {
    header(resp3 ? '~' : '*', elements);
  }

  /**
   * Begins an aggregate whose size is not yet known: write its elements, then close it with {@link
   * #endArray}, {@link #endMap} or {@link #endSet}. May be nested.
   *
   * @return the mark to close it with
   */
  public int defer() {
    ensure(SHORT_HEADER);
    int mark = position();
    position += SHORT_HEADER;
    return mark;
  }

  public void endArray(int mark, int elements) {
    end(mark, '*', elements);
  }

  public void endMap(int mark, int pairs) {
    end(mark, resp3 ? '%' : '*', resp3 ? pairs : 2L * pairs);
  }

  public void endSet(int mark, int elements) {
    end(mark, resp3 ? '~' : '*', elements);
  }

  private void end(int mark, char type, long n) {
    int more = Bytes.digits(n) - 1;
    if (more > 0) {
      gap(mark + 1, more);
    }
    byte[] b = buffer;
    int at = mark - before;
    if (at < 0) {
      Span sealed = inserts.sealed(mark);
      b = sealed.array();
      at = sealed.offset();
    }
    b[at] = (byte) type;
    at = Bytes.putLong(b, at + 1, n);
    b[at] = '\r';
    b[at + 1] = '\n';
  }

  /**
   * Begins the attributes of the reply that follows, in RESP3.
   *
   * @return whether they are to be written; RESP2 has none, and then nothing was begun
   */
  public boolean attribute(int pairs) {
    if (resp3) {
      header('|', pairs);
    }
    return resp3;
  }

  /** Out-of-band data; in RESP2 an array. */
  public void push(int elements) {
    header(resp3 ? '>' : '*', elements);
  }

  /** A boolean; in RESP2 the integer 1 or 0. */
  public void bool(boolean value) {
    if (resp3) {
      line('#', value ? "t" : "f");
    } else {
      integer(value ? 1 : 0);
    }
  }

  /** A double; in RESP2 a bulk string of the same digits. */
  public void real(double value) {
    if (!Numbers.plain(value)) {
      number(',', Numbers.format(value));
    } else if (resp3) {
      header(',', (long) value);
    } else {
      bulk((long) value);
    }
  }

  /** A double in the form of {@link Numbers#formatHuman}; in RESP2 a bulk string of it. */
  public void realHuman(double value) {
    byte[] digits = Numbers.formatHuman(value);
    if (resp3) {
      line(',', Bytes.text(digits));
    } else {
      bulk(digits);
    }
  }

  /** An integer of any size, in decimal; in RESP2 a bulk string. */
  public void bigNumber(String digits) {
    number('(', digits);
  }

  private void number(char type, String digits) {
    if (resp3) {
      line(type, digits);
    } else {
      bulk(digits);
    }
  }

  /** Text for people (format "txt"); in RESP2 a bulk string. */
  public void verbatim(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (resp3) {
      header('=', bytes.length + 4L);
      raw(new byte[] {'t', 'x', 't', ':'}, 0, 4);
      raw(bytes, 0, bytes.length);
      crlf();
    } else {
      bulk(bytes);
    }
  }

  /** Bytes that are already encoded. */
  public void raw(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
  }

  private void line(char type, String text) {
    line(type, text, 0, text.length());
  }

  private void line(char type, String text, int from, int to) {
    ensure(to - from + 3L);
    buffer[position++] = (byte) type;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      buffer[position++] = lineBreak(c) ? (byte) ' ' : c > 0xff ? (byte) '?' : (byte) c;
    }
    crlf();
  }

  private static boolean lineBreak(char c) {
    return c == '\r' || c == '\n';
  }

  private void header(char type, long n) {
    ensure(HEADER_ROOM);
    position = putHeader(buffer, position, type, n);
  }

  /** Writes a header where there is room for it; returns where it ends. */
  private static int putHeader(byte[] b, int at, char type, long n) {
    if (n >= 0 && n < HEADERS.length) {
      LONGS.set(b, at, HEADERS[(int) n] | type);
      return at + (n < 10 ? 4 : 5);
    }
    b[at] = (byte) type;
    int end = Bytes.putLong(b, at + 1, n);
    b[end] = '\r';
    b[end + 1] = '\n';
    return end + 2;
  }

  private static long[] headers() {
    long[] headers = new long[100];
    for (int n = 0; n < headers.length; n++) {
      byte[] line = new byte[Long.BYTES];
      int end = Bytes.putLong(line, 1, n);
      line[end] = '\r';
      line[end + 1] = '\n';
      headers[n] = (long) LONGS.get(line, 0);
    }
    return headers;
  }

  private void crlf() {
    ensure(2);
    buffer[position++] = '\r';
    buffer[position++] = '\n';
  }

  private void ensure(long more) {
    if (more > buffer.length - position) {
      grow(more);
    }
  }

  private void grow(long more) {
    if (position() + more > MAX_CAPACITY) {
      throw new OutOfMemoryError("a reply of more than 2 GiB");
    }
    if (parting && position >= LEAST_SEALED) {
      // What is full stays where it is: no array is twice as long as a long reply, nor one at all.
      byte[] next = new byte[(int) Math.max(KEPT_CAPACITY, more)];
      insertable().seal(buffer, position);
      before += position;
      buffer = next;
      position = 0;
    } else {
      long wanted = Math.max(position + more, buffer.length * 2L);
      buffer = Arrays.copyOf(buffer, (int) Math.min(MAX_CAPACITY, wanted));
    }
  }
}
