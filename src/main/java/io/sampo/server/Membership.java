package io.sampo.server;

import com.typesafe.config.Config;
import io.sampo.cluster.ClusterNode;
import io.sampo.cluster.Consent;
import io.sampo.cluster.Holding;
import io.sampo.cluster.Observer;
import io.sampo.cluster.Plan;
import io.sampo.cluster.Relay;
import io.sampo.cluster.Role;
import io.sampo.cluster.Topology;
import io.sampo.journal.Barrier;
import io.sampo.journal.Journal;
import io.sampo.replication.Following;
import io.sampo.replication.Replica;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in a replica set: has the data led or follow as the set decides, and holds
 * replies back until a majority has what they tell of, if that is asked for.
 */
public final class Membership implements Role, Observer {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** How long writes wait at most for a planned succession. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Node node;
  private final Plan plan;
  private final Barrier.Guard majority;
  private final List<Consumer<Topology>> watchers = new CopyOnWriteArrayList<>();
  private ClusterNode cluster;
  private volatile Topology topology;

  // Under the lock.

  /** The term of the stream that the data is attached to, or is to be when the link is up. */
  private long attached;

  /** Whether the data has a place in some stream, and whether none of it can have been lost. */
  private boolean placed;

  private boolean whole;
  private boolean leads;

  /** Whether it has been the master, and others may not know yet who is. */
  private boolean deposed;

  /**
   * Whether it leads, and no reply waits for what others have: then it need not hurry to say so.
   */
  private volatile boolean unawaited;

  /** The term that is to be led or followed; 0 if neither. */
  private long wanted;

  /** Where the stream of the master that is followed has begun to be its own. */
  private long fork;

  /** Up to where that master had the stream when it was asked for it; -1 as long as it was not. */
  private long goal = -1;

  /** The last term whose beginning is in the data, as far as the disk says so. */
  private long label;

  Membership(Node node, Plan plan) {
    this.node = node;
    this.plan = plan;
    this.majority = node.barrier.guard();
    this.topology = Topology.empty(plan.set());
  }

  /**
   * Joins the cluster.
   *
   * @param config of the cluster's actor system
   * @param door lets clients of other nodes in
   * @param failed ends this node
   */
  void join(Config config, Relay.Door door, Runnable failed) {
    node.settings.writeConcern.each(concern -> hold());
    node.replication.inSet();
    placed = node.place.isKnown();
    cluster = ClusterNode.start(plan, config, this, this, door, failed);
    node.journal.add(new Progress());
    node.aof.whenProgressed(this::progressed);
  }

  /** Tells the cluster how the journal grows. */
  private final class Progress implements Journal.Reader {
    @Override
    public void append(long offset, byte[] bytes, int from, int length) {
      // What is kept in a file counts when it is there.
      if (!node.aof.isAttached()) {
        progressed();
      }
    }
  }

  private void progressed() {
    if (!unawaited) {
      cluster.advanced();
    }
  }

  // --- the data's role

  @Override
  public synchronized void lead(long term, LongConsumer led) {
    wanted = term;
    node.replication.replica.tell(new Replica.Lead(() -> led(term, led)));
  }

  private synchronized void led(long term, LongConsumer led) {
    if (wanted != term) {
      return;
    }
    attached = term;
    placed = true;
    whole = true;
    deposed = false;
    reached(term);
    if (!leads) {
      leads = true;
      // Reads, too, wait until a majority has all that was there before the term.
      hold();
      node.tenure.begin();
    }
    led.accept(node.journal.offset());
  }

  /** Has replies wait for a majority, if they are to. */
  private synchronized void hold() {
    boolean awaited = awaits();
    unawaited = leads && !awaited;
    if (leads && awaited) {
      majority.raise(node.journal.offset() - 1);
    } else {
      majority.lower();
    }
  }

  @Override
  public synchronized void follow(String host, int port, long term, long start) {
    if (wanted == term && !leads) {
      return;
    }
    giveUp();
    wanted = term;
    fork = start;
    node.replication.replica.tell(new Replica.Follow(host, port, () -> attach(term)));
  }

  private synchronized void attach(long term) {
    attached = wanted == term ? term : 0;
    if (attached != 0) {
      node.tenure.settle();
    }
  }

  @Override
  public synchronized void retire() {
    giveUp();
    node.replication.replica.tell(new Replica.Await());
  }

  private void giveUp() {
    wanted = 0;
    attached = 0;
    goal = -1;
    if (!leads) {
      return;
    }
    leads = false;
    deposed = true;
    unawaited = false;
    node.tenure.end();
    majority.lower();
    closeClients();
    node.pause.end();
  }

  private void closeClients() {
    for (Session session : node.clients.all()) {
      if (!session.feed.isOn() && !session.service.isSentinel()) {
        session.kill(false);
      }
    }
  }

  /**
   * Whoever connected between this node's giving up the lead and the set's knowing of the next
   * master may have been sent here still: it is to ask once more.
   */
  private synchronized void closeWhoCameTooEarly(Topology now) {
    boolean known =
        now.master().filter(master -> !master.self()).isPresent()
            && now.nodes().stream()
                .filter(each -> each.reachable() && !each.self())
                .allMatch(each -> each.term() == now.term());
    if (deposed && known) {
      deposed = false;
      closeClients();
    }
  }

