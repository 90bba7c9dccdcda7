package io.sampo.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A file system of eight megabytes; the test is skipped if this process may not mount one. */
public final class SmallDisk implements AutoCloseable {
  public final Path at;

  public SmallDisk(Path at) throws IOException {
    this.at = Files.createDirectories(at);
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", at.toString()) == 0, "may not mount");
  }

  private static int run(String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join()
        .exitValue();
  }

  /** Takes room away, until the file that is returned is deleted. */
  public Path fill(int bytes) throws IOException {
    return Files.write(at.resolve("filler"), new byte[bytes]);
  }

  /** The names of the files in one of its folders, or with "" in itself. */
  public List<String> files(String folder) {
    try (Stream<Path> files = Files.list(at.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    run("umount", at.toString());
  }
}
