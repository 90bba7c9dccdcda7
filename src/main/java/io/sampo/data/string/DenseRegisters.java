package io.sampo.data.string;

/** The registers of a {@link HyperLogLog}, six bits each, one after another from the lowest bit. */
final class DenseRegisters {
  private static final int MASK = 63;

  private DenseRegisters() {}

  static int get(byte[] a, int from, int register) {
    int at = from + (register * 6 >> 3);
    int shift = register * 6 & 7;
    int low = (a[at] & 0xff) >> shift;
    // One that fits in its byte may be the last: there is no other byte then.
    return (shift <= 2 ? low : low | a[at + 1] << 8 - shift) & MASK;
  }

  /** Makes a register at least that high; returns whether it was lower. */
  static boolean raise(byte[] a, int from, int register, int value) {
    if (get(a, from, register) >= value) {
      return false;
    }
    int at = from + (register * 6 >> 3);
    int shift = register * 6 & 7;
    a[at] = (byte) (a[at] & ~(MASK << shift) | value << shift);
    if (shift > 2) {
      a[at + 1] = (byte) (a[at + 1] & ~(MASK >> 8 - shift) | value >> 8 - shift);
    }
    return true;
  }

  /** Raises registers, one per byte, to these. */
  static void merge(byte[] a, int from, byte[] registers) {
    for (int i = 0; i < registers.length; i++) {
      registers[i] = (byte) Math.max(registers[i], get(a, from, i));
    }
  }
}
