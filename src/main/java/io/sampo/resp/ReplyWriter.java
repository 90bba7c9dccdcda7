package io.sampo.resp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

  private byte[] buffer;
  private int position;
  private boolean resp3;

  public ReplyWriter(int capacity) {
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

  /** Bytes written so far; also a mark for {@link #truncate}. */
  public int position() {
    return position;
  }

  /** Takes back everything written behind {@code mark}. */
  public void truncate(int mark) {
    position = mark;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, position);
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

  /** An error line, code word first; line breaks within are replaced by blanks. */
  public void error(String text) {
    ensure(text.length() + 3);
    buffer[position++] = '-';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      buffer[position++] = c == '\r' || c == '\n' ? (byte) ' ' : (byte) c;
    }
    crlf();
  }

  public void integer(long value) {
    header(':', value);
  }

  public void bulk(byte[] bytes) {
    bulk(bytes, 0, bytes.length);
  }

  public void bulk(byte[] bytes, int offset, int length) {
    ensure(length + 26);
    header('$', length);
    System.arraycopy(bytes, offset, buffer, position, length);
    position += length;
    crlf();
  }

  /** A bulk string of ISO-8859-1 text. */
  public void bulk(String text) {
    bulk(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A bulk string holding the number in decimal. */
  public void bulk(long value) {
    int n = Bytes.digits(value);
    ensure(n + 26);
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
    String text = Numbers.format(value);
    if (resp3) {
      line(',', text);
    } else {
      bulk(text);
    }
  }

  /** Text for people (format "txt"); in RESP2 a bulk string. */
  public void verbatim(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (resp3) {
      ensure(bytes.length + 32);
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
    int n = text.length();
    ensure(n + 3);
    buffer[position++] = (byte) type;
    for (int i = 0; i < n; i++) {
      buffer[position++] = (byte) text.charAt(i);
    }
    crlf();
  }

  private void header(char type, long n) {
    ensure(24);
    buffer[position++] = (byte) type;
    position = Bytes.putLong(buffer, position, n);
    crlf();
  }

  private void crlf() {
    ensure(2);
    buffer[position++] = '\r';
    buffer[position++] = '\n';
  }

  private void ensure(int more) {
    if (more > buffer.length - position) {
      grow(more);
    }
  }

  private void grow(int more) {
    long wanted = Math.max((long) position + more, buffer.length * 2L);
    if ((long) position + more > Integer.MAX_VALUE - 8) {
      throw new OutOfMemoryError("a reply of more than 2 GiB");
    }
    buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
  }
}
