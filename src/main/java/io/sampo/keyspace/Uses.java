package io.sampo.keyspace;

/**
 * When the entries of a database were last used, or how often they are: what the policy goes by
 * when it has to choose which of them to evict.
 */
public final class Uses {
  private final Keyspace keyspace;
  private final Storage storage;

  Uses(Keyspace keyspace, Storage storage) {
    this.keyspace = keyspace;
    this.storage = storage;
  }

  /** Whether the policy has them counted (LFU) rather than the last one remembered. */
  public boolean areCounted() {
    return keyspace.settings.policy.lfu();
  }

  /** Whether the policy goes by how long ago they were. */
  public boolean areDated() {
    return keyspace.settings.policy.measure() == Policy.Measure.LRU;
  }

  /** Notes one. */
  public void touch(int h) {
    int access = storage.access(h);
    int touched = keyspace.access.touched(access);
    if (touched != access) {
      storage.access(h, touched);
    }
  }

  /** Seconds since the last use; meaningful under a policy that is not LFU. */
  public long idleSeconds(int h) {
    return keyspace.access.idle(storage.access(h));
  }

  /** Makes the last use seem that long ago. */
  public void idleSeconds(int h, long seconds) {
    storage.access(h, keyspace.access.idleSince(seconds));
  }

  /** The logarithmic access counter, 0 to 255; meaningful under an LFU policy. */
  public int frequency(int h) {
    return keyspace.access.decayed(storage.access(h));
  }

  /** Sets the access counter, 0 to 255. */
  public void frequency(int h, int counter) {
    storage.access(h, keyspace.access.counted(counter));
  }
}
