package io.sampo.server;

import io.sampo.replication.Failover;
import io.sampo.replication.Replica;
import java.util.function.Consumer;

/** A node that gives up its role as a master. */
final class FailoverHome implements Failover.Home {
  private final Node node;

  FailoverHome(Node node) {
    this.node = node;
  }

  @Override
  public boolean isReplica() {
    return node.replication.following.isReplica();
  }

  @Override
  public void quiet(Runnable then) {
    node.pause.handingOver(true);
    node.leavesExpiryToStream(true);
    node.cores.still(then);
  }

  @Override
  public void resume() {
    node.leavesExpiryToStream(isReplica());
    node.pause.handingOver(false);
  }

  @Override
  public void follow(String host, int port, Consumer<String> then) {
    node.replication.replica.tell(new Replica.HandOver(host, port, then));
  }

  @Override
  public void lead() {
    node.replication.replica.tell(new Replica.Lead(() -> {}));
  }
}
