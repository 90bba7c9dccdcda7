package io.sampo.shard;

import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.keyspace.Keyspace;

/** Entries read from a file, on their way to the shard they belong to. */
final class LoadGroup implements Shard.Message {
  static final int MOST = 512;

  /** What becomes of them; the shard's answer. */
  interface Owner {
    /** They are in, but for so many that were there already. */
    void loaded(int entries, int duplicates);
  }

  private final Owner owner;
  private final int[] dbs = new int[MOST];
  private final byte[][] keys = new byte[MOST][];
  private final Entry[] entries = new Entry[MOST];
  private int size;

  LoadGroup(Owner owner) {
    this.owner = owner;
  }

  void add(int db, byte[] key, Entry entry) {
    dbs[size] = db;
    keys[size] = key;
    entries[size++] = entry;
  }

  boolean isFull() {
    return size == MOST;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void into(Keyspace keyspace) {
    int duplicates = 0;
    for (int i = 0; i < size; i++) {
      Db db = keyspace.db(dbs[i]);
      int before = db.size();
      db.put(keys[i], 0, keys[i].length, entries[i]);
      if (db.size() == before) {
        duplicates++;
      }
    }
    owner.loaded(size, duplicates);
  }
}
