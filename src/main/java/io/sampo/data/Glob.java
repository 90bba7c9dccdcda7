package io.sampo.data;

/**
 * Redis's glob patterns over bytes: {@code *}, {@code ?}, {@code [a-z]}, {@code [^x]} and {@code \}
 * to take a byte literally. A class that is never closed reaches to the end of the pattern.
 *
 * <p>An empty text matches the empty pattern alone; commands that take a lone {@code *} for
 * "everything" see to that themselves, as they do in Redis.
 *
 * <p>Only the last star is ever tried again, which is enough for globs (Krauss, "Matching
 * Wildcards", 2008), so that time is at most pattern length times text length.
 */
public final class Glob {
  private final byte[] pattern;
  private final int from;
  private final int end;
  private final boolean ignoreCase;

  private Glob(byte[] pattern, int from, int end, boolean ignoreCase) {
    this.pattern = pattern;
    this.from = from;
    this.end = end;
    this.ignoreCase = ignoreCase;
  }

  /** A pattern whose letters match in their own case only. The array is not copied. */
  public static Glob of(byte[] pattern) {
    return new Glob(pattern, 0, pattern.length, false);
  }

  /** A pattern within an array, on request ignoring ASCII case. The array is not copied. */
  public static Glob of(byte[] array, int offset, int length, boolean ignoreCase) {
    return new Glob(array, offset, offset + length, ignoreCase);
  }

  /** Whether it is a single star, which several commands take for "everything". */
  public boolean isStar() {
    return end == from + 1 && pattern[from] == '*';
  }

  public boolean matches(byte[] text) {
    return matches(text, 0, text.length);
  }

  public boolean matches(byte[] text, int offset, int length) {
    if (length == 0) {
      return from == end;
    }
    int p = from;
    int t = offset;
    int stop = offset + length;
    int afterStar = -1;
    int retry = 0;
    while (t < stop) {
      if (p < end && pattern[p] == '*') {
        afterStar = ++p;
        retry = t;
        continue;
      }
      int next = p < end ? step(p, text[t]) : -1;
      if (next >= 0) {
        p = next;
        t++;
      } else if (afterStar >= 0) {
        p = afterStar;
        t = ++retry;
      } else {
        return false;
      }
    }
    while (p < end && pattern[p] == '*') {
      p++;
    }
    return p == end;
  }

  /** The position behind the pattern element at {@code p} if it matches {@code c}, else -1. */
  private int step(int p, byte c) {
    switch (pattern[p]) {
      case '?':
        return p + 1;
      case '[':
        return oneOf(p + 1, c);
      case '\\':
        int literal = p + 1 < end ? p + 1 : p;
        return fold(pattern[literal]) == fold(c) ? literal + 1 : -1;
      default:
        return fold(pattern[p]) == fold(c) ? p + 1 : -1;
    }
  }

  private int oneOf(int begin, byte c) {
    int p = begin;
    boolean not = p < end && pattern[p] == '^';
    if (not) {
      p++;
    }
    boolean found = false;
    for (; p < end && pattern[p] != ']'; p++) {
      if (pattern[p] == '\\' && p + 1 < end) {
        p++;
        found |= pattern[p] == c;
      } else if (p + 2 < end && pattern[p + 1] == '-') {
        // Bytes compare as signed numbers, as the char of Redis's platforms does.
        byte low = fold((byte) Math.min(pattern[p], pattern[p + 2]));
        byte high = fold((byte) Math.max(pattern[p], pattern[p + 2]));
        byte folded = fold(c);
        found |= low <= folded && folded <= high;
        p += 2;
      } else {
        found |= fold(pattern[p]) == fold(c);
      }
    }
    return found == not ? -1 : Math.min(p + 1, end);
  }

  private byte fold(byte b) {
    return ignoreCase && b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }
}
