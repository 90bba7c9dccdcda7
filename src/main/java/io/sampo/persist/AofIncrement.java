package io.sampo.persist;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file to append to, and how much of it is good. An {@link AofWriter} takes it over. */
public final class AofIncrement implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(AofIncrement.class);

  final FileChannel channel;
  final String name;
  long size;

  private AofIncrement(Path path) throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    name = path.getFileName().toString();
    size = channel.size();
    channel.position(size);
  }

  /** Opens a file, new or not, to write behind what it has. */
  public static AofIncrement open(Path path) throws IOException {
    return new AofIncrement(path);
  }

  /**
   * After a short write: the file is to end with a whole request.
   *
   * @param more how many bytes it has beyond its size
   * @return how many it still has
   */
  int takeBack(int more) {
    if (more == 0) {
      return 0;
    }
    try {
      channel.truncate(size);
      channel.position(size);
      return 0;
    } catch (IOException e) {
      LOG.warn(
          "Could not remove a short write from the AOF file {}: {}",
          name,
          AofComplaints.message(e));
      return more;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
