package io.sampo.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.persist.DamagedFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.SelfRemoved;
import org.apache.pekko.cluster.typed.Subscribe;
import org.apache.pekko.remote.RemoteTransportException;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's membership in a Pekko cluster, with its {@link ReplicaSet} actor.
 *
 * <p>It is an actor system beside the one that serves clients: a member that the others have given
 * up can come back only as a new actor system, and neither data nor connections are to suffer from
 * that.
 */
public final class ClusterNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
  private static final String SYSTEM = "sampo";
  private static final String VOTER = "voter";

  private final Plan plan;
  private final Config config;
  private final Role role;
  private final Observer observer;
  private final Runnable failed;
  private final Relay.Door door;
  private final AtomicBoolean advancing = new AtomicBoolean();
  private volatile ActorRef<ReplicaSet.Command> replicaSet;
  private volatile boolean removed;
  private ActorSystem<Void> system;
  private boolean closing;

  private ClusterNode(
      Plan plan, Config config, Role role, Observer observer, Relay.Door door, Runnable failed) {
    this.door = door;
    this.plan = plan;
    this.config = config;
    this.role = role;
    this.observer = observer;
    this.failed = failed;
  }

  /**
   * Joins the cluster, as soon as one of the seeds is there.
   *
   * @param config of the actor system; what a cluster needs is added
   * @param door serves clients of other nodes
   * @param failed is run if the node cannot keep its promises any more, and must end
   * @throws IllegalStateException if it cannot listen where it should, or its promises are damaged
   */
  public static ClusterNode start(
      Plan plan, Config config, Role role, Observer observer, Relay.Door door, Runnable failed) {
    ClusterNode node = new ClusterNode(plan, config, role, observer, door, failed);
    node.open(plan.seeds());
    return node;
  }

  private synchronized void open(List<String> seeds) {
    BallotFile file = new BallotFile(plan.directory(), plan.set(), plan.self());
    Ballot ballot;
    try {
      ballot = file.read();
    } catch (IOException | DamagedFile e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    CompletableFuture<ActorRef<ReplicaSet.Command>> child = new CompletableFuture<>();
    try {
      system = ActorSystem.create(guardian(file, ballot, child), SYSTEM, settings());
    } catch (RemoteTransportException e) {
      throw new IllegalStateException("The cluster port is not to be had: " + e.getMessage(), e);
    }
    replicaSet = child.join();
    advancing.set(false);
    List<Address> addresses = new ArrayList<>();
    seeds.forEach(
        seed -> addresses.add(AddressFromURIString.parse("pekko://" + SYSTEM + "@" + seed)));
    Cluster.get(system).manager().tell(new JoinSeedNodes(addresses));
    system.getWhenTerminated().thenAccept(done -> ended());
  }

  private Behavior<Void> guardian(
      BallotFile file, Ballot ballot, CompletableFuture<ActorRef<ReplicaSet.Command>> child) {
    Behavior<ClusterEvent.ClusterDomainEvent> behavior =
        Behaviors.setup(
            context -> {
              ActorRef<ReplicaSet.Command> ref =
                  context.spawn(
                      ReplicaSet.create(plan, file, ballot, role, observer, advancing),
                      ReplicaSet.NAME);
              context.spawn(Relay.create(plan.set(), door), Relay.NAME);
              // If it fails, so does this one, and with it the system.
              context.watch(ref);
              Cluster.get(context.getSystem())
                  .subscriptions()
                  .tell(Subscribe.create(context.getSelf().narrow(), SelfRemoved.class));
              child.complete(ref);
              return Behaviors.receive(ClusterEvent.ClusterDomainEvent.class)
                  .onMessage(SelfRemoved.class, event -> removed())
                  .build();
            });
    return behavior.unsafeCast();
  }

  private Behavior<ClusterEvent.ClusterDomainEvent> removed() {
    removed = true;
    return Behaviors.stopped();
  }

  private Config settings() {
    int colon = plan.self().lastIndexOf(':');
    boolean votes = plan.voters().contains(plan.self());
    int majority = plan.voters().size() / 2 + 1;
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.canonical.hostname",
                plan.self().substring(0, colon),
                "pekko.remote.artery.canonical.port",
                plan.self().substring(colon + 1),
                "pekko.cluster.roles",
                votes ? List.of(plan.set(), VOTER) : List.of(plan.set()),
                "pekko.cluster.split-brain-resolver.static-quorum.quorum-size",
                majority))
        .withFallback(ConfigFactory.parseResources(ClusterNode.class, "cluster.conf"))
        .withFallback(config);
  }

  private synchronized void ended() {
    if (closing) {
      return;
    }
    if (!removed) {
      LOG.error("The replica set's actor has failed, so this node stops");
      failed.run();
      return;
    }
    removed = false;
    LOG.warn("The cluster has given this node up; it joins anew");
    // Not by itself as the first seed, for it would found a cluster beside the one there is.
    List<String> others = plan.seeds().stream().filter(s -> !s.equals(plan.self())).toList();
    open(others.isEmpty() ? plan.seeds() : others);
  }

  /** The data has grown. From any thread, as often as it happens. */
  public void advanced() {
    if (!advancing.get() && advancing.compareAndSet(false, true)) {
      replicaSet.tell(ReplicaSet.advanced());
    }
  }

  /**
   * Has another node become the master without a write being lost.
   *
   * @param successor its id, or nothing for whichever is best
   * @param timeout how long writes may have to wait for it
   * @return "" once the lead has been given up, or why it has not
   */
  public CompletionStage<String> handOver(Optional<String> successor, Duration timeout) {
    CompletableFuture<String> outcome = new CompletableFuture<>();
    replicaSet.tell(new ReplicaSet.HandOver(successor, timeout.toMillis(), outcome::complete));
    return outcome;
  }

  /**
   * Asks the master, whichever node that is, to have another one take over.
   *
   * @param timeout how long writes may have to wait for it
   * @param answer is told soon, on any thread, whether that is going to happen
   */
  public void requestHandOver(Duration timeout, Consumer<Consent> answer) {
    replicaSet.tell(new ReplicaSet.AskForHandOver(timeout.toMillis(), answer));
  }

  /**
   * Opens a way for a client to another node.
   *
   * @param to the id of that node
   * @param client for people to tell it from others
   * @param replies is given what comes back
   * @param ended is run once nothing comes any more
   */
  public Relay.Way open(String to, String client, Consumer<ByteString> replies, Runnable ended) {
    return Relay.open(system(), plan.set(), to, client, replies, ended);
  }

  private synchronized ActorSystem<Void> system() {
    return system;
  }

  /** Leaves the cluster, without handing over, and waits until it has ended. */
  @Override
  public void close() {
    ActorSystem<Void> last;
    synchronized (this) {
      closing = true;
      last = system;
    }
    last.terminate();
    last.getWhenTerminated().toCompletableFuture().join();
  }
}
