package io.sampo.resp;

import java.util.Arrays;

/**
 * Turns the bytes of one connection into requests: RESP arrays of bulk strings and inline commands,
 * in any mixture and cut anywhere. What an incomplete request has brought so far is kept, together
 * with how far it was understood, so that no byte is examined twice however small the pieces are.
 *
 * <p>As in Redis, the byte behind a carriage return and the two bytes behind a bulk string are
 * skipped unseen, and a line longer than 64 KiB is an error. One line's limit is applied wherever
 * the line is cut, whereas Redis lets a longer one pass if its end happens to arrive in time.
 */
public final class RequestDecoder {
  /** The longest header line or inline request, in bytes before its end of line. */
  public static final int MAX_LINE = 64 * 1024;

  private static final int UNAUTHENTICATED_MULTIBULK = 10;
  private static final int UNAUTHENTICATED_BULK = 16384;
  private static final int MAX_KEPT = Integer.MAX_VALUE - 64;

  /** From this length on a string may stay in the array it came in. */
  private static final int STAYING = 1 << 16;

  /** Of a request that is announced an eighth has to have come before there is room for it all. */
  private static final long BELIEVED = 8;

  /** The same, where an array that was used before does, and no heap is taken for it. */
  private static final long BELIEVED_SOONER = 64;

  /** What short arguments behind a long one have room in. */
  private static final int SLACK = 1 << 12;

  private static final long INCOMPLETE = -2;
  private static final long INVALID = -3;
  private static final byte[] NONE = new byte[0];

  /**
   * What a connection may send.
   *
   * @param bulk the longest bulk string in bytes (proto-max-bulk-len)
   * @param multibulk the most elements of one request (proto-max-multibulk-len)
   */
  public record Limits(long bulk, int multibulk) {
    public static final Limits DEFAULT = new Limits(512L << 20, Integer.MAX_VALUE);
  }

  private final Spare spare;
  private final int mostItself;
  private Limits limits;
  private boolean authenticated = true;
  private boolean held;
  private String error = "";

  /** The request under construction from its first byte on, and whatever came behind it. */
  private byte[] kept = NONE;

  private int keptLength;

  /** How much room there has to be before decoding can go on; 0 if there is enough. */
  private int lacking;

  /** How much there had better be, if an array is at hand that was used before. */
  private int desired;

  /** How many of the bytes that were given last have not been looked at. */
  private int unread;

  /** Where in {@link #kept} decoding goes on, and up to where no end of line was found. */
  private int position;

  private int searched;

  /** The slices, relative to {@link #kept}, of the request under construction; null if none. */
  private Frames partial;

  /** How many elements it still lacks, and the length of the next, or -1 before its header. */
  private int missing;

  private int bulk = -1;

  /** Where the line ended that {@link #header} has read. */
  private int next;

  public RequestDecoder(Limits limits) {
    this(limits, new Spare(), Integer.MAX_VALUE);
  }

  /**
   * @param spare gives arrays for long requests; it gets them back from whoever {@link #decode}
   *     hands these to, unless they are lent
   * @param mostItself the longest array that it makes itself: where longer ones are needed, not all
   *     bytes that it is given are decoded at once, and some may be {@link #unread}
   */
  public RequestDecoder(Limits limits, Spare spare, int mostItself) {
    this.limits = limits;
    this.spare = spare;
    this.mostItself = mostItself;
  }

  /** Replaces the limits, from the next header on. */
  public void limits(Limits limits) {
    this.limits = limits;
  }

  /** Says whether the client may send more than the few small arguments of a log-in. */
  public void authenticated(boolean yes) {
    authenticated = yes;
  }

  /** Whether a protocol error was met; nothing is decoded any more. */
  public boolean failed() {
    return !error.isEmpty();
  }

  /** The error line to send, without its dash, behind the replies to what came before; or "". */
  public String error() {
    return error;
  }

  /**
   * Whether decoding stopped before a request that only an authenticated client may send, since one
   * of the requests handed over may authenticate it: call {@link #decode} again, with an empty
   * range if need be, when they have been executed.
   */
  public boolean held() {
    return held;
  }

  /**
   * How many bytes at the end of those that were given last have not been looked at, since they
   * come behind a long argument, or since it {@link #lacksRoom}: they are to be given once more.
   */
  public int unread() {
    return unread;
  }

  /** Whether decoding cannot go on without an array that others have {@link #makeRoom made}. */
  public boolean lacksRoom() {
    return lacking > 0;
  }

  /**
   * Makes the array that is lacking, which takes the longer the longer it is: by any thread, while
   * nobody else uses the decoder.
   */
  public byte[] makeRoom() {
    byte[] used = LongArrays.take(desired);
    if (used.length == 0 && desired > lacking) {
      used = LongArrays.take(lacking);
    }
    if (used.length == 0) {
      return Arrays.copyOf(kept, lacking);
    }
    System.arraycopy(kept, 0, used, 0, keptLength);
    return used;
  }

