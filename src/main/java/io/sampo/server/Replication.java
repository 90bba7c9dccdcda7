package io.sampo.server;

import io.sampo.journal.Journal;
import io.sampo.persist.SnapshotSink;
import io.sampo.replication.Backlog;
import io.sampo.replication.Connector;
import io.sampo.replication.Failover;
import io.sampo.replication.Following;
import io.sampo.replication.FullSync;
import io.sampo.replication.History;
import io.sampo.replication.Home;
import io.sampo.replication.Master;
import io.sampo.replication.Replica;
import io.sampo.replication.Replicas;
import io.sampo.server.config.Settings;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.stream.ActorAttributes;

/**
 * A node's part in replication: the history of its data, the master it follows, if it does, and the
 * replicas it serves.
 */
public final class Replication {
  public final History history = new History();
  public final Backlog backlog;
  final FullSync.Stream stream;
  public final Replicas replicas;
  public final ActorRef<Master.Message> master;
  public final ActorRef<Replica.Message> replica;

  /** What is known of the master that this node follows. */
  public volatile Following following = Following.NOBODY;

  private final io.sampo.replication.Settings limits = new io.sampo.replication.Settings();

  /**
   * Spawns the actors.
   *
   * @param term of a replica set, the last of which the data has the beginning; 0 if there is none
   * @param snapshots takes snapshots
   * @param home the node, as its replica sees it
   * @param failing the node, as far as it gives up its role
   * @param blocking runs what reads files
   * @param loop the dispatcher that the connection to a master runs on
   */
  Replication(
      Crew crew,
      Settings settings,
      Journal journal,
      LongSupplier term,
      Consumer<SnapshotSink> snapshots,
      Home home,
      Failover.Home failing,
      Connector connector,
      Executor blocking,
      String loop) {
    backlog = new Backlog(journal, settings.replBacklogSize.get());
    stream = new FullSync.Stream(journal, backlog, history, term);
    replicas = new Replicas(limits);
    follow(settings);
    Master.Services services =
        new Master.Services(
            stream,
            replicas,
            limits,
            failing,
            snapshots,
            () -> Path.of(settings.dir.get()),
            blocking);
    master = crew.spawn(Master.Message.class, Master.create(services), "master", Props.empty());
    Replica.Services its =
        new Replica.Services(home, connector, stream, limits, ActorAttributes.dispatcher(loop));
    replica =
        crew.spawn(
            Replica.Message.class,
            Replica.create(its),
            "replica",
            DispatcherSelector.fromConfig(loop));
  }

  /**
   * The node is part of a replica set: the stream has to be one from the first write on, whether
   * somebody reads it or not, and those who come are served at once.
   */
  void inSet() {
    backlog.open();
    limits.backlogTtl = 0;
    limits.disklessDelay = 0;
  }

  /** Says whether the stream is left alone but for what clients write, as before the end. */
  public void silent(boolean yes) {
    limits.silent = yes;
  }

  private void follow(Settings settings) {
    settings.replBacklogSize.each(backlog::size);
    settings.replBacklogTtl.each(seconds -> limits.backlogTtl = seconds);
    settings.replTimeout.each(seconds -> limits.timeout = seconds);
    settings.replPingReplicaPeriod.each(seconds -> limits.pingPeriod = seconds);
    settings.replDisklessSync.each(yes -> limits.diskless = yes);
    settings.replDisklessSyncDelay.each(seconds -> limits.disklessDelay = seconds);
    settings.replDisklessSyncMaxReplicas.each(n -> limits.disklessMaxReplicas = n);
    settings.minReplicasToWrite.each(n -> limits.minReplicas = n);
    settings.minReplicasMaxLag.each(seconds -> limits.maxLag = seconds);
  }
}
