package io.sampo.data.string;

import io.sampo.data.Pages;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.resp.Loan;
import io.sampo.resp.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growable byte string, for strings that are big or that are changed in place.
 *
 * <p>One of more than {@link #PIECE} bytes is in pieces, which copies and replies share with it; a
 * piece that is shared is copied before it is changed. So growing, copying and reading takes a
 * directory of references and a piece, however long the string.
 */
public final class RawString implements Value {
  /** The bytes of a piece, but for the last one, which may have fewer. */
  public static final int PIECE = 1 << 16;

  private static final int SHIFT = 16;
  private static final int MASK = PIECE - 1;

  /** Object header, three references and length; header of the array. */
  private static final long OVERHEAD = 32 + 16;

  /** Two object headers, reference to and from, place, mark. */
  private static final long PIECE_OVERHEAD = 24 + 16 + 4;

  /** The pieces of a page. */
  private static final int PARTS = Pages.BYTES / PIECE;

  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  /** The bits of a number may lie in so many bytes. */
  private static final int WINDOW = 9;

  private static final byte[] NOTHING = {};
  private static final Piece[] NONE = {};

  /** What every gap is filled with until something is written there. */
  private static final Piece ZEROS = new Piece(new byte[PIECE], 0);

  static {
    ZEROS.shared = true;
  }

  /** A part of an array. */
  private static final class Piece {
    final byte[] array;
    final int offset;

    /** Whether others may hold it, too: it is not to be changed any more then. */
    boolean shared;

    Piece(byte[] array, int offset) {
      this.array = array;
      this.offset = offset;
    }

    int capacity() {
      return Math.min(PIECE, array.length - offset);
    }

    Piece copy(int capacity) {
      byte[] copy = new byte[capacity];
      if (this != ZEROS) {
        System.arraycopy(array, offset, copy, 0, Math.min(capacity, capacity()));
      }
      return new Piece(copy, 0);
    }
  }

  /** All of it, if it is not in pieces. */
  private byte[] bytes;

  private Piece[] pieces;

  /** The array of a request that pieces lie in, if this string alone took it over. */
  private Loan home = Loan.NONE;

  private int length;

  /** Takes over {@code bytes}, which nobody else may change from now on. */
  public RawString(byte[] bytes) {
    length = bytes.length;
    boolean whole = length <= PIECE;
    this.bytes = whole ? bytes : NOTHING;
    pieces = whole ? NONE : pieces(bytes);
  }

  /** A string of its own; a long one never takes much heap in one place. */
  public RawString(byte[] a, int offset, int length) {
    this.length = length;
    boolean whole = length <= PIECE;
    bytes = whole ? Arrays.copyOfRange(a, offset, offset + length) : NOTHING;
    pieces = whole ? NONE : copies(a, offset, length);
  }

  /**
   * A string that lies within an array: taken over, and not copied until it changes, if it is long
   * and most of the array.
   */
  public static RawString within(Loan loan, int offset, int length) {
    byte[] a = loan.array();
    if (length <= PIECE || length < a.length / 2) {
      return new RawString(a, offset, length);
    }
    Piece[] pieces = new Piece[count(length)];
    int last = pieces.length - 1;
    for (int i = 0; i < last; i++) {
      pieces[i] = new Piece(a, offset + (i << SHIFT));
      pieces[i].shared = true;
    }
    int rest = offset + (last << SHIFT);
    pieces[last] = new Piece(Arrays.copyOfRange(a, rest, offset + length), 0);
    RawString string = new RawString(pieces, length);
    string.home = loan.join();
    return string;
  }

  private RawString(Piece[] pieces, int length) {
    bytes = NOTHING;
    this.pieces = pieces;
    this.length = length;
  }

  /** An empty string, to be written to. */
  public static RawString empty() {
    return new RawString(NOTHING);
  }

  private static Piece[] pieces(byte[] bytes) {
    Piece[] pieces = new Piece[count(bytes.length)];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = new Piece(bytes, i << SHIFT);
    }
    return pieces;
  }

  private static Piece[] copies(byte[] a, int offset, int length) {
    Piece[] pieces = new Piece[count(length)];
    for (int i = 0; i < pieces.length; ) {
      int from = i << SHIFT;
      // As long as there is enough for them they are parts of pages.
      int n = length - from >= Pages.BYTES ? Pages.BYTES : Math.min(PIECE, length - from);
      byte[] copy = n == Pages.BYTES ? Pages.take() : new byte[n];
      System.arraycopy(a, offset + from, copy, 0, n);
      for (int part = 0; part < n; part += PIECE) {
        pieces[i++] = new Piece(copy, part);
      }
    }
    return pieces;
  }

  private static int count(long length) {
    return (int) (length + MASK >>> SHIFT);
  }

  private boolean isWhole() {
    return pieces == NONE;
  }

  @Override
  public RawString copy() {
    if (isWhole()) {
      return new RawString(toByteArray());
    }
    markShared(0, length);
    // Where there was not enough heap to grow there are pieces behind the end, not shared.
    return new RawString(Arrays.copyOf(pieces, count(length)), length);
  }

  private void markShared(int from, int n) {
    home = Loan.NONE;
    for (int i = from >>> SHIFT; i < count((long) from + n); i++) {
      if (!pieces[i].shared) {
        pieces[i].shared = true;
      }
    }
  }

  @Override
  public void release() {
    home.leave();
    home = Loan.NONE;
    for (int i = 0; i + PARTS <= pieces.length; i++) {
      if (isPage(i)) {
        Pages.give(pieces[i].array);
        i += PARTS - 1;
      }
    }
  }

  /** Whether a page begins here that has never been shared in any part. */
  private boolean isPage(int first) {
    byte[] page = pieces[first].array;
    boolean own = page.length == Pages.BYTES && pieces[first].offset == 0;
    for (int i = first; own && i < first + PARTS; i++) {
      own = pieces[i].array == page && !pieces[i].shared;
    }
    return own;
  }

  @Override
  public Type type() {
    return Type.STRING;
  }

  @Override
  public String encoding() {
    return "raw";
  }

  /** What is shared counts as if it were not. */
  @Override
  public long heapBytes() {
    return isWhole()
        ? OVERHEAD + ((bytes.length + 7L) & ~7L)
        : OVERHEAD + capacity(pieces) + PIECE_OVERHEAD * pieces.length;
  }

  private static long capacity(Piece[] pieces) {
    int last = pieces.length - 1;
    return last < 0 ? 0 : ((long) last << SHIFT) + pieces[last].capacity();
  }

  public int length() {
    return length;
  }

  // --- reading

  /** How many bytes from {@code at} on lie together. */
  public int run(int at) {
    return isWhole() ? length - at : Math.min(PIECE - (at & MASK), length - at);
  }

  /** The array that holds the byte at {@code at}, and what is in its {@link #run}. */
  public byte[] array(int at) {
    return isWhole() ? bytes : pieces[at >>> SHIFT].array;
  }

  /** Where in {@link #array(int)} it is. */
  public int offset(int at) {
    return isWhole() ? at : pieces[at >>> SHIFT].offset + (at & MASK);
  }

  /**
   * The bytes themselves, to be read and changed: the first {@link #length} count; replaced
   * whenever the string grows. What is in pieces becomes one array for this: for those who know
   * that it is not long.
   */
  public byte[] array() {
    if (!isWhole()) {
      become(toByteArray());
    }
    return bytes;
  }

  public byte[] toByteArray() {
    byte[] all = new byte[length];
    copyTo(all);
    return all;
  }

  /** Copies all of it to the beginning of {@code to}. */
  public void copyTo(byte[] to) {
    get(0, to, length);
  }

  private void get(int from, byte[] to, int n) {
    for (int done = 0; done < n; ) {
      int run = Math.min(n - done, run(from + done));
      System.arraycopy(array(from + done), offset(from + done), to, done, run);
      done += run;
    }
  }

  /** A part of it in pieces, until it changes. */
  public List<Span> spans(int from, int n) {
    List<Span> spans = new ArrayList<>(count(n) + 1);
    for (int at = from, end = from + n; at < end; ) {
      int run = Math.min(end - at, run(at));
      spans.add(new Span(array(at), offset(at), run));
      at += run;
    }
    return spans;
  }

  /** The same of one that is in pieces, to be read by any thread while it goes on changing. */
  public List<Span> share(int from, int n) {
    markShared(from, n);
    return spans(from, n);
  }

  /** See {@link Bits#get}. */
  public long bits(long at, int width) {
    int first = (int) (at >>> 3);
    if (first >= length) {
      return 0;
    }
    int run = run(first);
    if (run >= WINDOW || first + run == length) {
      return Bits.get(array(first), offset(first), run, at & 7, width);
    }
    byte[] window = window(first);
    return Bits.get(window, 0, window.length, at & 7, width);
  }

  private byte[] window(int first) {
    byte[] window = new byte[Math.min(WINDOW, length - first)];
    get(first, window, window.length);
    return window;
  }

  // --- changing

  public void append(byte[] a, int offset, int n) {
    write(length, a, offset, n);
  }

  /**
   * Overwrites from {@code at}, growing as needed; a gap behind the old end is filled with zeros.
   */
  public void write(int at, byte[] a, int offset, int n) {
    prepare(at, (long) at + n);
    set(at, a, offset, n);
  }

  private void set(int at, byte[] a, int offset, int n) {
    for (int done = 0; done < n; ) {
      int run = Math.min(n - done, run(at + done));
      System.arraycopy(a, offset + done, array(at + done), offset(at + done), run);
      done += run;
    }
  }

  /**
   * As {@link #write}, of bytes that lie within an array: taken over, and not copied until they
   * change, if they are many and most of the array.
   */
  public void writeWithin(int at, Loan loan, int offset, int n) {
    byte[] a = loan.array();
    if (n <= 2 * PIECE || n < a.length / 2) {
      write(at, a, offset, n);
      return;
    }
    int end = (int) Math.min((long) at + n, Integer.MAX_VALUE);
    reserve(end);
    if (isWhole()) {
      pieces = pieces(bytes);
      bytes = NOTHING;
    }
    // A piece before these, of which they have the end, and one behind them.
    int first = count(at);
    int last = end >>> SHIFT;
    own(first - 1, first << SHIFT > at);
    own(last, (end & MASK) != 0);
    Piece[] taken = new Piece[last - first];
    int begin = offset + (first << SHIFT) - at;
    for (int i = 0; i < taken.length; i++) {
      taken[i] = new Piece(a, begin + (i << SHIFT));
      taken[i].shared = true;
    }
    loan.join();
    System.arraycopy(taken, 0, pieces, first, taken.length);
    length = Math.max(length, end);
    set(at, a, offset, (first << SHIFT) - at);
    int behind = end & MASK;
    set(end - behind, a, offset + n - behind, behind);
  }

  /** Has a piece be nobody else's, if it is to be changed. */
  private void own(int i, boolean changes) {
    if (changes && pieces[i].shared) {
      pieces[i] = pieces[i].copy(pieces[i].capacity());
    }
  }

  /** See {@link Bits#set}; what it changes has been {@link #prepare prepared}. */
  public void bits(long at, int width, long number) {
    int first = (int) (at >>> 3);
    int run = run(first);
    if (run >= WINDOW || first + run == length) {
      Bits.set(array(first), offset(first), at & 7, width, number);
    } else {
      byte[] window = window(first);
      Bits.set(window, 0, at & 7, width, number);
      write(first, window, 0, (int) ((at & 7) + width + 7 >>> 3));
    }
  }

  /**
   * Has the bytes from {@code from} to before {@code to} ready to be overwritten, without taking
   * any more heap: makes the string at least that long, filling up with zeros. If there is not
   * enough heap nothing has changed.
   */
  public void prepare(long from, long to) {
    reserve(to);
    if (!isWhole()) {
      for (int i = (int) (from >>> SHIFT); i < count(to); i++) {
        own(i, true);
      }
    }
    // Behind the length there are always zeros.
    length = (int) Math.max(length, to);
  }

  /** Takes what heap it needs to be so long. */
  private void reserve(long wanted) {
    if (isWhole()) {
      if (wanted <= bytes.length) {
        return;
      }
      if (wanted <= PIECE) {
        bytes = Arrays.copyOf(bytes, capacityFor(wanted));
        return;
      }
    }
    Piece[] old = isWhole() ? pieces(bytes) : pieces;
    if (wanted > capacity(old)) {
      pieces = grown(old, wanted);
      bytes = NOTHING;
    }
  }

  private static Piece[] grown(Piece[] old, long wanted) {
    if (wanted > MAX_LENGTH) {
      throw new OutOfMemoryError("a string of more than 2 GiB");
    }
    Piece[] pieces = Arrays.copyOf(old, count(wanted));
    int last = old.length - 1;
    if (last >= 0) {
      long rest = Math.min(PIECE, wanted - ((long) last << SHIFT));
      if (rest > old[last].capacity()) {
        pieces[last] = old[last].copy(capacityFor(rest));
      }
    }
    Arrays.fill(pieces, old.length, pieces.length, ZEROS);
    return pieces;
  }

  /** Replaces {@code removed} bytes from {@code at} on by {@code n} others. */
  void splice(int at, int removed, byte[] a, int offset, int n) {
    byte[] old = array();
    int tail = length - at - removed;
    byte[] all = bytes;
    int now = at + n + tail;
    if (now > bytes.length) {
      all = new byte[now <= PIECE ? capacityFor(now) : now];
      System.arraycopy(old, 0, all, 0, at);
    }
    System.arraycopy(old, at + removed, all, at + n, tail);
    System.arraycopy(a, offset, all, at, n);
    if (now < length) {
      Arrays.fill(all, now, length, (byte) 0);
    }
    bytes = all;
    length = now;
  }

  /** Takes over other bytes in place of all it had; nobody else may change them from now on. */
  public void become(byte[] others) {
    bytes = others;
    pieces = NONE;
    home = Loan.NONE;
    length = others.length;
  }

  /** Doubles what is not yet a piece. */
  private static int capacityFor(long wanted) {
    return (int) Math.min(wanted * 2, PIECE);
  }
}
