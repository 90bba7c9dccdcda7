package io.sampo.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.Sampo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** An embedded Sampo as tests use it, on a free port. */
public final class TestNode implements AutoCloseable {
  private final Layout layout;
  private final Sampo sampo;
  private final Path directory;

  private TestNode(Layout layout, Sampo sampo, Path directory) {
    this.layout = layout;
    this.sampo = sampo;
    this.directory = directory;
  }

  /** Starts a node of this layout. */
  public static TestNode start(Layout layout) {
    return start(layout, Map.of());
  }

  /** Starts a node of this layout with further directives, without their {@code sampo.} prefix. */
  public static TestNode start(Layout layout, Map<String, ?> directives) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("port", 0);
    settings.put("bind", "127.0.0.1");
    settings.put("shards", layout.shards());
    settings.put("loops", layout.loops());
    settings.put("transport", layout.transport());
    Path directory = directory();
    settings.put("dir", directory.toString());
    settings.putAll(directives);
    Config config =
        ConfigFactory.parseMap(Map.of("sampo", settings)).withFallback(ConfigFactory.load());
    return new TestNode(layout, Sampo.start(config), directory);
  }

  public int port() {
    return sampo.port();
  }

  /** Names a test's case. */
  @Override
  public String toString() {
    return layout.toString();
  }

  /** Where it keeps its files, unless told otherwise; gone with it. */
  private static Path directory() {
    try {
      return Files.createTempDirectory("sampo-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    sampo.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
