package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LzfTest {
  private final Lzf lzf = new Lzf();

  @Test
  void whatWasCompressedComesBack() {
    Random random = new Random(7);
    for (int i = 0; i < 5000; i++) {
      byte[] text = text(random);
      byte[] packed = new byte[text.length + text.length / 32 + 10];
      int size = lzf.compress(text, 0, text.length, packed, 5, packed.length - 5);
      assertTrue(size > 0 || text.length == 0);
      byte[] back = new byte[text.length];
      assertTrue(Lzf.decompress(packed, 5, size, back));
      assertArrayEquals(text, back);
      byte[] longer = new byte[text.length + 1];
      assertFalse(Lzf.decompress(packed, 5, size, longer));
    }
  }

  /** Some random bytes, and repetitions from near and far. */
  private static byte[] text(Random random) {
    byte[] text = new byte[random.nextInt(random.nextInt(20) == 0 ? 50_000 : 300)];
    for (int at = 0; at < text.length; ) {
      int n = Math.min(text.length - at, 1 + random.nextInt(600));
      if (at > 0 && random.nextInt(3) > 0) {
        int from = random.nextInt(at);
        for (int i = 0; i < n; i++) {
          text[at + i] = text[from + i];
        }
      } else {
        n = Math.min(n, 40);
        for (int i = 0; i < n; i++) {
          text[at + i] = (byte) random.nextInt(256);
        }
      }
      at += n;
    }
    return text;
  }

  @Test
  void compressesWhatRepeats() {
    byte[] zeros = new byte[100_000];
    byte[] packed = new byte[2000];
    int size = lzf.compress(zeros, 0, zeros.length, packed, 0, packed.length);
    assertTrue(size > 0 && size < 1200, "" + size);
    assertTrue(zeros.length <= size * Lzf.MAX_RATIO);
  }

  @Test
  void whatIsShortRepeatsManyTimes() {
    for (int period = 1; period < 20; period++) {
      for (int length = 20; length < 600; length += 7) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
          text[i] = (byte) (i < length - 3 ? i % period : -i);
        }
        byte[] packed = new byte[700];
        int size = lzf.compress(text, 0, length, packed, 0, packed.length);
        byte[] back = new byte[length];
        assertTrue(Lzf.decompress(packed, 0, size, back));
        assertArrayEquals(text, back);
      }
    }
  }

  @Test
  void staysWithinItsRoom() {
    byte[] noise = new byte[1000];
    new Random(3).nextBytes(noise);
    byte[] packed = new byte[1200];
    Arrays.fill(packed, (byte) 77);
    assertEquals(0, lzf.compress(noise, 0, noise.length, packed, 100, 900));
    for (int i = 1000; i < packed.length; i++) {
      assertEquals(77, packed[i]);
    }
  }

  @Test
  void nonsenseIsRefused() {
    Random random = new Random(5);
    byte[] to = new byte[500];
    for (int i = 0; i < 100_000; i++) {
      byte[] nonsense = new byte[random.nextInt(60)];
      random.nextBytes(nonsense);
      boolean whole = Lzf.decompress(nonsense, 0, nonsense.length, to);
      assertFalse(whole && nonsense.length * Lzf.MAX_RATIO < to.length);
    }
  }
}
