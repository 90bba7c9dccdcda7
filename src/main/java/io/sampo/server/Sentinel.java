package io.sampo.server;

import io.sampo.cluster.Consent;
import io.sampo.cluster.Plan;
import io.sampo.cluster.SentinelView;
import io.sampo.cluster.Topology;
import io.sampo.resp.Bytes;
import io.sampo.server.pubsub.Blob;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replica set as clients of Sentinels ask for it: it answers from this node's view of the set,
 * and publishes what changes. Used from any thread.
 */
public final class Sentinel {
  private static final Logger LOG = LoggerFactory.getLogger(Sentinel.class);

  public final Plan plan;
  public final String id;
  public final int quorum;
  private final Membership membership;
  final Service service;
  private final SentinelView view;

  /**
   * @param service for those who ask
   */
  Sentinel(Membership membership, Service service) {
    this.membership = membership;
    this.service = service;
    this.plan = membership.plan();
    this.id = SentinelView.sentinelId(plan.set(), plan.self());
    this.quorum = plan.voters().size() / 2 + 1;
    this.view = new SentinelView(plan.set(), quorum);
  }

  /** Takes note of how the set is now. */
  synchronized void changed(Topology topology) {
    for (SentinelView.Event event : view.next(topology)) {
      LOG.info("replica-set={} event={} about=\"{}\"", plan.set(), event.channel(), event.text());
      publish(event.channel(), event.text());
    }
  }

  private void publish(String channel, String text) {
    service
        .pubSub()
        .publish(Blob.of(Bytes.ascii(channel)), Blob.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Tells everything anew. */
  public synchronized void reset() {
    master()
        .ifPresent(
            master ->
                publish(
                    "+reset-master",
                    "master " + plan.set() + " " + master.host() + " " + master.port()));
    view.reset();
    changed(topology());
  }

  public Topology topology() {
    return membership.topology();
  }

  /** The master, or who was it last; nothing only before there was any. */
  public Optional<Topology.Node> master() {
    return view.master();
  }

  /**
   * Whether it can tell who is the master. Not so while it is cut off: the others may have chosen
   * another one, and whoever gets no answer here asks them.
   */
  public boolean isInformed() {
    boolean leads = master().filter(Topology.Node::self).isPresent();
    return leads ? membership.isSure() : SentinelView.reachableVoters(topology()) >= quorum;
  }

  public boolean isObjectivelyDown() {
    return view.isObjectivelyDown(topology());
  }

  /** Has another node take over from the master, if that is possible. */
  public void failOver(Consumer<Consent> answer) {
    membership.requestHandOver(answer);
  }
}
