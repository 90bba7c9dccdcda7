package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PagesTest {
  @Test
  void aFreePageIsUsedAgainAndEmpty() {
    byte[] page = Pages.take();
    assertEquals(Pages.BYTES, page.length);
    Arrays.fill(page, (byte) 7);
    Pages.give(page);
    byte[] again = Pages.take();
    assertSame(page, again);
    assertArrayEquals(new byte[Pages.BYTES], again);
    assertNotSame(page, Pages.take());
  }

  @Test
  void whatIsNoPageIsNotKept() {
    byte[] other = new byte[Pages.BYTES + 8];
    Pages.give(other);
    assertEquals(Pages.BYTES, Pages.take().length);
  }
}
