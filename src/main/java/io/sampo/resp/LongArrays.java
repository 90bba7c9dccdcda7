package io.sampo.resp;

/** The arrays that long requests came in. For any thread. */
final class LongArrays {
  /** Shorter ones are not worth it. */
  private static final int LEAST = 1 << 19;

  /** How much longer an array may be than what is asked for: an eighth of that. */
  private static final int SPARE_SHIFT = 3;

  private static final FreeArrays FREE = new FreeArrays();

  private LongArrays() {}

  /** One of about so many bytes, of any contents; empty if there is none. */
  static byte[] take(int length) {
    return FREE.take(length, (long) length + (length >> SPARE_SHIFT));
  }

  /** Takes an array that nobody will ever look at again, if it is long. */
  static void give(byte[] array) {
    if (array.length >= LEAST) {
      FREE.give(array);
    }
  }
}
