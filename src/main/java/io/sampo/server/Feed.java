package io.sampo.server;

import io.sampo.replication.Master;
import io.sampo.replication.ReplicaLink;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/** What a connection sends besides replies, if there is a replica at the other end: the stream. */
public final class Feed implements ReplicaLink.Wire {
  private final Session session;
  private final Peer peer;
  private final Node node;
  private volatile Optional<ReplicaLink> link = Optional.empty();

  Feed(Session session, Peer peer) {
    this.session = session;
    this.peer = peer;
    this.node = session.node;
  }

  /** Has the replica at the other end sent whatever the master has for it. */
  public ReplicaLink attach(boolean old) {
    if (node.settings.replDisableTcpNodelay.get()) {
      peer.gather().run();
    }
    ReplicaLink its =
        new ReplicaLink(
            this, node.replication.backlog, address(), session.state.introduction, old, node::now);
    link = Optional.of(its);
    return its;
  }

  private String address() {
    return session.state.remote instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress()
        : "";
  }

  /** Whether there is a replica at the other end. */
  public boolean isOn() {
    return link.isPresent();
  }

  public Optional<ReplicaLink> link() {
    return link;
  }

  /** Notes that the other end is alive. */
  void heard() {
    link.ifPresent(ReplicaLink::heard);
  }

  /** Bytes that the replica has not yet been sent; from any thread. */
  long pending() {
    return link.map(ReplicaLink::pending).orElse(0L);
  }

  /** The next bytes for the replica, which may be none. */
  ByteString next() {
    return link.map(its -> its.next(Output.PIECE)).orElse(ByteString.emptyByteString());
  }

  /** The connection is no more. */
  void ended() {
    link.ifPresent(
        its -> {
          its.closed();
          node.replication.master.tell(new Master.Detach(its));
        });
  }

  // --- what the link asks of the connection

  @Override
  public void more() {
    session.tell(SessionEvent.Signal.FEED);
  }

  @Override
  public void checkOutput() {
    session.tell(SessionEvent.Signal.CHECK_OUTPUT);
  }

  @Override
  public void close() {
    session.kill(false);
  }

  @Override
  public void closeAfterOutput() {
    session.kill(true);
  }
}
