package io.sampo.server;

import com.typesafe.config.Config;
import io.sampo.cluster.Plan;
import io.sampo.command.CommandTable;
import io.sampo.replication.Following;
import io.sampo.replication.Replica;
import io.sampo.resp.Chunk;
import io.sampo.server.pubsub.PubSub;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.reactivestreams.Publisher;

/** A node's way into a replica set, and out of it; and what it tells of it when it is in. */
public final class ReplicaSetPart {
  private final Node node;
  private final ActorSystem<?> system;
  private final Crew crew;
  private final IntFunction<String> dispatchers;
  private final CommandTable sentinelCommands;
  private volatile Optional<Membership> membership = Optional.empty();
  private volatile Optional<Sentinel> sentinel = Optional.empty();

  ReplicaSetPart(
      Node node,
      ActorSystem<?> system,
      Crew crew,
      IntFunction<String> dispatchers,
      CommandTable sentinelCommands) {
    this.node = node;
    this.system = system;
    this.crew = crew;
    this.dispatchers = dispatchers;
    this.sentinelCommands = sentinelCommands;
  }

  Optional<Membership> membership() {
    return membership;
  }

  Optional<Sentinel> sentinel() {
    return sentinel;
  }

  /** Has the node wait for a replica set to say whether it leads; until then it is a replica. */
  public void awaitMaster() {
    node.tenure.bound();
    node.place.keep();
    node.replication.following = Following.awaited();
    node.leavesExpiryToStream(true);
    node.replication.replica.tell(new Replica.Await());
  }

  /**
   * Joins the replica set that it waits for.
   *
   * @param config of the cluster's actor system
   * @param failed ends the node at once
   * @throws IllegalStateException if it cannot listen there, or its promises are damaged
   */
  public void join(List<String> seeds, Config config, Runnable failed) {
    Plan plan = ClusterPlan.of(node.settings, seeds, node.port(), node.runId);
    Membership its = new Membership(node, plan);
    membership = Optional.of(its);
    PubSub channels =
        PubSub.open(crew::spawn, "sentinel-courier-", node.cores.loopCount(), dispatchers);
    Sentinel teller =
        new Sentinel(its, new Service(Service.Kind.SENTINEL, sentinelCommands, channels));
    sentinel = Optional.of(teller);
    its.watch(teller::changed);
    its.join(config, this::enter, failed);
  }

  /** Leaves the replica set, if it is in one, handing over if it leads it. */
  public void leave() {
    membership.ifPresent(Membership::leave);
  }

  /** Serves a client that has come to another node of the replica set. */
  private Publisher<ByteString> enter(String client, Publisher<ByteString> requests) {
    int loop = Math.floorMod(client.hashCode(), node.cores.loopCount());
    SocketAddress remote = new Forwarding.Origin(client);
    return Source.fromPublisher(requests)
        .map(bytes -> Chunk.of(bytes.toArrayUnsafe()))
        .via(Flow.fromGraph(new SessionStage(node, loop, new Peer(remote, remote, () -> {}))))
        .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.right())
        .withAttributes(ActorAttributes.dispatcher(dispatchers.apply(loop)))
        .run(Materializer.matFromSystem(system.classicSystem()));
  }
}
