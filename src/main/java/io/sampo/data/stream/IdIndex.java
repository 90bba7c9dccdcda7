package io.sampo.data.stream;

import io.sampo.data.HeapTally;
import io.sampo.data.Value;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Items in the order of their stream IDs, in chunks that are split when they are full. Adding
 * behind the last, which is usual, fills chunks to the brim.
 */
final class IdIndex<T extends IdIndex.Item> {
  /** What has an ID, which never changes. */
  interface Item {
    long ms();

    long seq();
  }

  private static final int FIRST_CHUNK = 4;
  private static final int CHUNK = 128;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;
  private static final boolean[] NEVER_FROZEN = {};

  private final T none;
  private final HeapTally tally;
  private Item[][] chunks = new Item[1][];
  private int[] sizes = new int[1];

  /** For each chunk whether a frozen index has it, too; or nothing if there never was one. */
  private boolean[] shared = NEVER_FROZEN;

  /** How many chunks there are. */
  private int count;

  private int size;

  /** Where something was found or added last: the next is often there, too. */
  private int near;

  /** How often the index was changed. */
  private int changes;

  /**
   * @param none stands for no item where one is asked for
   * @param tally is told of the heap that chunks take
   */
  IdIndex(T none, HeapTally tally) {
    this.none = none;
    this.tally = tally;
  }

  /** As {@link Value#frozen}; it shares chunks, and the items themselves. */
  IdIndex<T> frozen() {
    IdIndex<T> frozen = new IdIndex<>(none, new HeapTally());
    int places = Math.max(1, count);
    frozen.chunks = Arrays.copyOf(chunks, places);
    frozen.sizes = Arrays.copyOf(sizes, places);
    frozen.count = count;
    frozen.size = size;
    shared = new boolean[chunks.length];
    Arrays.fill(shared, 0, count, true);
    return frozen;
  }

  /** A chunk to be changed. */
  private Item[] own(int chunk) {
    if (shared != NEVER_FROZEN && shared[chunk]) {
      chunks[chunk] = chunks[chunk].clone();
      shared[chunk] = false;
    }
    return chunks[chunk];
  }

  int size() {
    return size;
  }

  T first() {
    return count == 0 ? none : item(chunks[0][0]);
  }

  T last() {
    return count == 0 ? none : item(chunks[count - 1][sizes[count - 1] - 1]);
  }

  /** The item of this ID. */
  T get(long ms, long seq) {
    T item = floor(ms, seq);
    return item != none && item.ms() == ms && item.seq() == seq ? item : none;
  }

  /** The last item whose ID is not above. */
  T floor(long ms, long seq) {
    int chunk = chunk(ms, seq);
    return chunk < 0 ? none : item(chunks[chunk][index(chunk, ms, seq)]);
  }

  /** The first item whose ID is above. */
  T higher(long ms, long seq) {
    int chunk = chunk(ms, seq);
    if (chunk < 0) {
      return first();
    }
    int next = index(chunk, ms, seq) + 1;
    if (next < sizes[chunk]) {
      return item(chunks[chunk][next]);
    }
    return chunk + 1 < count ? item(chunks[chunk + 1][0]) : none;
  }

  /** The last item whose ID is below. */
  T lower(long ms, long seq) {
    if (ms == 0 && seq == 0) {
      return none;
    }
    return seq == 0 ? floor(ms - 1, -1) : floor(ms, seq - 1);
  }

  /** Adds an item, of whose ID there is none yet. */
  void add(T item) {
    int chunk = chunk(item.ms(), item.seq());
    int at = chunk < 0 ? 0 : index(chunk, item.ms(), item.seq()) + 1;
    int to = Math.max(chunk, 0);
    if (count == 0) {
      insertChunk(0, new Item[FIRST_CHUNK], 0);
    } else if (sizes[to] == CHUNK && at == CHUNK && to == count - 1) {
      insertChunk(++to, new Item[CHUNK], 0);
      at = 0;
    } else if (sizes[to] == CHUNK) {
      split(to);
      if (at > sizes[to]) {
        at -= sizes[to++];
      }
    } else if (sizes[to] == chunks[to].length) {
      tally.bytes += (long) REFERENCE * sizes[to];
      chunks[to] = Arrays.copyOf(own(to), 2 * sizes[to]);
    }
    Item[] own = own(to);
    System.arraycopy(own, at, own, at + 1, sizes[to] - at);
    own[at] = item;
    sizes[to]++;
    size++;
    changes++;
    near = to;
  }

  private void split(int chunk) {
    int half = CHUNK / 2;
    Item[] upper = new Item[CHUNK];
    Item[] lower = own(chunk);
    System.arraycopy(lower, half, upper, 0, half);
    Arrays.fill(lower, half, CHUNK, null);
    sizes[chunk] = half;
    insertChunk(chunk + 1, upper, half);
  }

