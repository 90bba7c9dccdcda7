package io.sampo.resp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.sampo.data.string.RawString;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The array of a long request is used again, but not while anybody may look at it. */
class LoanTest {
  private static final int LENGTH = (11 << 20) + 7;

  private static final int FROM = 30;

  /** Takes the arrays that other tests have left. */
  @BeforeEach
  void takeAll() {
    drain();
  }

  static void drain() {
    for (int n = 1 << 18; n < 1 << 30; n += n >> 3) {
      while (LongArrays.take(n).length > 0) {
        // That was one of them.
      }
    }
  }

  /** A string that was taken over from a request which is over. */
  private static RawString taken(byte[] array) {
    Loan loan = new Loan(array);
    RawString string = RawString.within(loan, FROM, LENGTH - 2 * FROM);
    loan.leave();
    return string;
  }

  private static void assertLost() {
    assertEquals(0, LongArrays.take(LENGTH - FROM).length);
  }

  @Test
  void itIsUsedAgainWhenRequestAndStringAreGone() {
    byte[] array = new byte[LENGTH];
    Loan loan = new Loan(array);
    RawString string = RawString.within(loan, FROM, LENGTH - 2 * FROM);
    string.write(100_000, new byte[] {1}, 0, 1);
    string.release();
    assertLost();
    loan.leave();
    assertEquals(0, LongArrays.take(LENGTH + 1).length);
    assertEquals(0, LongArrays.take(LENGTH / 2).length);
    assertSame(array, LongArrays.take(LENGTH - FROM));
    assertLost();
  }

  @Test
  void itIsTheRequestsIfNobodyTakesItOver() {
    byte[] array = new byte[LENGTH];
    new Loan(array).leave();
    assertSame(array, LongArrays.take(LENGTH));
  }

  @Test
  void itIsLeftToWhoeverShares() {
    List<Consumer<RawString>> sharing =
        List.of(
            RawString::copy,
            RawString::frozen,
            string -> string.share(70_000, 100),
            RawString::array,
            string -> string.become(new byte[1]));
    for (Consumer<RawString> share : sharing) {
      RawString string = taken(new byte[LENGTH]);
      share.accept(string);
      string.release();
      assertLost();
    }
    Loan loan = new Loan(new byte[LENGTH]);
    RawString longer = new RawString(new byte[100_000]);
    longer.writeWithin(100_000, loan, FROM, LENGTH - 2 * FROM);
    loan.leave();
    longer.release();
    assertLost();
  }

  @Test
  void aTransactionKeepsIt() {
    Frames frames = new Frames();
    frames.buffer(new Loan(new byte[LENGTH]));
    frames.slice(FROM, LENGTH - FROM);
    frames.end();
    Frames kept = Frames.within(new Args().at(frames, 0));
    new Spare().give(frames);
    assertLost();
    assertEquals(LENGTH - FROM, new Args().at(kept, 0).length(0));
  }
}
