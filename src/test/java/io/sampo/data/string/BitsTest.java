package io.sampo.data.string;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Seed;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bits that are far behind many of the other kind, beside a loop over all. */
class BitsTest {
  @Test
  void aBitIsFoundWhereverItIs() {
    Random random = Seed.random("bits against a loop");
    for (int i = 0; i < 2000; i++) {
      boolean value = random.nextBoolean();
      int base = random.nextInt(20);
      byte[] a = new byte[base + (random.nextBoolean() ? 20_000 : 40)];
      Arrays.fill(a, base, a.length, (byte) (value ? 0 : -1));
      Arrays.fill(a, 0, base, (byte) (value ? -1 : 0));
      long bits = (a.length - base) * 8L;
      for (int n = random.nextInt(3); n > 0; n--) {
        int bit = random.nextInt((int) bits);
        a[base + (bit >>> 3)] ^= (byte) (0x80 >>> (bit & 7));
      }
      long from = random.nextInt(4) == 0 ? 0 : random.nextInt((int) bits);
      long to = random.nextInt(4) == 0 ? bits : from + random.nextInt((int) (bits - from) + 1);
      assertEquals(first(a, base, from, to, value), Bits.find(a, base, from, to, value));
    }
  }

  @Test
  void bitsAreCombinedWhereverTheyAre() {
    Random random = Seed.random("combined bits");
    for (int i = 0; i < 300; i++) {
      byte[] to = new byte[random.nextInt(100)];
      byte[] a = new byte[random.nextInt(100) + to.length];
      random.nextBytes(to);
      random.nextBytes(a);
      int length = random.nextInt(to.length + 1);
      int offset = random.nextInt(a.length - length + 1);
      int at = random.nextInt(to.length - length + 1);
      for (Bits.Operation operation : Bits.Operation.values()) {
        byte[] result = to.clone();
        Bits.combine(operation, result, at, a, offset, length);
        for (int j = 0; j < to.length; j++) {
          boolean within = j >= at && j < at + length;
          int other = within ? a[offset + j - at] : 0;
          int expected =
              !within
                  ? to[j]
                  : switch (operation) {
                    case AND -> to[j] & other;
                    case OR -> to[j] | other;
                    case XOR -> to[j] ^ other;
                  };
          assertEquals(expected, result[j]);
        }
      }
    }
  }

  private static long first(byte[] a, int base, long from, long to, boolean value) {
    for (long bit = from; bit < to; bit++) {
      if ((a[base + (int) (bit >>> 3)] >>> 7 - (bit & 7) & 1) == (value ? 1 : 0)) {
        return bit;
      }
    }
    return -1;
  }
}
