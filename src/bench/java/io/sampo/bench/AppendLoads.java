package io.sampo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Loads on two servers of which each keeps an append-only file, in a folder of its own. */
final class AppendLoads implements AutoCloseable {
  /** The values of appendfsync that are measured. */
  static final List<String> POLICIES = List.of("everysec", "always");

  private final String policy;
  private final Path folder;

  AppendLoads(String policy) throws IOException {
    this.policy = policy;
    folder = Files.createTempDirectory("sampo-bench");
  }

  Stream<Load> all() {
    return Stream.of(1, 16)
        .flatMap(
            pipeline ->
                Stream.of(
                    new Load("SET " + policy, 50, pipeline, List.of("-t", "set"), new Load.Keys()),
                    new Load(
                        "GET " + policy, 50, pipeline, List.of("-t", "get"), new Load.Keys())));
  }

  /** The arguments of one of the two, neither of which is to rewrite its file meanwhile. */
  String[] arguments(String server) throws IOException {
    Path its = Files.createDirectories(folder.resolve(server));
    return new String[] {
      "--appendonly",
      "yes",
      "--appendfsync",
      policy,
      "--auto-aof-rewrite-percentage",
      "0",
      "--dir",
      its.toString()
    };
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
