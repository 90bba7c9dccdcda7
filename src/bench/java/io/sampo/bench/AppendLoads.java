package io.sampo.bench;

import java.util.List;
import java.util.stream.Stream;

/** Loads on servers that keep an append-only file, and what makes them keep it. */
final class AppendLoads {
  /** The values of appendfsync that are measured. */
  static final List<String> POLICIES = List.of("everysec", "always");

  private AppendLoads() {}

  static Stream<Load> all(String policy) {
    return Stream.of(1, 16)
        .flatMap(
            pipeline ->
                Stream.of("set", "get")
                    .map(test -> Load.test(test, 50, pipeline).called(test + " " + policy)));
  }

  /** The arguments of a server, which is not to rewrite its file meanwhile. */
  static String[] arguments(String policy) {
    return new String[] {
      "--appendonly", "yes", "--appendfsync", policy, "--auto-aof-rewrite-percentage", "0"
    };
  }
}
