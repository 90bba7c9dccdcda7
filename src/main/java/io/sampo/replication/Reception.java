package io.sampo.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All data of a master on its way into a file. */
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  /** Of which instant the data is. */
  final Handshake.Full from;

  final Transfer transfer = new Transfer();
  final Path file;
  private final FileChannel channel;

  /** {@code file} is there, and is written over. */
  Reception(Handshake.Full from, Path file) throws IOException {
    this.from = from;
    this.file = file;
    this.channel = opened(file);
  }

  /** Removes the file if it cannot be opened. */
  private static FileChannel opened(Path file) throws IOException {
    try {
      return FileChannel.open(file, StandardOpenOption.WRITE);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** Appends bytes to the file; blocks. */
  void write(ByteString bytes) {
    try {
      for (ByteBuffer buffer : bytes.getByteBuffers()) {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the file. */
  void discard() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("Cannot remove {}: {}", file, e.getMessage());
    }
  }
}
