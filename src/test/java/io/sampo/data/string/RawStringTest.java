package io.sampo.data.string;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Pages;
import io.sampo.resp.Loan;
import io.sampo.resp.Span;
import io.sampo.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A string behaves as an array would that grows, and what was taken from it stays as it was. */
class RawStringTest {
  private static final int PIECE = RawString.PIECE;
  private static final int STEPS = 4000;

  private Random random;

  @BeforeEach
  void seed() {
    random = Seed.random("strings");
  }

  /** A string that is not changed any more, and what it has to hold. */
  private record Pair(RawString string, byte[] content) {}

  /** An array that a string lies within, and what was in it. */
  private record Within(byte[] array, byte[] before) {}

  private byte[] bytes(int n) {
    byte[] bytes = new byte[n];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A length or place that is likely to be where pieces meet. */
  private int place(int most) {
    int some =
        random.nextBoolean()
            ? random.nextInt(most + 1)
            : random.nextInt(4) * PIECE + random.nextInt(24) - 12;
    return Math.max(0, Math.min(most, some));
  }

  @Test
  void behavesAsAnArrayDoes() {
    List<Pair> aside = new ArrayList<>();
    List<Within> within = new ArrayList<>();
    RawString string = RawString.empty();
    byte[] model = {};
    for (int step = 0; step < STEPS; step++) {
      byte[] more = bytes(place(step % 5 == 0 ? 2 * PIECE : 20));
      switch (random.nextInt(13)) {
        case 0 -> {
          int length = place(3 * PIECE);
          model = bytes(length);
          byte[] around = bytes(random.nextInt(100));
          byte[] all = Arrays.copyOf(around, around.length + length + random.nextInt(100));
          System.arraycopy(model, 0, all, around.length, length);
          string =
              random.nextBoolean()
                  ? new RawString(model.clone())
                  : RawString.within(new Loan(all), around.length, length);
        }
        case 1, 2 -> {
          string.append(more, 0, more.length);
          int end = model.length;
          model = Arrays.copyOf(model, end + more.length);
          System.arraycopy(more, 0, model, end, more.length);
        }
        case 3, 4, 5 -> {
          int at = place(4 * PIECE);
          string.write(at, more, 0, more.length);
          model = Arrays.copyOf(model, Math.max(model.length, at + more.length));
          System.arraycopy(more, 0, model, at, more.length);
        }
        case 6, 7 -> {
          int width = 1 + random.nextInt(64);
          long bit = 8L * place(3 * PIECE) + random.nextInt(8);
          long number = random.nextLong();
          int end = (int) (bit + width + 7 >>> 3);
          string.prepare(bit >>> 3, end);
          string.bits(bit, width, number);
          model = Arrays.copyOf(model, Math.max(model.length, end));
          Bits.set(model, 0, bit, width, number);
        }
        case 8, 9 -> aside.add(new Pair(string.copy(), model.clone()));
        case 10 -> {
          int from = place(model.length);
          int removed = Math.min(model.length - from, more.length / 2);
          byte[] tail = Arrays.copyOfRange(model, from + removed, model.length);
          string.splice(from, removed, more, 0, more.length);
          model = Arrays.copyOf(model, from + more.length + tail.length);
          System.arraycopy(more, 0, model, from, more.length);
          System.arraycopy(tail, 0, model, from + more.length, tail.length);
        }
        case 11 -> {
          byte[] taken = bytes(2 * PIECE + place(2 * PIECE));
          byte[] around = bytes(taken.length + random.nextInt(100));
          int offset = random.nextInt(around.length - taken.length + 1);
          System.arraycopy(taken, 0, around, offset, taken.length);
          int at = random.nextBoolean() ? model.length : place(3 * PIECE);
          string.writeWithin(at, new Loan(around), offset, taken.length);
          model = Arrays.copyOf(model, Math.max(model.length, at + taken.length));
          System.arraycopy(taken, 0, model, at, taken.length);
          within.add(new Within(around, around.clone()));
        }
        default -> assertArrayEquals(model, Arrays.copyOf(string.array(), string.length()));
      }
      if (random.nextInt(12) == 0 || model.length > 6 * PIECE) {
        aside.add(new Pair(string, model.clone()));
        string = string.copy();
      }
      check(string, model);
      if (model.length > 6 * PIECE) {
        model = new byte[0];
        string = RawString.empty();
      }
      if (aside.size() > 20) {
        aside.remove(random.nextInt(aside.size()));
      }
      if (step % 100 == 0) {
        aside.forEach(pair -> check(pair.string, pair.content));
        within.forEach(its -> assertArrayEquals(its.before, its.array));
        within.clear();
      }
    }
  }

  private void check(RawString string, byte[] model) {
    assertEquals(model.length, string.length());
    assertTrue(string.heapBytes() >= model.length);
    if (random.nextInt(4) == 0) {
      assertArrayEquals(model, string.toByteArray());
    }
    long bit = 8L * place(3 * PIECE) + random.nextInt(8);
    int width = 1 + random.nextInt(64);
    assertEquals(Bits.get(model, 0, model.length, bit, width), string.bits(bit, width));
    int from = place(model.length);
    int n = random.nextInt(model.length - from + 1);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Span span : string.spans(from, n)) {
      all.write(span.array(), span.offset(), span.length());
    }
    assertArrayEquals(Arrays.copyOfRange(model, from, from + n), all.toByteArray());
  }

