package io.sampo.replication;

import io.sampo.resp.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a snapshot written to a file first, from which replicas then get it, each at its own pace.
 * The file has no name any more by the time that they do.
 */
final class FileCarrier implements FullSync.Carrier {
  private static final Logger LOG = LoggerFactory.getLogger(FileCarrier.class);
  private static final int PIECE = 64 * 1024;

  /** Bytes that a replica has before it while there are more. */
  private static final long AHEAD = 4 * PIECE;

  private final List<ReplicaLink> links;
  private final Path path;
  private final Executor blocking;

  /** What is written to; null until there is something to write. */
  private FileChannel out;

  /**
   * @param path of the file; one that is there was left by a process with the same id
   * @param blocking runs what reads the file
   */
  FileCarrier(List<ReplicaLink> links, Path path, Executor blocking) {
    this.links = links;
    this.path = path;
    this.blocking = blocking;
  }

  @Override
  public boolean takesLate() {
    return true;
  }

  @Override
  public void begun(ReplicaLink link) {}

  @Override
  public void chunk(byte[] bytes) throws IOException {
    if (links.stream().allMatch(ReplicaLink::isClosed)) {
      throw new IOException("no replica is left to take the snapshot");
    }
    if (out == null) {
      out =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  @Override
  public void done() throws IOException {
    long size = out.size();
    out.close();
    for (ReplicaLink link : links) {
      FileChannel in = FileChannel.open(path, StandardOpenOption.READ);
      link.sending();
      link.transfer(ByteString.fromArrayUnsafe(Bytes.ascii("$" + size + "\r\n")));
      Feed feed = new Feed(link, in, blocking);
      link.whenTaken(feed::look);
      feed.look();
    }
    Files.delete(path);
  }

  @Override
  public void failed() {
    try {
      if (out != null) {
        out.close();
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("cannot remove {}", path, e);
    }
  }

  /** One replica's reading. */
  private static final class Feed implements Runnable {
    private final ReplicaLink link;
    private final FileChannel in;
    private final Executor blocking;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean over;

    Feed(ReplicaLink link, FileChannel in, Executor blocking) {
      this.link = link;
      this.in = in;
      this.blocking = blocking;
    }

    /** Reads on if the replica has room for more, or is gone. */
    void look() {
      if (!over && isDue() && scheduled.compareAndSet(false, true)) {
        blocking.execute(this);
      }
    }

    private boolean isDue() {
      return link.ahead() < AHEAD || link.isClosed();
    }

    @Override
    public void run() {
      try {
        while (!over && isDue()) {
          read();
        }
      } catch (IOException e) {
        LOG.error("cannot read the snapshot for replica {}", link, e);
        end();
        link.close();
      }
      scheduled.set(false);
      // What was taken since the last look has scheduled nothing.
      look();
    }

    private void read() throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(PIECE);
      int length = link.isClosed() ? -1 : in.read(buffer);
      if (length > 0) {
        link.say(ByteString.fromArrayUnsafe(buffer.array(), 0, length));
      } else {
        end();
        link.online();
        link.flow();
      }
    }

    private void end() {
      over = true;
      try {
        in.close();
      } catch (IOException e) {
        LOG.warn("cannot close the snapshot for replica {}", link, e);
      }
    }
  }
}
