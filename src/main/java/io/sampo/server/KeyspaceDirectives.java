package io.sampo.server;

import io.sampo.data.Limits;
import io.sampo.keyspace.Policy;
import io.sampo.server.config.Settings;
import io.sampo.shard.Memory;

/**
 * What the directives, and the part that the node plays, mean for its keyspaces: how values are
 * encoded, what is evicted, whether anything expires, and how much memory there is.
 */
public final class KeyspaceDirectives {
  final io.sampo.keyspace.Settings keyspaces = new io.sampo.keyspace.Settings();
  public final Memory memory;
  private final Settings settings;

  KeyspaceDirectives(Settings settings, int shards) {
    this.settings = settings;
    this.memory = new Memory(shards);
    keyspaces.databases = toInt(settings.databases.get());
    settings.protoMaxBulkLen.each(bytes -> keyspaces.maxStringLength = bytes);
    settings.maxmemory.each(bytes -> limitMemory());
    settings.replicaIgnoreMaxmemory.each(yes -> limitMemory());
    settings.maxmemoryPolicy.each(name -> evictBy(Policy.named(name).orElseThrow()));
    settings.maxmemorySamples.each(n -> keyspaces.samples = toInt(n));
    settings.maxmemoryEvictionTenacity.each(n -> memory.tenacity(toInt(n)));
    settings.lfuLogFactor.each(n -> keyspaces.lfuLogFactor = toInt(n));
    settings.lfuDecayTime.each(n -> keyspaces.lfuDecayTime = toInt(n));
    followEncodings(keyspaces.limits);
  }

  private void evictBy(Policy policy) {
    keyspaces.policy = policy;
    memory.policy(policy);
  }

  private void followEncodings(Limits limits) {
    settings.hashMaxListpackEntries.each(n -> limits.hashMaxListpackEntries = toInt(n));
    settings.hashMaxListpackValue.each(n -> limits.hashMaxListpackValue = toInt(n));
    settings.listMaxListpackSize.each(n -> limits.listMaxListpackSize = toInt(n));
    settings.listCompressDepth.each(n -> limits.listCompressDepth = toInt(n));
    settings.setMaxIntsetEntries.each(n -> limits.setMaxIntsetEntries = toInt(n));
    settings.setMaxListpackEntries.each(n -> limits.setMaxListpackEntries = toInt(n));
    settings.setMaxListpackValue.each(n -> limits.setMaxListpackValue = toInt(n));
    settings.zsetMaxListpackEntries.each(n -> limits.zsetMaxListpackEntries = toInt(n));
    settings.zsetMaxListpackValue.each(n -> limits.zsetMaxListpackValue = toInt(n));
    settings.streamNodeMaxBytes.each(n -> limits.streamNodeMaxBytes = toInt(n));
    settings.streamNodeMaxEntries.each(n -> limits.streamNodeMaxEntries = toInt(n));
    settings.hllSparseMaxBytes.each(n -> limits.hllSparseMaxBytes = toInt(n));
  }

  /** As much of a limit as there can be of what it limits. */
  private static int toInt(long n) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(n, Integer.MAX_VALUE));
  }

  /** Up to where values keep their compact encodings. */
  public Limits limits() {
    return keyspaces.limits;
  }

  /** During a pause nothing expires or is evicted, for that would be a write. */
  void paused(boolean yes) {
    keyspaces.paused = yes;
    limitMemory();
  }

  /** A stream tells what expires and what is evicted, or this node decides. */
  void replica(boolean yes) {
    keyspaces.replica = yes;
    limitMemory();
  }

  /** A replica has as much memory as its master leaves it to have. */
  private void limitMemory() {
    boolean ignored =
        keyspaces.paused || keyspaces.replica && settings.replicaIgnoreMaxmemory.get();
    memory.limit(ignored ? 0 : settings.maxmemory.get());
  }
}
