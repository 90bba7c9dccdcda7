package io.sampo.replication;

import io.sampo.resp.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import org.apache.pekko.util.ByteString;

/**
 * Sends a snapshot to replicas as it is made, ended by a mark that was announced, for nobody knows
 * its length. The slowest of them sets the pace.
 */
final class SocketCarrier implements FullSync.Carrier {
  /** Bytes that one replica may have before it. */
  private static final long MOST_AHEAD = 1 << 20;

  /** How long to wait before looking again, though nobody has taken anything. */
  private static final long LOOK_MILLIS = 1000;

  private final List<ReplicaLink> links;
  private final byte[] mark = Bytes.ascii(History.randomId());

  SocketCarrier(List<ReplicaLink> links) {
    this.links = links;
  }

  @Override
  public boolean takesLate() {
    return false;
  }

  @Override
  public void begun(ReplicaLink link) {
    link.whenTaken(this::look);
    link.transfer(ByteString.fromString("$EOF:").concat(marked()).concat(crlf()));
  }

  private ByteString marked() {
    return ByteString.fromArrayUnsafe(mark);
  }

  private static ByteString crlf() {
    return ByteString.fromString("\r\n");
  }

  private synchronized void look() {
    notifyAll();
  }

  @Override
  public void chunk(byte[] bytes) throws IOException {
    ByteString piece = ByteString.fromArrayUnsafe(bytes);
    links.forEach(link -> link.say(piece));
    awaitRoom();
  }

  private synchronized void awaitRoom() throws IOException {
    try {
      while (longest() > MOST_AHEAD) {
        wait(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** What the slowest has before it. */
  private long longest() throws IOException {
    long most = -1;
    for (ReplicaLink link : links) {
      if (!link.isClosed()) {
        most = Math.max(most, link.ahead());
      }
    }
    if (most < 0) {
      throw new IOException("no replica is left to take the snapshot");
    }
    return most;
  }

  /** A replica finds the mark at the end of what it reads: so nothing may follow until it did. */
  @Override
  public void done() {
    for (ReplicaLink link : links) {
      link.say(marked());
      link.online();
    }
  }

  @Override
  public void failed() {
    look();
  }
}
