package io.sampo.resp;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The array of a long request, of which others may take a part over. When neither the request nor
 * any of them needs it any more, it is used for another. For any thread.
 */
public final class Loan {
  /** Of an array that is nobody's to take over. */
  public static final Loan NONE = new Loan(new byte[0]);

  private final byte[] array;
  private final AtomicInteger users = new AtomicInteger(1);

  /** A loan to one, who is to {@link #leave}. */
  public Loan(byte[] array) {
    this.array = array;
  }

  /** What is not to be changed any more by anybody. */
  public byte[] array() {
    return array;
  }

  /** Notes one more, who may leave, or keep the array for good. */
  public Loan join() {
    users.incrementAndGet();
    return this;
  }

  /** Notes that one of them will never look at the array again. */
  public void leave() {
    // Of none there is nothing to count, least of all for all threads in one place.
    if (this != NONE && users.decrementAndGet() == 0) {
      LongArrays.give(array);
    }
  }
}