  /** Takes the array that was lacking. */
  public void room(byte[] made) {
    LongArrays.give(kept);
    kept = made;
    lacking = 0;
  }

  /** How many bytes are kept for later, as client-query-buffer-limit counts them. */
  public int pendingBytes() {
    return keptLength;
  }

  /**
   * Hands over every request that is complete with these bytes, but for those that stay {@link
   * #unread}.
   *
   * @param chunk must not change as long as {@code out} is in use; it is not written to
   * @param out must be empty; its buffer becomes the one all its requests lie in, which is {@code
   *     chunk} itself if nothing was kept and nothing had to be unquoted
   */
  public void decode(byte[] chunk, int from, int to, Frames out) {
    unread = 0;
    if (failed() || (keptLength > 0 && !keep(chunk, from, to))) {
      return;
    }
    held = false;
    byte[] bytes = chunk;
    int at = from;
    int end = to;
    int begin = from;
    if (keptLength > 0) {
      bytes = kept;
      at = position;
      end = keptLength;
      begin = 0;
    }
    Frames into = partial == null ? out : partial;
    int most = limits.multibulk();
    long longest = Math.min(limits.bulk(), MAX_KEPT);
    int left = missing;
    int length = bulk;
    while (at < end) {
      if (left == 0) {
        begin = at;
        if (bytes[at] != '*') {
          int line = findLine(bytes, at, end);
          if (line < 0) {
            break;
          }
          if (bytes == chunk && InlineRequest.quoted(bytes, at, line)) {
            bytes = Arrays.copyOf(bytes, end);
          }
          if (!InlineRequest.split(bytes, at, line, out)) {
            fail("unbalanced quotes in request");
            break;
          }
          at = line + 1;
          continue;
        }
        int few = shortHeader(bytes, at, end);
        if (few > 0 && few <= UNAUTHENTICATED_MULTIBULK && few <= most) {
          left = few;
          at += few < 10 ? 4 : 5;
          continue;
        }
        long count = header(bytes, at, end, "too big mbulk count string");
        if (count == INCOMPLETE) {
          break;
        }
        if (count == INVALID || count > most) {
          fail("invalid multibulk length");
          break;
        }
        if (count > UNAUTHENTICATED_MULTIBULK && !authenticated) {
          holdOrFail(out, "unauthenticated multibulk length");
          break;
        }
        at = next;
        left = (int) Math.max(0, count);
        continue;
      }
      if (length < 0 && bytes[at] == '$') {
        int n = shortHeader(bytes, at, end);
        if (n >= 0 && n <= longest) {
          length = n;
          at += n < 10 ? 4 : 5;
        }
      }
      if (length < 0) {
        long n = header(bytes, at, end, "too big bulk count string");
        if (n == INCOMPLETE) {
          break;
        }
        if (bytes[at] != '$') {
          fail("expected '$', got '" + (char) (bytes[at] & 0xff) + "'");
          break;
        }
        if (n < 0 || n > longest) {
          fail("invalid bulk length");
          break;
        }
        if (n > UNAUTHENTICATED_BULK && !authenticated) {
          holdOrFail(out, "unauthenticated bulk length");
          break;
        }
        at = next;
        length = (int) n;
      }
      if (end - at - 2 < length) {
        break;
      }
      into.slice(at, length);
      at += length + 2;
      length = -1;
      if (--left == 0) {
        if (into != out) {
          out.take(into, 0);
          into = out;
          partial = null;
        }
        out.end();
      }
    }
    if (out.count() > 0) {
      if (bytes == kept && out.longest() >= STAYING) {
        out.buffer(new Loan(bytes));
      } else {
        out.buffer(bytes);
      }
    }
    if (failed()) {
      out.dropOpen();
      forget();
    } else if (left == 0 && at == end) {
      forget();
    } else {
      missing = left;
      bulk = length;
      retain(bytes, begin, at, end, into, out);
    }
  }

  /**
   * Appends to what is kept, growing with what really arrives and not with what is announced; false
   * if there is no room.
   */
  private boolean keep(byte[] chunk, int from, int to) {
    int count = to - from;
    if (count > kept.length - keptLength) {
      if (bulk >= STAYING && mostItself < Integer.MAX_VALUE && bulk + 2 <= kept.length - position) {
        // The array is the argument's: what comes behind it is not to be a reason for a longer one.
        unread = count - (kept.length - keptLength);
        count -= unread;
      } else if (!grow((long) keptLength + count)) {
        unread = failed() ? 0 : count;
        return false;
      }
    }
    System.arraycopy(chunk, from, kept, keptLength, count);
    keptLength += count;
    return true;
  }

