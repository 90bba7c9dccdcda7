package io.sampo.server;

import io.sampo.data.Limits;
import io.sampo.keyspace.Policy;
import io.sampo.server.config.Settings;
import io.sampo.shard.Memory;

/**
 * What the directives, and the part that the node plays, mean for its keyspaces: how values are
 * encoded, what is evicted, whether anything expires, and how much memory there is.
 */
final class KeyspaceDirectives {
  final io.sampo.keyspace.Settings keyspaces = new io.sampo.keyspace.Settings();
  final Memory memory;
  private final Settings settings;

  KeyspaceDirectives(Settings settings, int shards) {
    this.settings = settings;
    this.memory = new Memory(shards);
    keyspaces.databases = settings.databases.get().intValue();
    settings.protoMaxBulkLen.each(bytes -> keyspaces.maxStringLength = bytes);
    settings.maxmemory.each(bytes -> limitMemory());
    settings.replicaIgnoreMaxmemory.each(yes -> limitMemory());
    settings.maxmemoryPolicy.each(name -> keyspaces.policy = Policy.named(name).orElseThrow());
    settings.maxmemorySamples.each(n -> keyspaces.samples = n.intValue());
    settings.lfuLogFactor.each(n -> keyspaces.lfuLogFactor = n.intValue());
    settings.lfuDecayTime.each(n -> keyspaces.lfuDecayTime = n.intValue());
    followEncodings(keyspaces.limits);
  }

  private void followEncodings(Limits limits) {
    settings.hashMaxListpackEntries.each(n -> limits.hashMaxListpackEntries = n.intValue());
    settings.hashMaxListpackValue.each(n -> limits.hashMaxListpackValue = n.intValue());
    settings.listMaxListpackSize.each(n -> limits.listMaxListpackSize = n.intValue());
    settings.setMaxIntsetEntries.each(n -> limits.setMaxIntsetEntries = n.intValue());
    settings.setMaxListpackEntries.each(n -> limits.setMaxListpackEntries = n.intValue());
    settings.setMaxListpackValue.each(n -> limits.setMaxListpackValue = n.intValue());
    settings.zsetMaxListpackEntries.each(n -> limits.zsetMaxListpackEntries = n.intValue());
    settings.zsetMaxListpackValue.each(n -> limits.zsetMaxListpackValue = n.intValue());
    settings.streamNodeMaxBytes.each(n -> limits.streamNodeMaxBytes = n.intValue());
    settings.streamNodeMaxEntries.each(n -> limits.streamNodeMaxEntries = n.intValue());
    settings.hllSparseMaxBytes.each(n -> limits.hllSparseMaxBytes = n.intValue());
  }

  /** Up to where values keep their compact encodings. */
  Limits limits() {
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
