package io.sampo.keyspace;

import java.util.Arrays;

/**
 * Looks keys up shortly before they are used, many at once, so that the memory works on all of them
 * at the same time. Whoever then asks for one of these keys finds it in the cache, and need not
 * look for its place again.
 */
public final class Ahead {
  /** How many keys are looked up at once. */
  public static final int MOST = 64;

  static final int NONE = -1;

  private static final byte[] NOTHING = {};

  /** What all keys lie in, in ascending order. */
  private byte[] array = NOTHING;

  private final int[] offsets = new int[MOST];
  private final Table[] tables = new Table[MOST];
  private final long[] hashes = new long[MOST];
  private final Segment[] segments = new Segment[MOST];
  private final int[] slots = new int[MOST];
  private final int[] addresses = new int[MOST];

  /** What {@link Table#changes} was. */
  private final int[] stamps = new int[MOST];

  private int count;

  /** How many places there are with something in them. */
  private int used;

  /** Whether the keys have been looked up. */
  private boolean isFetched;

  /** The first that may be asked for next. */
  private int next;

  /** Written so that the reading is not optimized away. */
  private int read;

  /** How many more keys it takes. */
  public int room() {
    return MOST - count;
  }

  /**
   * Adds a key that is going to be looked up. Those that have been looked up give way to it: what
   * has been done since may have left their places to others, where nothing is to be read any more.
   *
   * @param a the array of all keys, until {@link #forget}, in which each lies behind the last
   */
  public void add(Db db, byte[] a, int offset, int length) {
    if (count == MOST) {
      fetch();
    }
    if (isFetched) {
      used = Math.max(used, count);
      isFetched = false;
      count = 0;
      next = 0;
    }
    Table table = db.storage().table;
    long hash = db.hash(a, offset, length);
    array = a;
    offsets[count] = offset;
    tables[count] = table;
    hashes[count] = hash;
    segments[count] = table.segment(hash);
    stamps[count++] = table.changes();
  }

  /**
   * Finds the entries, and reads them. No key waits for what is read for the one before, and there
   * is little to do between two readings: as many of them are under way as the processor can have.
   * What has been looked up is not looked up again.
   */
  public void fetch() {
    if (isFetched) {
      return;
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += segments[i].glanceHome(hashes[i]);
    }
    for (int i = 0; i < count; i++) {
      int slot = segments[i].glance(hashes[i]);
      slots[i] = slot;
      addresses[i] = slot == NONE ? Arena.NONE : segments[i].address(slot);
    }
    for (int i = 0; i < count; i++) {
      sum += addresses[i] == Arena.NONE ? 0 : tables[i].prefetch(addresses[i]);
    }
    read += sum;
    isFetched = true;
  }

  /** Forgets all keys. */
  public void forget() {
    used = Math.max(used, count);
    // Also what is not used any more: a table that is only known from here is to be given up.
    Arrays.fill(tables, 0, used, null);
    Arrays.fill(segments, 0, used, null);
    array = NOTHING;
    used = 0;
    isFetched = false;
    count = 0;
    next = 0;
  }

  /** Which of the keys looked up this is, if its place is still the same; else {@link #NONE}. */
  int at(Table table, byte[] a, int offset, int length) {
    if (a != array) {
      return NONE;
    }
    int i = next;
    while (i < count && offsets[i] < offset) {
      i++;
    }
    next = i;
    boolean known =
        i < count
            && offsets[i] == offset
            && tables[i] == table
            && stamps[i] == table.changes()
            && addresses[i] != Arena.NONE;
    return known && table.has(addresses[i], a, offset, length) ? i : NONE;
  }

  long hash(int i) {
    return hashes[i];
  }

  Segment segment(int i) {
    return segments[i];
  }

  int slot(int i) {
    return slots[i];
  }

  int address(int i) {
    return addresses[i];
  }
}
