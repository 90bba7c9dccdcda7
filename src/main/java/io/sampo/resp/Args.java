package io.sampo.resp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A view of one request: its name at index 0 and its arguments from 1, as slices of the buffer they
 * arrived in. One object is moved from request to request; whoever keeps an argument copies it.
 */
public final class Args {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final short LINE_BREAK = '\r' << 8 | '\n';

  private Frames frames;
  private int base;
  private int count;

  /** Moves to request {@code index} of {@code frames}. */
  public Args at(Frames frames, int index) {
    this.frames = frames;
    this.base = frames.start(index);
    this.count = frames.arguments(index);
    return this;
  }

  /** Moves to the request that another one stands on. */
  public void at(Args other) {
    frames = other.frames;
    base = other.base;
    count = other.count;
  }

  /** A request made of these strings, for internal calls and tests. */
  public static Args of(byte[]... parts) {
    Frames frames = new Frames();
    int total = 0;
    for (byte[] part : parts) {
      total += part.length;
    }
    byte[] all = new byte[total];
    frames.buffer(all);
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      frames.slice(at, part.length);
      at += part.length;
    }
    frames.end();
    return new Args().at(frames, 0);
  }

  /** Number of slices, the name included: what Redis calls argc. */
  public int count() {
    return count;
  }

  /** The bytes from the beginning of the first slice to the end of the last. */
  public int span() {
    return offset(count - 1) + length(count - 1) - offset(0);
  }

  /**
   * Where this request begins in the buffer as an array of bulk strings, if it lies there as one,
   * byte for byte as it would be encoded; or -1.
   */
  public int encoded() {
    byte[] b = array();
    int first = offset(0) - 3 - digits(length(0));
    int begin = first - 3 - digits(count);
    if (begin < 0
        || b[begin] != '*'
        || !announces(b, begin + 1, count)
        || b[first] != '$'
        || !announces(b, first + 1, length(0))) {
      return -1;
    }
    // A line break never stands between two parts of an inline request, and where one does, it was
    // a decoder that read the length before it.
    int end = offset(0) + length(0);
    for (int i = 1; i < count; i++) {
      int from = offset(i);
      if (from - end != 5 + digits(length(i)) || !breaks(b, end) || !breaks(b, from - 2)) {
        return -1;
      }
      end = from + length(i);
    }
    return b.length - end >= 2 && breaks(b, end) ? begin : -1;
  }

  /** Whether a header line goes on here with this number; there is room for it. */
  private static boolean announces(byte[] b, int at, int value) {
    return value < 10
        ? b[at] == '0' + value && breaks(b, at + 1)
        : Bytes.behindLine(b, at, value) >= 0;
  }

  private static int digits(int length) {
    return length < 10 ? 1 : length < 100 ? 2 : Bytes.digits(length);
  }

  private static boolean breaks(byte[] b, int at) {
    return (short) SHORTS.get(b, at) == LINE_BREAK;
  }

  /** Where a request ends that is {@link #encoded}. */
  public int encodedEnd() {
    return offset(count - 1) + length(count - 1) + 2;
  }

  /** The buffer that all slices of this request lie in. */
  public byte[] array() {
    return frames.buffer;
  }

  /** Whether that buffer may be taken over by others. */
  public boolean isLent() {
    return frames.loan != Loan.NONE;
  }

  /** By which a buffer that {@link #isLent} is taken over. */
  public Loan loan() {
    return frames.loan;
  }

  public int offset(int i) {
    return (int) (frames.slices[base + i] >>> 32);
  }

  public int length(int i) {
    return (int) frames.slices[base + i];
  }

  /** A copy of slice {@code i}. */
  public byte[] bytes(int i) {
    int from = offset(i);
    return Arrays.copyOfRange(array(), from, from + length(i));
  }

  /** Slice {@code i} as text, byte for byte (ISO-8859-1), for messages and option words. */
  public String text(int i) {
    return new String(array(), offset(i), length(i), StandardCharsets.ISO_8859_1);
  }

  /** Slice {@code i} as C would print it in a message: a zero ends it. */
  public String shown(int i) {
    String text = text(i);
    int zero = text.indexOf('\0');
    return zero < 0 ? text : text.substring(0, zero);
  }

  /** Whether slice {@code i} is this word, ASCII case ignored; {@code word} in lower case. */
  public boolean is(int i, String word) {
    return Bytes.equalsIgnoreCase(array(), offset(i), length(i), word);
  }

  /** Whether slices {@code i} and {@code j} have the same bytes. */
  public boolean same(int i, int j) {
    int a = offset(i);
    int b = offset(j);
    return Arrays.equals(array(), a, a + length(i), array(), b, b + length(j));
  }

  /**
   * Slice {@code i} as a signed 64-bit integer, in the strict form Redis takes.
   *
   * @throws RespError {@link RespError#NOT_AN_INTEGER}
   */
  public long integer(int i) {
    return integer(i, RespError.NOT_AN_INTEGER);
  }

  /** As {@link #integer(int)}, with the error to throw. */
  public long integer(int i, RespError error) {
    return Bytes.toLong(array(), offset(i), length(i), error);
  }

  /**
   * Slice {@code i} as a double.
   *
   * @throws RespError {@link RespError#NOT_A_FLOAT}
   */
  public double real(int i) {
    return real(i, RespError.NOT_A_FLOAT);
  }

  /** As {@link #real(int)}, with the error to throw. NaN is refused. */
  public double real(int i, RespError error) {
    double value = Numbers.parseDouble(array(), offset(i), length(i));
    if (Double.isNaN(value)) {
      throw error;
    }
    return value;
  }
}
