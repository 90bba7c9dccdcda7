package io.sampo.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;

/** An embedded Sampo as tests use it, on a free port. */
public final class TestNode implements AutoCloseable {
  private final AutoCloseable server;
  private final int port;

  private TestNode(AutoCloseable server, int port) {
    this.server = server;
    this.port = port;
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
    // Until the server itself is there, a second Redis stands in for it.
    try {
      Class<?> sampo = Class.forName("io.sampo.Sampo");
      Method start = sampo.getDeclaredMethod("start", Config.class);
      AutoCloseable server = (AutoCloseable) start.invoke(null, config);
      return new TestNode(server, (int) sampo.getDeclaredMethod("port").invoke(server));
    } catch (ClassNotFoundException e) {
      RedisProcess redis = RedisProcess.start();
      return new TestNode(redis, redis.port());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