  private boolean grow(long wanted) {
    if (wanted > MAX_KEPT) {
      fail("too big request");
      forget();
      return false;
    }
    byte[] longer = bulk < STAYING ? spare.take((int) wanted) : NONE;
    if (longer.length > 0) {
      System.arraycopy(kept, 0, longer, 0, keptLength);
      kept = longer;
      return true;
    }
    boolean last = missing == 1;
    int room = room(wanted, kept.length, position, bulk, last);
    if (room > mostItself) {
      lacking = room;
      long announced = announced(position, bulk, last);
      boolean much = bulk >= STAYING && announced <= wanted * BELIEVED_SOONER;
      desired = much ? (int) Math.max(room, announced) : room;
      return false;
    }
    kept = Arrays.copyOf(kept, room);
    return true;
  }

  /**
   * How much room to make for so many bytes in place of the present room.
   *
   * @param at where the last argument begins of which the length is known
   * @param length that is announced for it, or -1 if it is all there
   * @param last whether no other argument is to follow
   */
  static int room(long wanted, int present, int at, int length, boolean last) {
    long doubled = Math.min(present * 2L, MAX_KEPT);
    long announced = announced(at, length, last);
    boolean much = length >= STAYING && announced <= wanted * BELIEVED;
    long room = much && (last || announced > doubled) ? announced : doubled;
    return (int) Math.max(wanted, last && length >= STAYING ? Math.min(room, announced) : room);
  }

  private static long announced(int at, int length, boolean last) {
    return Math.min(2L + at + length + (last ? 0 : SLACK), MAX_KEPT);
  }

  /** Keeps the bytes from {@code begin} on, unless they are what is kept already. */
  private void retain(byte[] bytes, int begin, int at, int end, Frames into, Frames out) {
    position = at - begin;
    searched = Math.max(0, searched - begin);
    if (into == out && missing > 0) {
      partial = new Frames(spare.slices(missing));
      partial.take(out, -begin);
    }
    if (bytes != kept || begin > 0 || out.count() > 0) {
      kept = Arrays.copyOfRange(bytes, begin, end);
      keptLength = end - begin;
    }
  }

  private void forget() {
    kept = NONE;
    keptLength = 0;
    position = 0;
    searched = 0;
    partial = null;
    missing = 0;
    bulk = -1;
  }

  private void fail(String what) {
    error = "ERR Protocol error: " + what;
  }

  private void holdOrFail(Frames out, String what) {
    if (out.count() > 0) {
      held = true;
    } else {
      fail(what);
    }
  }

  /** Index of the line feed that ends an inline request, or -1: it has not come, or too late. */
  private int findLine(byte[] bytes, int at, int end) {
    int i = Math.max(at, searched);
    while (i < end && bytes[i] != '\n') {
      i++;
    }
    searched = i;
    if (i - at > MAX_LINE) {
      fail("too big inline request");
      return -1;
    }
    return i < end ? i : -1;
  }

  /**
   * Reads the number of a header line and sets {@link #next} behind the line.
   *
   * @return the number, -1 for all below zero; {@link #INVALID}; or {@link #INCOMPLETE}, also when
   *     the line was too long and this decoder has failed therefore
   */
  private long header(byte[] bytes, int at, int end, String tooLong) {
    int i = at + 1;
    int stop = Math.min(end, at + 10);
    int value = 0;
    for (; i < stop; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
    }
    if (i + 1 < end && bytes[i] == '\r' && i > at + 1 && (bytes[at + 1] != '0' || i == at + 2)) {
      next = i + 2;
      return value;
    }
    return oddHeader(bytes, at, end, tooLong);
  }

  /**
   * The number of a header line if it is one of one or two digits, the line being 4 or 5 bytes long
   * then; else -1, which decides nothing.
   */
  private static int shortHeader(byte[] bytes, int at, int end) {
    if (end - at < 5) {
      return -1;
    }
    int tens = bytes[at + 1] - '0';
    if (bytes[at + 2] == '\r') {
      return tens >= 0 && tens <= 9 ? tens : -1;
    }
    int ones = bytes[at + 2] - '0';
    boolean canonical = tens > 0 && tens <= 9 && ones >= 0 && ones <= 9 && bytes[at + 3] == '\r';
    return canonical ? tens * 10 + ones : -1;
  }

  private long oddHeader(byte[] bytes, int at, int end, String tooLong) {
    int i = Math.max(at, searched);
    while (i < end && bytes[i] != '\r') {
      i++;
    }
    searched = i;
    if (i - at > MAX_LINE) {
      fail(tooLong);
      return INCOMPLETE;
    }
    if (i + 1 >= end) {
      return INCOMPLETE;
    }
    next = i + 2;
    int digits = i - at - 1;
    if (digits < 0 || !Bytes.isLong(bytes, at + 1, digits)) {
      return INVALID;
    }
    return Math.max(-1, Bytes.parseLong(bytes, at + 1, digits));
  }
}
