package io.sampo.server;

import io.sampo.resp.Chunk;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/** The stage that serves one connection: requests in, replies out. */
public final class SessionStage extends GraphStage<FlowShape<Chunk, ByteString>> {
  private static final Inlet<Chunk> IN = Inlet.create("requests");
  private static final Outlet<ByteString> OUT = Outlet.create("replies");
  private static final FlowShape<Chunk, ByteString> SHAPE = FlowShape.of(IN, OUT);

  private final Node node;
  private final Service service;
  private final int loop;
  private final Peer peer;

  /**
   * A stage for one connection.
   *
   * @param loop index of the core loop it will be materialized on
   */
  public SessionStage(Node node, int loop, Peer peer) {
    this(node, node.data, loop, peer);
  }

  private SessionStage(Node node, Service service, int loop, Peer peer) {
    this.node = node;
    this.service = service;
    this.loop = loop;
    this.peer = peer;
  }

  /** A stage for a connection of somebody who asks for the master, of a node in a replica set. */
  public static SessionStage sentinel(Node node, int loop, Peer peer) {
    return new SessionStage(node, node.sentinel().orElseThrow().service, loop, peer);
  }

  @Override
  public FlowShape<Chunk, ByteString> shape() {
    return SHAPE;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inherited) {
    return new Session(node, service, node.cores.loop(loop), SHAPE, peer);
  }
}
