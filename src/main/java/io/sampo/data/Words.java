package io.sampo.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian machine words within byte arrays, at any alignment. */
public final class Words {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Words() {}

  public static long getLong(byte[] a, int at) {
    return (long) LONGS.get(a, at);
  }

  public static void putLong(byte[] a, int at, long value) {
    LONGS.set(a, at, value);
  }

  public static int getInt(byte[] a, int at) {
    return (int) INTS.get(a, at);
  }

  public static void putInt(byte[] a, int at, int value) {
    INTS.set(a, at, value);
  }

  /** Whether two ranges of the same length hold the same bytes; quick for the length of keys. */
  public static boolean equal(byte[] a, int i, byte[] b, int j, int length) {
    if (length >= 8) {
      int last = length - 8;
      for (int n = 0; n < last; n += 8) {
        if (getLong(a, i + n) != getLong(b, j + n)) {
          return false;
        }
      }
      return getLong(a, i + last) == getLong(b, j + last);
    }
    if (length >= 4) {
      int last = length - 4;
      return getInt(a, i) == getInt(b, j) && getInt(a, i + last) == getInt(b, j + last);
    }
    for (int n = 0; n < length; n++) {
      if (a[i + n] != b[j + n]) {
        return false;
      }
    }
    return true;
  }
}
