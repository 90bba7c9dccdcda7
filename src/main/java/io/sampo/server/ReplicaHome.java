package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.journal.Replay;
import io.sampo.replication.Following;
import io.sampo.replication.Handshake;
import io.sampo.replication.Home;
import io.sampo.replication.Master;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.server.config.MasterAddress;
import io.sampo.server.config.Settings;
import io.sampo.server.pubsub.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node, as its replica sees it. */
final class ReplicaHome implements Home {
  private static final String UNBLOCKED =
      "UNBLOCKED force unblock from blocking operation, instance state changed (master ->"
          + " replica?)";
  private static final byte[] FLUSHALL = Bytes.ascii("*1\r\n$8\r\nFLUSHALL\r\n");

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaHome.class);

  private final Node node;
  private final Executor blocking;

  /** {@code blocking} runs what reads files. */
  ReplicaHome(Node node, Executor blocking) {
    this.node = node;
    this.blocking = blocking;
  }

  @Override
  public Replay replay(long offset, Replay.Follower follower) {
    return node.replay(offset, follower);
  }

  @Override
  public void still(Runnable task) {
    node.cores.still(task);
  }

  @Override
  public void follows(Following master) {
    node.replication.following = master;
    node.leavesExpiryToStream(master.isReplica());
    if (node.membership().isEmpty()) {
      node.settings.replicaof.put(MasterAddress.of(master));
    }
    if (master.isReplica()) {
      for (Session session : node.clients.all()) {
        if (session.waiting.isBlocked() && session.waiting.fail(UNBLOCKED)) {
          session.kill(true);
        }
      }
    }
  }

  @Override
  public void following(Following now) {
    node.replication.following = now;
    if (now.isUp()) {
      node.membership().ifPresent(Membership::synchronised);
    }
  }

  @Override
  public void received(int bytes) {
    // The connection to a master is on the first loop, and this is called there.
    node.traffic.followed(0, bytes);
  }

  @Override
  public void disconnectReplicas() {
    node.replication.master.tell(new Master.DetachAll());
  }

  @Override
  public Path newFile() throws IOException {
    return Files.createTempFile(Path.of(node.settings.dir.get()), "temp-", ".rdb");
  }

  @Override
  public void load(Path file, Runnable arrived, Home.Outcome then) {
    node.membership().ifPresent(Membership::dropped);
    node.loading.begin(0);
    node.place.reached(0);
    // What there is in an append-only file is of another history.
    node.aof.beginAnew();
    Flush flush = new Flush(() -> blocking.execute(() -> read(file, arrived, then)));
    flush.replay = node.replay(0, flush);
    flush.replay.feed(FLUSHALL, 0, FLUSHALL.length);
  }

  private void read(Path file, Runnable arrived, Home.Outcome then) {
    try {
      int db =
          RdbLoad.load(
              node,
              file,
              // Where that term began is told by the set, and not necessarily before a restart.
              from -> node.place.reached(from.term()),
              arrived);
      then.loaded(db, "");
    } catch (IOException | RuntimeException e) {
      node.place.reached(0);
      // In any case the replica has to hear of an end.
      LOG.debug("the data from the master cannot be loaded", e);
      then.loaded(0, String.valueOf(e.getMessage()));
    }
  }

  /** Removes all data, as a request would. */
  private static final class Flush implements Replay.Follower {
    private final Runnable then;
    private Replay replay;

    Flush(Runnable then) {
      this.then = then;
    }

    @Override
    public void applied(long offset) {
      // Ready is all that counts.
    }

    @Override
    public void aside(Command command, Args args) {
      throw new IllegalStateException("that is no stream");
    }

    @Override
    public void refused(String command, String error) {
      throw new IllegalStateException(error);
    }

    @Override
    public void ready() {
      then.run();
    }
  }

  @Override
  public long term() {
    return node.membership().map(Membership::wanted).orElse(0L);
  }

  @Override
  public void synchronising(long term, long offset) {
    node.membership().ifPresent(its -> its.synchronising(term, offset));
  }

  @Override
  public long onDisk() {
    return node.aof.forced();
  }

  @Override
  public long safe() {
    return node.aof.disclosable();
  }

  @Override
  public void whenSafe(long offset, Runnable then) {
    node.aof.awaitDisclosable(offset, then);
  }

  @Override
  public boolean cannotKeep() {
    return !node.settings.replicaIgnoreDiskWriteErrors.get()
        && (node.saves.refusesWrites() || node.aof.refusesWrites());
  }

  @Override
  public void refused(String command, String error) {
    node.counters.unexpectedErrors.increment();
    LOG.warn("The master sent a command that cannot be carried out: {}: {}", command, error);
    if (!node.settings.propagationErrorBehavior.get().equals("ignore")) {
      LOG.error("This ends the node, for propagation-error-behavior says so");
      node.fail();
    }
  }

  @Override
  public void published(boolean toShard, byte[] channel, byte[] message) {
    if (toShard) {
      node.pubSub.publishToShard(Blob.of(channel), Blob.of(message));
    } else {
      node.pubSub.publish(Blob.of(channel), Blob.of(message));
    }
  }

  @Override
  public Handshake.Identity identity() {
    Settings settings = node.settings;
    long announced = settings.replicaAnnouncePort.get();
    return new Handshake.Identity(
        settings.masteruser.get(),
        settings.masterauth.get(),
        settings.replicaAnnounceIp.get(),
        announced == 0 ? node.port() : (int) announced);
  }
}
