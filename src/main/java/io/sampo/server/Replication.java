package io.sampo.server;

import io.sampo.journal.Journal;
import io.sampo.persist.SnapshotSink;
import io.sampo.replication.Backlog;
import io.sampo.replication.FullSync;
import io.sampo.replication.History;
import io.sampo.replication.Master;
import io.sampo.replication.Replicas;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;

/** A node's part in replication: the history of its data, and the replicas it serves. */
final class Replication {
  final History history = new History();
  final Backlog backlog;
  final Replicas replicas;
  final ActorRef<Master.Message> master;
  private final io.sampo.replication.Settings limits = new io.sampo.replication.Settings();

  /**
   * Spawns the actors.
   *
   * @param snapshots takes snapshots
   */
  Replication(
      ActorSystem<?> system, Settings settings, Journal journal, Consumer<SnapshotSink> snapshots) {
    backlog = new Backlog(journal, settings.replBacklogSize.get());
    replicas = new Replicas(limits);
    follow(settings);
    Master.Services services =
        new Master.Services(
            new FullSync.Stream(journal, backlog, history),
            replicas,
            limits,
            () -> true,
            snapshots,
            () -> Path.of(settings.dir.get()),
            system.dispatchers().lookup(DispatcherSelector.blocking()));
    master = system.systemActorOf(Master.create(services), "master", Props.empty());
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
