package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

/** More than 2 GiB, which takes no heap where all of it is the same. */
class OutputTest {
  private static final int LENGTH = 1 << 26;
  private static final int TIMES = 40;
  private static final long ALL = (long) LENGTH * TIMES;

  private final byte[] bytes = new byte[LENGTH];

  @Test
  void repliesMayBeLongerThanOneStringCanBe() {
    Splice splice = new Splice();
    for (int i = 0; i < TIMES; i++) {
      splice.take(bytes, 0, LENGTH);
    }
    List<ByteString> spliced = splice.result();
    assertEquals(ALL, spliced.stream().mapToLong(ByteString::length).sum());
  }

  @Test
  void whatIsPendingMayBeLongerThanOneStringCanBe() {
    Output output = new Output();
    for (int i = 0; i < TIMES; i++) {
      output.add(ByteString.fromArrayUnsafe(bytes));
    }
    assertEquals(ALL, output.length());
    long left = ALL;
    // Once there is room again, what comes last still comes last.
    for (; left > ALL / 2; left -= Output.PIECE) {
      assertEquals(Output.PIECE, output.take().length());
    }
    output.add(ByteString.fromString("end"));
    for (; left > 0; left -= Output.PIECE) {
      assertEquals(Output.PIECE, output.take().length());
      assertEquals(left - Output.PIECE + 3, output.length());
    }
    assertEquals("end", output.take().utf8String());
    assertTrue(output.isEmpty());
    output.add(ByteString.fromArrayUnsafe(bytes));
    output.shut();
    assertEquals(0, output.length());
  }
}
