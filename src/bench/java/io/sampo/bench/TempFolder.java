package io.sampo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is gone at the end, with one in it for each server that keeps files. */
record TempFolder(Path path) implements AutoCloseable {
  TempFolder() throws IOException {
    this(Files.createTempDirectory("sampo-bench"));
  }

  /** The arguments that give a server the folder of this name, and others. */
  String[] arguments(String name, String... others) throws IOException {
    Path its = Files.createDirectories(path.resolve(name));
    return Stream.concat(Stream.of("--dir", its.toString()), Stream.of(others))
        .toArray(String[]::new);
  }

  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(path)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
