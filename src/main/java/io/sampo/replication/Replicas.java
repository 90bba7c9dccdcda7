package io.sampo.replication;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/**
 * The replicas attached to this node, and how often one was. Kept by the {@link Master}; to be
 * looked at from any thread.
 */
public final class Replicas {
  private final Settings settings;
  private final List<ReplicaLink> links = new CopyOnWriteArrayList<>();
  private volatile int good;
  private volatile Failover.State failover = Failover.State.NONE;

  /** Attachments that took a copy of all data. */
  public final LongAdder full = new LongAdder();

  /** Attachments that went on where they were. */
  public final LongAdder partial = new LongAdder();

  /** How often a replica could not go on, though it asked to. */
  public final LongAdder refused = new LongAdder();

  public Replicas(Settings settings) {
    this.settings = settings;
  }

  /** In the order in which they came. */
  public List<ReplicaLink> all() {
    return links;
  }

  public boolean any() {
    return !links.isEmpty();
  }

  /** The one that others reach at this address. */
  Optional<ReplicaLink> find(String host, int port) {
    return links.stream().filter(link -> link.is(host, port)).findFirst();
  }

  /** How many are online and have not been silent for longer than min-replicas-max-lag. */
  public int good() {
    return good;
  }

  /** Whether there are fewer good ones than a write needs (min-replicas-to-write). */
  public boolean tooFew() {
    return settings.minReplicas > 0 && settings.maxLag > 0 && good < settings.minReplicas;
  }

  /** How many have acknowledged everything up to an offset. */
  public int acknowledged(long offset) {
    return count(offset, ReplicaLink::acknowledged);
  }

  /** How many have acknowledged to have everything up to an offset on disk. */
  public int acknowledgedOnDisk(long offset) {
    return count(offset, ReplicaLink::acknowledgedOnDisk);
  }

  private int count(long offset, ToLongFunction<ReplicaLink> has) {
    int count = 0;
    for (ReplicaLink link : links) {
      if (link.state() == ReplicaLink.State.ONLINE && has.applyAsLong(link) >= offset) {
        count++;
      }
    }
    return count;
  }

  /** How far a hand-over to one of them is. */
  public Failover.State failover() {
    return failover;
  }

  void failover(Failover.State state) {
    failover = state;
  }

  void add(ReplicaLink link) {
    links.add(link);
  }

  boolean remove(ReplicaLink link) {
    return links.remove(link);
  }

  /** Counts the good ones anew. */
  void judge() {
    int count = 0;
    for (ReplicaLink link : links) {
      if (link.state() == ReplicaLink.State.ONLINE && link.lagSeconds() <= settings.maxLag) {
        count++;
      }
    }
    good = count;
  }

  /** Forgets how often replicas were attached. */
  public void resetStatistics() {
    full.reset();
    partial.reset();
    refused.reset();
  }
}
