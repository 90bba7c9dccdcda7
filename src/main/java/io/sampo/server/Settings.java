package io.sampo.server;

import static io.sampo.server.Setting.bool;
import static io.sampo.server.Setting.bytes;
import static io.sampo.server.Setting.integer;
import static io.sampo.server.Setting.oneOf;
import static io.sampo.server.Setting.text;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All directives of a node, each declared in one line. */
public final class Settings {
  private final Map<String, Setting<?>> all = new LinkedHashMap<>();

  // spotless:off
  public final Setting<String> bind = add(text("bind", "127.0.0.1 -::1").fixed());
  public final Setting<Long> port = add(integer("port", 6379, 0, 65535).fixed());
  public final Setting<Long> tcpBacklog = add(integer("tcp-backlog", 511, 0, Integer.MAX_VALUE).fixed());
  public final Setting<Long> tcpKeepalive = add(integer("tcp-keepalive", 300, 0, Integer.MAX_VALUE));
  public final Setting<Long> timeout = add(integer("timeout", 0, 0, Integer.MAX_VALUE));
  public final Setting<Long> maxclients = add(integer("maxclients", 10000, 1, Integer.MAX_VALUE));
  public final Setting<String> requirepass = add(text("requirepass", ""));
  public final Setting<Boolean> protectedMode = add(bool("protected-mode", true));
  public final Setting<Long> databases = add(integer("databases", 16, 1, 16384).fixed());
  public final Setting<Long> hz = add(integer("hz", 10, 1, 500));
  public final Setting<Long> maxmemory = add(bytes("maxmemory", 0, 0, Long.MAX_VALUE));
  public final Setting<String> maxmemoryPolicy = add(oneOf("maxmemory-policy", "noeviction", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"));
  public final Setting<Long> protoMaxBulkLen = add(bytes("proto-max-bulk-len", 512L << 20, 1 << 20, Long.MAX_VALUE));
  public final Setting<Long> clientQueryBufferLimit = add(bytes("client-query-buffer-limit", 1L << 30, 1 << 20, Long.MAX_VALUE));
  public final Setting<Long> slowlogLogSlowerThan = add(integer("slowlog-log-slower-than", 10000, -1, Long.MAX_VALUE));
  public final Setting<Long> slowlogMaxLen = add(integer("slowlog-max-len", 128, 0, Long.MAX_VALUE));
  public final Setting<Long> shards = add(integer("shards", 0, 0, 64).fixed());
  public final Setting<Long> loops = add(integer("loops", 0, 0, 64).fixed());
  public final Setting<String> transport = add(oneOf("transport", "core", "core", "pekko").fixed());
  public final Setting<String> pipelineOrder = add(oneOf("pipeline-order", "shard", "shard", "strict"));
  // spotless:on

  private <T> Setting<T> add(Setting<T> setting) {
    all.put(setting.name, setting);
    return setting;
  }

  /** The directives in the order of their declaration. */
  public Collection<Setting<?>> all() {
    return Collections.unmodifiableCollection(all.values());
  }

  /**
   * Reads the directives that stand under {@code sampo}.
   *
   * @throws Setting.BadValue names the directive that is unknown or has no such value
   */
  public static Settings from(Config config) {
    Settings settings = new Settings();
    for (Map.Entry<String, ConfigValue> entry : config.getObject("sampo").entrySet()) {
      Setting<?> setting = settings.all.get(entry.getKey());
      if (setting == null) {
        throw new Setting.BadValue("unknown directive '" + entry.getKey() + "'");
      }
      String text = plain(entry.getValue());
      try {
        setting.set(text);
      } catch (Setting.BadValue e) {
        throw new Setting.BadValue(
            "bad value '" + text + "' for directive '" + setting.name + "': " + e.getMessage());
      }
    }
    return settings;
  }

  private static String plain(ConfigValue value) {
    if (value.valueType() == ConfigValueType.BOOLEAN) {
      return (Boolean) value.unwrapped() ? "yes" : "no";
    }
    if (value.valueType() == ConfigValueType.LIST) {
      return ((List<?>) value.unwrapped())
          .stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
    return String.valueOf(value.unwrapped());
  }
}
