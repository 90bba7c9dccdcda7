package io.sampo.data;

import io.sampo.resp.Bytes;
import java.util.Arrays;
import java.util.Optional;

/** Tells whether bytes that came from outside are a {@link ListPack} that may be worked on. */
public final class PackCheck {
  private static final int SMALLEST = ListPack.BEGIN + 1;
  private static final int UNCOUNTED = 0xffff;

  /** Up to this many elements are compared each with each. */
  private static final int FEW = 16;

  private static final int MAX_DIGITS = 20;

  private PackCheck() {}

  /**
   * An array as a pack, if all of it is a well-formed one: every element ends within it, can be
   * walked over backward, and is counted. Integers are packed as such, as {@link ListPack} has it
   * and Redis has it too: it often is the array itself.
   */
  public static Optional<byte[]> sound(byte[] b) {
    if (b.length < SMALLEST || ListPack.used(b) != b.length || b[b.length - 1] != (byte) 0xff) {
      return Optional.empty();
    }
    int end = b.length - 1;
    int p = ListPack.BEGIN;
    int count = 0;
    boolean hasTexts = false;
    for (; p < end; count++) {
      int first = b[p];
      boolean isShort = (first & 0xc0) == 0x80;
      int few = isShort ? 1 + (first & 0x3f) : 1;
      // Most are integers and strings that are short, whose size is a byte.
      if ((isShort || first >= 0) && few < end - p && b[p + few] == few) {
        hasTexts |= isShort && b[p + 1] <= '9' && isIntegerText(b, p);
        p += few + 1;
        continue;
      }
      long size = size(b, p, end);
      if (size < 0 || !isBackSize(b, p + (int) size, (int) size, end)) {
        return Optional.empty();
      }
      hasTexts |= !ListPack.isInteger(b, p) && isIntegerText(b, p);
      p += (int) size + PackElement.backSize((int) size);
    }
    int counted = b[4] & 0xff | (b[5] & 0xff) << 8;
    boolean isSound = p == end && (counted == count || counted == UNCOUNTED);
    return isSound ? Optional.of(hasTexts ? repacked(b) : b) : Optional.empty();
  }

  /** The bytes of an element without its size, or -1 if it does not end before {@code end}. */
  private static long size(byte[] b, int p, int end) {
    int first = b[p] & 0xff;
    int head = first < 0xc0 || first >= 0xf1 ? 1 : first < 0xf0 ? 2 : 5;
    if (first > 0xf4 || p + head > end) {
      return -1;
    }
    long size =
        switch (first) {
          case 0xf0 -> 5 + Integer.toUnsignedLong(Words.getInt(b, p + 1));
          case 0xf1 -> 3;
          case 0xf2 -> 4;
          case 0xf3 -> 5;
          case 0xf4 -> 9;
          default -> first < 0x80 ? 1 : head + stringLength(b, p, first);
        };
    return size < end - p ? size : -1;
  }

  private static int stringLength(byte[] b, int p, int first) {
    return first < 0xc0 ? first & 0x3f : first < 0xe0 ? 0 : (first & 0xf) << 8 | b[p + 1] & 0xff;
  }

  private static boolean isBackSize(byte[] b, int at, int size, int end) {
    int n = PackElement.backSize(size);
    if (n > end - at) {
      return false;
    }
    if (n == 1) {
      return b[at] == size;
    }
    byte[] expected = new byte[n];
    PackElement.putBackSize(expected, 0, size);
    return Arrays.equals(b, at, at + n, expected, 0, n);
  }

  private static boolean isIntegerText(byte[] pack, int p) {
    int length = ListPack.length(pack, p);
    return length <= MAX_DIGITS && Bytes.isLong(pack, ListPack.stringAt(pack, p), length);
  }

  private static byte[] repacked(byte[] pack) {
    byte[] made = ListPack.create(pack.length);
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end; p = ListPack.next(pack, p)) {
      byte[] element = ListPack.bytes(pack, p);
      made = ListPack.append(made, element, 0, element.length);
    }
    return ListPack.copy(made);
  }

  /**
   * Whether every {@code step}th element of a pack, which is sound and canonical, is different from
   * the others of these, and nothing is missing from the last group of {@code step}.
   */
  public static boolean isDistinct(byte[] pack, int step) {
    int size = ListPack.size(pack);
    if (size % step != 0) {
      return false;
    }
    return size / step <= FEW ? isDistinctByPairs(pack, step) : isDistinctByHash(pack, step);
  }

  private static boolean isDistinctByPairs(byte[] pack, int step) {
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end; p = skip(pack, p, step)) {
      for (int q = skip(pack, p, step); q != end; q = skip(pack, q, step)) {
        if (isSame(pack, p, q)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isSame(byte[] pack, int p, int q) {
    boolean integer = ListPack.isInteger(pack, p);
    if (integer != ListPack.isInteger(pack, q)) {
      return false;
    }
    if (integer) {
      return ListPack.integer(pack, p) == ListPack.integer(pack, q);
    }
    int length = ListPack.length(pack, p);
    return length == ListPack.length(pack, q)
        && Words.equal(pack, ListPack.stringAt(pack, p), pack, ListPack.stringAt(pack, q), length);
  }

  private static boolean isDistinctByHash(byte[] pack, int step) {
    ByteTable seen = new ByteTable();
    byte[] digits = new byte[MAX_DIGITS];
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end; p = skip(pack, p, step)) {
      boolean added =
          ListPack.isInteger(pack, p)
              ? seen.add(digits, 0, Bytes.putLong(digits, 0, ListPack.integer(pack, p)))
              : seen.add(pack, ListPack.stringAt(pack, p), ListPack.length(pack, p));
      if (!added) {
        return false;
      }
    }
    return true;
  }

  private static int skip(byte[] pack, int p, int elements) {
    int at = p;
    for (int i = 0; i < elements; i++) {
      at = ListPack.next(pack, at);
    }
    return at;
  }
}
