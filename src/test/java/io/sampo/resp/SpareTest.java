package io.sampo.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpareTest {
  private static final int CHUNK = 1 << 16;

  private final Spare spare = new Spare();
  private final RequestDecoder decoder =
      new RequestDecoder(RequestDecoder.Limits.DEFAULT, spare, Integer.MAX_VALUE);

  private static byte[] request(int arguments, int length) {
    String argument = "$" + length + "\r\n" + "x".repeat(length) + "\r\n";
    return ("*" + arguments + "\r\n" + argument.repeat(arguments))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The requests of some bytes that come in pieces, with the array they lie in. */
  private Frames decode(byte[] bytes) {
    Frames out = new Frames();
    for (int from = 0; from < bytes.length; from += CHUNK) {
      assertEquals(0, out.count());
      decoder.decode(bytes, from, Math.min(from + CHUNK, bytes.length), out);
    }
    assertEquals(1, out.count());
    return out;
  }

  private static void check(Frames frames, int arguments, int length) {
    Args args = new Args();
    args.at(frames, 0);
    assertEquals(arguments, args.count());
    for (int i = 0; i < arguments; i++) {
      assertEquals("x".repeat(length), args.text(i));
    }
  }

  @Test
  void aLongRequestOfShortStringsComesInTheArrayOfTheOneBefore() {
    Frames first = decode(request(100_000, 20));
    assertSame(Loan.NONE, first.loan);
    byte[] array = first.buffer();
    check(first, 100_000, 20);
    long[] slices = first.slices;
    spare.give(first);
    first.clear();
    Frames second = decode(request(50_000, 30));
    assertSame(array, second.buffer());
    assertSame(slices, second.slices);
    check(second, 50_000, 30);
    Frames third = decode(request(50_000, 30));
    assertNotSame(array, third.buffer());
  }

  @Test
  void theArrayOfALongStringIsItsOwn() {
    Frames first = decode(request(20, 100_000));
    assertSame(first.buffer(), first.loan.array());
    spare.give(new byte[1 << 22]);
    Frames second = decode(request(2, 1_000_000));
    assertTrue(second.buffer().length < 1 << 22);
    assertSame(second.buffer(), second.loan.array());
    check(second, 2, 1_000_000);
  }

  @Test
  void onlyTheLongerOfTwoIsKept() {
    byte[] longer = new byte[1 << 22];
    spare.give(new byte[1 << 20]);
    spare.give(longer);
    spare.give(new byte[1 << 21]);
    spare.give(new byte[1 << 24]);
    assertSame(longer, spare.take(1 << 20));
    assertEquals(0, spare.take(1 << 20).length);
  }
}