  @Test
  void takesLittleForWhatIsMerelyLong() {
    RawString string = RawString.empty();
    string.prepare(100 << 20, (100 << 20) + 1);
    byte[] zeros = string.array(PIECE);
    RawString copy = string.copy();
    copy.write(5 * PIECE + 1, new byte[] {1}, 0, 1);
    assertSame(zeros, string.array(5 * PIECE));
    assertSame(zeros, copy.array(4 * PIECE));
    assertEquals(1, copy.array(5 * PIECE)[1]);
    byte[] own = copy.array(5 * PIECE);
    copy.write(5 * PIECE + 2, new byte[] {1}, 0, 1);
    assertSame(own, copy.array(5 * PIECE));
    assertSame(own, copy.copy().array(5 * PIECE));
    copy.write(5 * PIECE + 3, new byte[] {1}, 0, 1);
    assertNotSame(own, copy.array(5 * PIECE));
  }

  @Test
  void takesOverWhatIsMostOfItsArray() {
    byte[] all = bytes(4 * PIECE + 100);
    RawString string = new RawString(bytes(3 * PIECE + 5));
    string.writeWithin(3 * PIECE + 5, new Loan(all), 50, 4 * PIECE + 50);
    assertSame(all, string.array(4 * PIECE));
    assertSame(all, string.array(7 * PIECE - 1));
    assertNotSame(all, string.array(4 * PIECE - 1));
    assertNotSame(all, string.array(7 * PIECE));
    RawString other = RawString.empty();
    other.writeWithin(0, new Loan(all), 0, 3 * PIECE);
    assertSame(all, other.array(PIECE));
    RawString third = RawString.empty();
    third.writeWithin(0, new Loan(new byte[9 * PIECE]), 0, 4 * PIECE);
    assertEquals(PIECE, third.array(PIECE).length);
  }

  /** Who reads the request that it came in may do so later. */
  @Test
  void whatItLiesWithinIsNotChanged() {
    byte[] all = bytes(3 * PIECE + 50);
    byte[] before = all.clone();
    RawString string = RawString.within(new Loan(all), 20, 3 * PIECE + 10);
    string.write(PIECE - 1, new byte[] {1, 2, 3}, 0, 3);
    string.prepare(0, 1);
    string.bits(0, 8, ~before[20]);
    string.append(new byte[] {4}, 0, 1);
    assertArrayEquals(before, all);
    assertEquals(~before[20] & 0xff, string.bits(0, 8));
    assertEquals(before[20 + PIECE - 2] & 0xff, string.bits(8L * (PIECE - 2), 8));
    assertEquals(0x010203, string.bits(8L * (PIECE - 1), 24));
  }

  @Test
  void givesItsPagesBackUnlessTheyWereShared() {
    RawString string = new RawString(bytes(3 * Pages.BYTES + 5), 0, 3 * Pages.BYTES + 5);
    byte[] first = string.array(0);
    byte[] second = string.array(Pages.BYTES);
    byte[] third = string.array(2 * Pages.BYTES);
    string.share(2 * Pages.BYTES - 1, 1);
    string.write(2 * Pages.BYTES - 2, new byte[] {1}, 0, 1);
    string.write(2 * Pages.BYTES, new byte[] {1}, 0, 1);
    byte[] before = second.clone();
    string.release();
    assertSame(third, Pages.take());
    assertSame(first, Pages.take());
    assertNotSame(second, Pages.take());
    assertArrayEquals(before, second);
  }
}
