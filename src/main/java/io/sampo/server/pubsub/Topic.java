package io.sampo.server.pubsub;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Something to subscribe to, a channel or a pattern, with its subscribers, kept apart by core loop.
 * How many there are anybody may ask; who they are is known to each loop's own thread alone, so
 * that a message is handed out without a lock.
 */
public final class Topic {
  private static final Subscription[] NOBODY = new Subscription[0];
  private static final int SMALLEST = 4;

  public final Blob name;
  private final AtomicIntegerArray counts;
  private final Subscription[][] subscribers;

  Topic(Blob name, int loops) {
    this.name = name;
    counts = new AtomicIntegerArray(loops);
    subscribers = new Subscription[loops][];
    Arrays.fill(subscribers, NOBODY);
  }

  /** How many subscribers there are on a loop. */
  public int count(int loop) {
    return counts.get(loop);
  }

  /** How many subscribers there are. */
  public int count() {
    int sum = 0;
    for (int loop = 0; loop < counts.length(); loop++) {
      sum += counts.get(loop);
    }
    return sum;
  }

  /** Enters a subscription; on its loop's thread. */
  void add(Subscription subscription) {
    int loop = subscription.owner.loopIndex();
    int n = counts.get(loop);
    if (n == subscribers[loop].length) {
      subscribers[loop] = Arrays.copyOf(subscribers[loop], Math.max(SMALLEST, 2 * n));
    }
    subscribers[loop][n] = subscription;
    subscription.place = n;
    counts.set(loop, n + 1);
  }

  /** Ends a subscription; on its loop's thread. */
  void remove(Subscription subscription) {
    int loop = subscription.owner.loopIndex();
    Subscription[] all = subscribers[loop];
    int last = counts.get(loop) - 1;
    Subscription moved = all[last];
    all[subscription.place] = moved;
    moved.place = subscription.place;
    all[last] = null;
    if (last < all.length / SMALLEST) {
      subscribers[loop] = Arrays.copyOf(all, all.length / 2);
    }
    counts.set(loop, last);
  }

  /** Hands a message to the subscribers on a loop; on its thread. */
  void deliver(int loop, Message message) {
    Subscription[] all = subscribers[loop];
    int n = counts.get(loop);
    for (int i = 0; i < n; i++) {
      all[i].owner.deliver(message);
    }
  }
}
