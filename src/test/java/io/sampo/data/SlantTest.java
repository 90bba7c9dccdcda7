package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlantTest {
  private static final long STEP = 1L << 20;

  @Test
  void keepsTheOrderAndIsTwiceAsDenseAtOneEnd() {
    assertEquals(0, Slant.of(0));
    for (long hash = STEP; hash < KeyHash.END; hash += STEP) {
      assertTrue(Slant.of(hash - 1) <= Slant.of(hash));
    }
    assertEquals(2.0 / 3, (double) Slant.of(STEP) / STEP, 0.01);
    long last = Slant.of(KeyHash.END - 1);
    assertTrue(last < KeyHash.END);
    assertEquals(4.0 / 3, (double) (last - Slant.of(KeyHash.END - STEP)) / STEP, 0.01);
  }

  @Test
  void knowsTheFirstHashOfEachPlace() {
    for (long slanted = 0; slanted < KeyHash.END; slanted += STEP) {
      long first = Slant.first(slanted);
      assertTrue(Slant.of(first) >= slanted);
      assertTrue(first == 0 || Slant.of(first - 1) < slanted);
    }
    assertEquals(KeyHash.END, Slant.first(KeyHash.END));
  }
}
