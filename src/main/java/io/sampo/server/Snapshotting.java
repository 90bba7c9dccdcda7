package io.sampo.server;

import io.sampo.persist.SnapshotSink;
import io.sampo.server.config.Settings;
import io.sampo.shard.SnapshotProgress;
import io.sampo.shard.Snapshots;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;

/** Has snapshots of all data taken, one after the other. Used from any thread. */
public final class Snapshotting {
  private final Settings settings;
  private final KeyspaceDirectives keyspaces;
  private final ActorRef<Snapshots.Message> taker;

  public final SnapshotProgress progress = new SnapshotProgress();

  /** How many have been asked for and not ended. */
  private final AtomicInteger ahead = new AtomicInteger();

  private final AtomicInteger copying = new AtomicInteger();

  /** When the one for replicas that is under way was begun or asked for, in Unix milliseconds. */
  private volatile long copyBegun;

  Snapshotting(Crew crew, Cores cores, Settings settings, KeyspaceDirectives keyspaces) {
    this.settings = settings;
    this.keyspaces = keyspaces;
    this.taker =
        crew.spawn(
            Snapshots.Message.class,
            cores.snapshots(this::format, progress, ahead::decrementAndGet),
            "snapshots",
            DispatcherSelector.blocking());
  }

  /** Takes one as soon as those asked for before have been taken. */
  public void take(SnapshotSink sink) {
    ahead.incrementAndGet();
    taker.tell(new Snapshots.Take(sink));
  }

  /** As {@link #take}, for replicas. */
  void copy(SnapshotSink sink) {
    if (copying.getAndIncrement() == 0) {
      copyBegun = System.currentTimeMillis();
    }
    take(new Copy(sink));
  }

  /** Whether any are being taken for replicas, or about to be. */
  public boolean isCopying() {
    return copying.get() > 0;
  }

  /** Since when any is being taken for replicas, in Unix milliseconds. */
  public OptionalLong copyingSince() {
    return isCopying() ? OptionalLong.of(copyBegun) : OptionalLong.empty();
  }

  /** A sink that is counted until it has all, or has failed. */
  private final class Copy implements SnapshotSink {
    private final SnapshotSink its;

    Copy(SnapshotSink its) {
      this.its = its;
    }

    @Override
    public Map<String, String> cut() {
      copyBegun = System.currentTimeMillis();
      return its.cut();
    }

    @Override
    public void chunk(byte[] bytes) throws IOException {
      its.chunk(bytes);
    }

    @Override
    public void done(long copied) throws IOException {
      its.done(copied);
      copying.decrementAndGet();
    }

    @Override
    public void failed(Throwable cause) {
      copying.decrementAndGet();
      its.failed(cause);
    }
  }

  /** Whether any are being taken, or about to be. */
  public boolean isOn() {
    return ahead.get() > 0;
  }

  private Snapshots.Format format() {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("redis-ver", Version.REDIS);
    about.put("redis-bits", "64");
    about.put("ctime", Long.toString(System.currentTimeMillis() / 1000));
    about.put("used-mem", Long.toString(keyspaces.memory.used()));
    about.put("aof-base", "0");
    return new Snapshots.Format(
        settings.rdbcompression.get(), settings.rdbchecksum.get(), about, keyspaces.keyspaces);
  }
}
