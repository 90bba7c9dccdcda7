package io.sampo.persist;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file that takes its name, and the place of an older one, only when it is whole and on the disk:
 * until {@link #commit} it is a temporary one beside it, which {@link #close} removes.
 */
public final class NewFile implements Closeable {
  /** What may gather in the kernel, where it would all have to be written at once in the end. */
  private static final long PIECE = 4 << 20;

  private static final AtomicLong COUNT = new AtomicLong();

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final boolean gradual;
  private long unforced;

  /**
   * Begins a file.
   *
   * @param gradual whether it is forced to the disk piece by piece, rather than all at the end
   * @throws IOException if there cannot be one; the message says why
   */
  public NewFile(Path target, boolean gradual) throws IOException {
    this.target = target;
    this.gradual = gradual;
    String name = "temp-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".rdb";
    temporary = target.resolveSibling(name);
    // One that is there was left by a process that had the same id, as in a container all have.
    channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
  }

  public void write(byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      unforced += channel.write(rest);
    }
    if (gradual && unforced >= PIECE) {
      channel.force(false);
      unforced = 0;
    }
  }

  /** The bytes written so far. */
  public long size() throws IOException {
    return channel.position();
  }

  /** Gives the file its name; when this returns it would outlive a loss of power. */
  public void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    force(target.toAbsolutePath().getParent());
  }

  /** Has the names in a directory outlive a loss of power. */
  public static void force(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /** Ends the file; what was not committed is gone. */
  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
