package io.sampo.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sampo.Sampo;
import java.util.HashMap;
import java.util.Map;

/** An embedded Sampo as tests use it, on a free port. */
public final class TestNode implements AutoCloseable {
  private final Layout layout;
  private final Sampo sampo;

  private TestNode(Layout layout, Sampo sampo) {
    this.layout = layout;
    this.sampo = sampo;
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
    settings.putAll(directives);
    Config config =
        ConfigFactory.parseMap(Map.of("sampo", settings)).withFallback(ConfigFactory.load());
    return new TestNode(layout, Sampo.start(config));
  }

  public int port() {
    return sampo.port();
  }

  /** Names a test's case. */
  @Override
  public String toString() {
    return layout.toString();
  }

  @Override
  public void close() {
    sampo.close();
  }
}