  private void insertChunk(int at, Item[] chunk, int itsSize) {
    if (count == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    System.arraycopy(chunks, at, chunks, at + 1, count - at);
    System.arraycopy(sizes, at, sizes, at + 1, count - at);
    if (shared != NEVER_FROZEN) {
      shared = Arrays.copyOf(shared, chunks.length);
      System.arraycopy(shared, at, shared, at + 1, count - at);
      shared[at] = false;
    }
    chunks[at] = chunk;
    sizes[at] = itsSize;
    count++;
    tally.bytes += bytes(chunk);
  }

  /** What a chunk takes, its place among the others included. */
  private static long bytes(Item[] chunk) {
    return ARRAY_HEADER + REFERENCE * (chunk.length + 2L);
  }

  /** Removes an item that is there. */
  void remove(T item) {
    int chunk = chunk(item.ms(), item.seq());
    int at = index(chunk, item.ms(), item.seq());
    size--;
    changes++;
    if (sizes[chunk] == 1) {
      removeChunk(chunk);
      return;
    }
    Item[] own = own(chunk);
    System.arraycopy(own, at + 1, own, at, sizes[chunk] - at - 1);
    own[--sizes[chunk]] = null;
  }

  private void removeChunk(int chunk) {
    tally.bytes -= bytes(chunks[chunk]);
    int behind = count - chunk - 1;
    System.arraycopy(chunks, chunk + 1, chunks, chunk, behind);
    System.arraycopy(sizes, chunk + 1, sizes, chunk, behind);
    if (shared != NEVER_FROZEN) {
      System.arraycopy(shared, chunk + 1, shared, chunk, behind);
    }
    chunks[--count] = null;
  }

  /** Puts an item in the place of the one that has its ID. */
  void replace(T item) {
    int chunk = chunk(item.ms(), item.seq());
    own(chunk)[index(chunk, item.ms(), item.seq())] = item;
  }

  /** Removes all items of which that is true, in one walk over all. */
  void removeIf(Predicate<T> goes) {
    int kept = 0;
    size = 0;
    for (int i = 0; i < count; i++) {
      int left = compact(own(i), sizes[i], goes);
      if (left == 0) {
        tally.bytes -= bytes(chunks[i]);
      } else {
        chunks[kept] = chunks[i];
        sizes[kept++] = left;
        size += left;
      }
    }
    // Each chunk is our own by now.
    shared = NEVER_FROZEN;
    Arrays.fill(chunks, kept, count, null);
    count = kept;
    changes++;
  }

  /** Moves what stays to the front; returns how many that are. */
  private int compact(Item[] chunk, int itsSize, Predicate<T> goes) {
    int left = 0;
    for (int i = 0; i < itsSize; i++) {
      if (!goes.test(item(chunk[i]))) {
        chunk[left++] = chunk[i];
      }
    }
    Arrays.fill(chunk, left, itsSize, null);
    return left;
  }

  /** A walk over the items from an ID on, in order. */
  Walk from(long ms, long seq) {
    return new Walk(ms, seq);
  }

  /** See {@link #from}. If the index changes, it goes on behind the item that it gave last. */
  final class Walk {
    private final long fromMs;
    private final long fromSeq;
    private T last = none;

    /** Where the next item is, unless the index has changed meanwhile. */
    private int chunk;

    private int at;
    private int asOf;

    private Walk(long ms, long seq) {
      fromMs = ms;
      fromSeq = seq;
      find();
    }

    /** The next item, or none. */
    T next() {
      if (asOf != changes) {
        find();
      }
      if (chunk >= count) {
        return none;
      }
      last = item(chunks[chunk][at++]);
      if (at == sizes[chunk]) {
        chunk++;
        at = 0;
      }
      return last;
    }

    private void find() {
      asOf = changes;
      if (last != none) {
        goBehind(last.ms(), last.seq());
      } else if (fromMs != 0 || fromSeq != 0) {
        goBehind(fromSeq == 0 ? fromMs - 1 : fromMs, fromSeq - 1);
      }
    }

    private void goBehind(long ms, long seq) {
      chunk = chunk(ms, seq);
      at = chunk < 0 ? 0 : index(chunk, ms, seq) + 1;
      if (chunk < 0 || at == sizes[chunk]) {
        chunk++;
        at = 0;
      }
    }
  }

  /** Says that the index is no longer in use. */
  void dispose() {
    for (int i = 0; i < count; i++) {
      tally.bytes -= bytes(chunks[i]);
    }
  }

  /** The last chunk that begins not above an ID; -1 if all do. */
  private int chunk(long ms, long seq) {
    if (near < count
        && !isAbove(chunks[near][0], ms, seq)
        && (near + 1 == count || isAbove(chunks[near + 1][0], ms, seq))) {
      return near;
    }
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (isAbove(chunks[middle][0], ms, seq)) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    near = Math.max(0, high);
    return high;
  }

  /** The last item of a chunk that is not above an ID, as its first is. */
  private int index(int chunk, long ms, long seq) {
    Item[] items = chunks[chunk];
    int low = 1;
    int high = sizes[chunk] - 1;
    if (!isAbove(items[high], ms, seq)) {
      return high;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (isAbove(items[middle], ms, seq)) {
        high = middle - 1;
      } else {
        low = middle + 1;
      }
    }
    return high;
  }

  private static boolean isAbove(Item item, long ms, long seq) {
    return StreamId.compare(item.ms(), item.seq(), ms, seq) > 0;
  }

  /** What is in the chunks came in as a T. */
  @SuppressWarnings("unchecked")
  private T item(Item item) {
    return (T) item;
  }
}