  @Override
  public void pause(Runnable paused) {
    node.pause.begin(node.now() + PATIENCE.toMillis(), Pause.Mode.WRITE);
    node.cores.still(paused);
  }

  @Override
  public void resume() {
    node.pause.end();
  }

  @Override
  public synchronized void reached(long term) {
    if (node.place.reached(term)) {
      node.aof.mark();
      // Without a file that is all there is to it, and nobody else is going to say so.
      cluster.advanced();
    }
  }

  @Override
  public boolean awaits() {
    return node.settings.writeConcern.get().equals("majority");
  }

  @Override
  public boolean ails() {
    return node.aof.isStuck(TimeUnit.MILLISECONDS.toNanos(plan.leaseMillis()) / 2);
  }

  @Override
  public synchronized Holding holding() {
    Following following = node.replication.following;
    boolean there = following.isReplica() ? following.isUp() : leads;
    long offset = Math.min(node.journal.offset(), node.aof.safe());
    boolean recovers = !whole && placed && there && attached > 0;
    if (recovers && goal >= 0 && offset >= goal) {
      // It has all that the master had, and so the beginning of the term, and whatever it had
      // acknowledged itself.
      reached(attached);
      whole = label() == attached;
    }
    return new Holding(there ? attached : 0, placed ? offset : -1, label(), whole);
  }

  private long label() {
    if (node.aof.isMarked()) {
      label = node.place.term();
    }
    return label;
  }

  /** All data is being replaced. */
  synchronized void dropped() {
    if (placed) {
      LostTail.log(node.commands, node.replication.backlog, fork, node.journal.offset());
    }
    placed = false;
    whole = false;
  }

  /** The term that is to be led or followed; 0 if neither. */
  synchronized long wanted() {
    return wanted;
  }

  /** Up to where this node has the stream of a term that it leads. */
  public synchronized OptionalLong leadsUpTo(long term) {
    return leads && attached == term
        ? OptionalLong.of(node.journal.offset())
        : OptionalLong.empty();
  }

  /** The master of this term has been asked for its stream, of which it has so much. */
  synchronized void synchronising(long term, long offset) {
    if (term == wanted && !leads) {
      goal = offset;
    }
  }

  /** The data is that of a master, as far as it goes. */
  synchronized void synchronised() {
    placed = true;
  }

  // --- what the set comes to

  @Override
  public void lease(long nanoTime) {
    node.tenure.until(nanoTime);
  }

  @Override
  public void safe(long offset) {
    majority.advance(offset);
  }

  @Override
  public void changed(Topology now) {
    topology = now;
    closeWhoCameTooEarly(now);
    watchers.forEach(watcher -> watcher.accept(now));
  }

  /** The set as this node sees it. */
  public Topology topology() {
    return topology;
  }

  /** How many nodes vote. */
  public int voters() {
    return plan.voters().size();
  }

  /** Has {@code watcher} told of every change; it must not wait. */
  void watch(Consumer<Topology> watcher) {
    watchers.add(watcher);
  }

  /** Whether it is sure to be the only master, if it is one. */
  boolean isSure() {
    return !node.tenure.isInDoubt();
  }

  Plan plan() {
    return plan;
  }

  /**
   * Has another node take over without a write being lost.
   *
   * @param successor its id, or nothing for whichever is best
   * @return "" once this node has given up the lead, or why it has not
   */
  public CompletionStage<String> handOver(Optional<String> successor) {
    return cluster.handOver(successor, PATIENCE);
  }

  /** The node that leads now, unless it is this one. */
  Optional<String> masterId() {
    return topology.master().filter(n -> !n.self()).map(Topology.Node::id);
  }

  /** Opens a way for a client to another node. */
  Relay.Way open(String to, String client, Consumer<ByteString> replies, Runnable ended) {
    return cluster.open(to, client, replies, ended);
  }

  /** Has another node take over from the master, whichever node that is. */
  void requestHandOver(Consumer<Consent> answer) {
    cluster.requestHandOver(PATIENCE, answer);
  }

  /** The id of the replica that clients reach there, if there is one. */
  public Optional<String> nodeAt(String host, int port) {
    return topology.replicas().stream()
        .filter(replica -> replica.host().equals(host) && replica.port() == port)
        .map(Topology.Node::id)
        .findFirst();
  }

  /** Leaves the set, after having handed over if this node leads it and another one can. */
  void leave() {
    boolean leading;
    synchronized (this) {
      leading = leads;
    }
    if (leading) {
      handOverAndAwait();
    }
    cluster.close();
  }

  private void handOverAndAwait() {
    try {
      String why =
          handOver(Optional.empty())
              .toCompletableFuture()
              .get(PATIENCE.toMillis() * 2, TimeUnit.MILLISECONDS);
      if (!why.isEmpty()) {
        LOG.warn("Leaving the replica set without a successor: {}", why);
        return;
      }
      // The successor may need a vote of this node.
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.leaseMillis());
      while (!node.replication.following.isUp() && System.nanoTime() - until < 0) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Leaving the replica set without a successor: {}", e.toString());
    }
  }
}
