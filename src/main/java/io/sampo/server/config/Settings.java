package io.sampo.server.config;

import static io.sampo.server.config.Setting.bool;
import static io.sampo.server.config.Setting.bytes;
import static io.sampo.server.config.Setting.clamped;
import static io.sampo.server.config.Setting.directory;
import static io.sampo.server.config.Setting.fileName;
import static io.sampo.server.config.Setting.inPart;
import static io.sampo.server.config.Setting.integer;
import static io.sampo.server.config.Setting.of;
import static io.sampo.server.config.Setting.oneOf;
import static io.sampo.server.config.Setting.permissions;
import static io.sampo.server.config.Setting.text;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.sampo.persist.AofDirectory;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All directives of a node, each declared in one line. */
public final class Settings {
  private final Map<String, Setting<?>> all = new LinkedHashMap<>();
  private final Map<String, Setting<?>> names = new LinkedHashMap<>();
  private Optional<ConfigFile> file = Optional.empty();

  // spotless:off
  // Where to listen, and who may come.
  public final Setting<String> bind = add(text("bind", "127.0.0.1 -::1").several().fixed());
  public final Setting<Long> port = add(integer("port", 6379, 0, 65535).fixed());
  public final Setting<String> unixsocket = add(text("unixsocket", "").fixed());
  public final Setting<Long> unixsocketperm = add(permissions("unixsocketperm").fixed());
  public final Setting<Long> tcpBacklog = add(integer("tcp-backlog", 511, 0, Integer.MAX_VALUE).fixed());
  public final Setting<Long> tcpKeepalive = add(integer("tcp-keepalive", 300, 0, Integer.MAX_VALUE));
  public final Setting<Long> timeout = add(integer("timeout", 0, 0, Integer.MAX_VALUE));
  public final Setting<Long> maxclients = add(integer("maxclients", 10000, 1, 4294967295L));
  public final Setting<String> requirepass = add(text("requirepass", ""));
  public final Setting<Boolean> protectedMode = add(bool("protected-mode", true));
  public final Setting<Long> protoMaxBulkLen = add(bytes("proto-max-bulk-len", 512L << 20, 1 << 20, Long.MAX_VALUE));
  public final Setting<Long> protoMaxMultibulkLen = add(integer("proto-max-multibulk-len", 1 << 20, 1 << 10, Integer.MAX_VALUE));
  public final Setting<Long> clientQueryBufferLimit = add(bytes("client-query-buffer-limit", 1L << 30, 1 << 20, Long.MAX_VALUE));
  public final Setting<OutputLimits> clientOutputBufferLimit = add(inPart("client-output-buffer-limit", OutputLimits.DEFAULT, OutputLimits::with, OutputLimits::format).several());
  public final Setting<ClientMemory> maxmemoryClients = add(of("maxmemory-clients", ClientMemory.UNLIMITED, ClientMemory::parse, ClientMemory::format));

  // The data.
  public final Setting<Long> databases = add(integer("databases", 16, 1, 16384).fixed());
  public final Setting<Long> maxmemory = add(bytes("maxmemory", 0, 0, Long.MAX_VALUE));
  public final Setting<String> maxmemoryPolicy = add(oneOf("maxmemory-policy", "noeviction", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction"));
  public final Setting<Long> maxmemorySamples = add(integer("maxmemory-samples", 5, 1, Integer.MAX_VALUE));
  public final Setting<Long> maxmemoryEvictionTenacity = add(integer("maxmemory-eviction-tenacity", 10, 0, 100));
  public final Setting<Long> lfuLogFactor = add(integer("lfu-log-factor", 10, 0, Integer.MAX_VALUE));
  public final Setting<Long> lfuDecayTime = add(integer("lfu-decay-time", 1, 0, Integer.MAX_VALUE));
  public final Setting<Long> activeExpireEffort = add(integer("active-expire-effort", 1, 1, 10));
  public final Setting<Long> hz = add(clamped("hz", 10, 1, 500));
  public final Setting<Boolean> dynamicHz = add(bool("dynamic-hz", true));

  // What is kept on disk.
  public final Setting<String> dir = add(directory("dir").guarded());
  public final Setting<String> dbfilename = add(fileName("dbfilename", "dump.rdb").guarded());
  public final Setting<SavePoints> save = add(of("save", SavePoints.parse("3600 1 300 100 60 10000"), SavePoints::parse, SavePoints::format).several());
  public final Setting<Boolean> rdbchecksum = add(bool("rdbchecksum", true).fixed());
  public final Setting<Boolean> rdbSaveIncrementalFsync = add(bool("rdb-save-incremental-fsync", true));
  public final Setting<Boolean> stopWritesOnBgsaveError = add(bool("stop-writes-on-bgsave-error", true));

  // What is appended to a file.
  public final Setting<Boolean> appendonly = add(bool("appendonly", false));
  public final Setting<String> appendfilename = add(fileName("appendfilename", "appendonly.aof").fixed());
  public final Setting<String> appenddirname = add(fileName("appenddirname", "appendonlydir").fixed());
  public final Setting<String> appendfsync = add(oneOf("appendfsync", "everysec", "everysec", "always", "no"));
  public final Setting<Boolean> noAppendfsyncOnRewrite = add(bool("no-appendfsync-on-rewrite", false));
  public final Setting<Long> autoAofRewritePercentage = add(integer("auto-aof-rewrite-percentage", 100, 0, Integer.MAX_VALUE));
  public final Setting<Long> autoAofRewriteMinSize = add(bytes("auto-aof-rewrite-min-size", 64 << 20, 0, Long.MAX_VALUE));
  public final Setting<Boolean> aofLoadTruncated = add(bool("aof-load-truncated", true));
  public final Setting<Boolean> aofUseRdbPreamble = add(bool("aof-use-rdb-preamble", true));
  public final Setting<Boolean> aofRewriteIncrementalFsync = add(bool("aof-rewrite-incremental-fsync", true));
  public final Setting<Boolean> aofDisableAutoGc = add(bool("aof-disable-auto-gc", false));
  public final Setting<Boolean> aofTimestampEnabled = add(bool("aof-timestamp-enabled", false));

  // What is watched and written down.
  public final Setting<Long> slowlogLogSlowerThan = add(integer("slowlog-log-slower-than", 10000, -1, Long.MAX_VALUE));
  public final Setting<Long> slowlogMaxLen = add(integer("slowlog-max-len", 128, 0, Long.MAX_VALUE));
  public final Setting<NotifiedEvents> notifyKeyspaceEvents = add(of("notify-keyspace-events", NotifiedEvents.NONE, NotifiedEvents::parse, NotifiedEvents::text));
  public final Setting<Long> latencyMonitorThreshold = add(integer("latency-monitor-threshold", 0, 0, Long.MAX_VALUE));
  public final Setting<Boolean> latencyTracking = add(bool("latency-tracking", true));
  public final Setting<Percentiles> latencyTrackingInfoPercentiles = add(of("latency-tracking-info-percentiles", new Percentiles(List.of(50.0, 99.0, 99.9)), Percentiles::parse, Percentiles::text).several());
  public final Setting<String> loglevel = add(oneOf("loglevel", "notice", "debug", "verbose", "notice", "warning"));
  public final Setting<String> logfile = add(text("logfile", "").fixed());
  public final Setting<String> pidfile = add(text("pidfile", "").fixed());

  // Replicas.
  public final Setting<Long> replBacklogSize = add(bytes("repl-backlog-size", 1 << 20, 1, Long.MAX_VALUE));
  public final Setting<Long> replBacklogTtl = add(integer("repl-backlog-ttl", 3600, 0, Long.MAX_VALUE));
  public final Setting<Long> replTimeout = add(integer("repl-timeout", 60, 1, Integer.MAX_VALUE));
  public final Setting<Long> replPingReplicaPeriod = add(integer("repl-ping-replica-period", 10, 1, Integer.MAX_VALUE).alias("repl-ping-slave-period"));
  public final Setting<Boolean> replDisableTcpNodelay = add(bool("repl-disable-tcp-nodelay", false));
  public final Setting<Boolean> replDisklessSync = add(bool("repl-diskless-sync", true));
  public final Setting<Long> replDisklessSyncDelay = add(integer("repl-diskless-sync-delay", 5, 0, Integer.MAX_VALUE));
  public final Setting<Long> replDisklessSyncMaxReplicas = add(integer("repl-diskless-sync-max-replicas", 0, 0, Integer.MAX_VALUE));
  public final Setting<Optional<MasterAddress>> replicaof = add(of("replicaof", Optional.empty(), MasterAddress::parse, MasterAddress::format).alias("slaveof").several().fixed());
  public final Setting<String> bindSourceAddr = add(text("bind-source-addr", ""));
  public final Setting<String> masteruser = add(text("masteruser", ""));
  public final Setting<String> masterauth = add(text("masterauth", ""));
  public final Setting<Boolean> replicaReadOnly = add(bool("replica-read-only", true).alias("slave-read-only"));
  public final Setting<Boolean> replicaServeStaleData = add(bool("replica-serve-stale-data", true).alias("slave-serve-stale-data"));
  public final Setting<Boolean> replicaIgnoreMaxmemory = add(bool("replica-ignore-maxmemory", true).alias("slave-ignore-maxmemory"));
  public final Setting<Long> replicaPriority = add(integer("replica-priority", 100, 0, Integer.MAX_VALUE).alias("slave-priority"));
  public final Setting<Boolean> replicaAnnounced = add(bool("replica-announced", true));
  public final Setting<String> replicaAnnounceIp = add(text("replica-announce-ip", "").alias("slave-announce-ip"));
  public final Setting<Long> replicaAnnouncePort = add(integer("replica-announce-port", 0, 0, 65535).alias("slave-announce-port"));
  public final Setting<Boolean> replicaIgnoreDiskWriteErrors = add(bool("replica-ignore-disk-write-errors", false));
  public final Setting<String> propagationErrorBehavior = add(oneOf("propagation-error-behavior", "ignore", "ignore", "panic", "panic-on-replicas"));
  public final Setting<Long> minReplicasToWrite = add(integer("min-replicas-to-write", 0, 0, Integer.MAX_VALUE).alias("min-slaves-to-write"));
  public final Setting<Long> minReplicasMaxLag = add(integer("min-replicas-max-lag", 10, 0, Integer.MAX_VALUE).alias("min-slaves-max-lag"));

  // What is so in any case, whatever these say; see the architecture notes.
  public final Setting<Boolean> rdbDelSyncFiles = add(bool("rdb-del-sync-files", false));
  public final Setting<Boolean> replicaLazyFlush = add(bool("replica-lazy-flush", false).alias("slave-lazy-flush"));
  public final Setting<String> replDisklessLoad = add(oneOf("repl-diskless-load", "disabled", "disabled", "on-empty-db", "swapdb"));
  public final Setting<String> sanitizeDumpPayload = add(oneOf("sanitize-dump-payload", "no", "no", "yes", "clients"));
  public final Setting<Boolean> lazyfreeLazyEviction = add(bool("lazyfree-lazy-eviction", false));
  public final Setting<Boolean> lazyfreeLazyExpire = add(bool("lazyfree-lazy-expire", false));
  public final Setting<Boolean> lazyfreeLazyServerDel = add(bool("lazyfree-lazy-server-del", false));
  public final Setting<Boolean> lazyfreeLazyUserDel = add(bool("lazyfree-lazy-user-del", false));
  public final Setting<Boolean> lazyfreeLazyUserFlush = add(bool("lazyfree-lazy-user-flush", false));

  public final Setting<Boolean> activerehashing = add(bool("activerehashing", true));

  // What is in every redis.conf, and is about a process in C, or what is not there: see there, too.
  public final Setting<String> daemonize = add(oneOf("daemonize", "no", "no").fixed());
  public final Setting<String> supervised = add(oneOf("supervised", "no", "no").fixed());
  public final Setting<String> alwaysShowLogo = add(oneOf("always-show-logo", "no", "no").fixed());
  public final Setting<Boolean> setProcTitle = add(bool("set-proc-title", true).fixed());
  public final Setting<String> procTitleTemplate = add(text("proc-title-template", "{title} {listen-addr} {server-mode}"));
  public final Setting<Boolean> disableThp = add(bool("disable-thp", true).fixed());
  public final Setting<Boolean> jemallocBgThread = add(bool("jemalloc-bg-thread", true));
  public final Setting<String> oomScoreAdj = add(oneOf("oom-score-adj", "no", "no"));
  public final Setting<String> oomScoreAdjValues = add(text("oom-score-adj-values", "0 200 800").several());
  public final Setting<Long> ioThreads = add(integer("io-threads", 1, 1, 1).fixed());
  public final Setting<Long> acllogMaxLen = add(integer("acllog-max-len", 128, 0, Long.MAX_VALUE));
  public final Setting<String> clusterEnabled = add(oneOf("cluster-enabled", "no", "no").fixed());
  public final Setting<Long> listCompressDepth = add(integer("list-compress-depth", 0, 0, Integer.MAX_VALUE));

  // The replica set.
  public final Setting<String> replicaSet = add(text("replica-set", "mymaster").provided(Settings::setName).fixed());
  public final Setting<String> seedNodes = add(text("seed-nodes", "").several().fixed());
  public final Setting<String> voters = add(text("voters", "").several().fixed());
  public final Setting<Long> clusterPort = add(integer("cluster-port", 0, 0, 65535).fixed());
  public final Setting<String> clusterNode = add(oneOf("cluster-node", "data", "data", "witness").fixed());
  public final Setting<Long> clusterLease = add(integer("cluster-lease", 2000, 100, 60_000).fixed());
  public final Setting<String> writeConcern = add(oneOf("write-concern", "async", "async", "majority"));
  public final Setting<Boolean> replicaForwardsWrites = add(bool("replica-forwards-writes", false));
  public final Setting<Long> sentinelPort = add(integer("sentinel-port", 26379, 0, 65535).fixed());
  public final Setting<String> announceIp = add(text("announce-ip", "").fixed());
  public final Setting<Long> announcePort = add(integer("announce-port", 0, 0, 65535).fixed());

  // The process.
  public final Setting<String> enableDebugCommand = add(oneOf("enable-debug-command", "no", "no", "yes", "local").fixed());
  public final Setting<String> enableProtectedConfigs = add(oneOf("enable-protected-configs", "no", "no", "yes", "local").fixed());
  public final Setting<AtSignal> shutdownOnSigterm = add(of("shutdown-on-sigterm", AtSignal.DEFAULT, AtSignal::parse, AtSignal::text).alias("shutdown-on-sigint").several());
  public final Setting<Long> shutdownTimeout = add(integer("shutdown-timeout", 10, 0, Integer.MAX_VALUE));
  public final Setting<Long> shards = add(integer("shards", 0, 0, 64).fixed());
  public final Setting<Long> loops = add(integer("loops", 0, 0, 64).fixed());
  public final Setting<Long> spinMicros = add(integer("spin-micros", 0, 0, 1_000_000).fixed());
  public final Setting<String> transport = add(oneOf("transport", "core", "core", "pekko").fixed());
  public final Setting<String> pipelineOrder = add(oneOf("pipeline-order", "shard", "shard", "strict"));

  // How values are kept.
  public final Setting<Long> hashMaxListpackEntries = add(integer("hash-max-listpack-entries", 512, 0, Long.MAX_VALUE).alias("hash-max-ziplist-entries"));
  public final Setting<Long> hashMaxListpackValue = add(bytes("hash-max-listpack-value", 64, 0, Long.MAX_VALUE).alias("hash-max-ziplist-value"));
  public final Setting<Long> listMaxListpackSize = add(integer("list-max-listpack-size", -2, Integer.MIN_VALUE, Integer.MAX_VALUE).alias("list-max-ziplist-size"));
  public final Setting<Long> setMaxIntsetEntries = add(integer("set-max-intset-entries", 512, 0, Long.MAX_VALUE));
  public final Setting<Long> setMaxListpackEntries = add(integer("set-max-listpack-entries", 128, 0, Long.MAX_VALUE));
  public final Setting<Long> setMaxListpackValue = add(bytes("set-max-listpack-value", 64, 0, Long.MAX_VALUE));
  public final Setting<Long> zsetMaxListpackEntries = add(integer("zset-max-listpack-entries", 128, 0, Long.MAX_VALUE).alias("zset-max-ziplist-entries"));
  public final Setting<Long> zsetMaxListpackValue = add(bytes("zset-max-listpack-value", 64, 0, Long.MAX_VALUE).alias("zset-max-ziplist-value"));
  public final Setting<Long> streamNodeMaxBytes = add(bytes("stream-node-max-bytes", 4096, 0, Long.MAX_VALUE));
  public final Setting<Long> streamNodeMaxEntries = add(integer("stream-node-max-entries", 100, 0, Long.MAX_VALUE));
  public final Setting<Long> hllSparseMaxBytes = add(bytes("hll-sparse-max-bytes", 3000, 0, Long.MAX_VALUE));

  // Persistence.
  public final Setting<Boolean> rdbcompression = add(bool("rdbcompression", true));
  // spotless:on

  /** The name is part of names of files and of roles in the cluster. */
  private static void setName(String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new Setting.BadValue("argument must be made of letters, digits, '.', '_' and '-'");
    }
  }

  /** Where the append-only file is. */
  public AofDirectory appendDirectory() {
    return new AofDirectory(Path.of(dir.get()), appenddirname.get(), appendfilename.get());
  }

  private <T> Setting<T> add(Setting<T> setting) {
    all.put(setting.name, setting);
    names.put(setting.name, setting);
    setting.aliases().forEach(alias -> names.put(alias, setting));
    return setting;
  }

  /** Says which file they came from. */
  public Settings in(ConfigFile itsFile) {
    file = Optional.of(itsFile);
    return this;
  }

  /** The file that CONFIG REWRITE writes. */
  public Optional<ConfigFile> file() {
    return file;
  }

  /** The directive of this name, in any case. */
  public Optional<Setting<?>> find(String name) {
    return Optional.ofNullable(names.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The directives by all their names, in the order of their declaration. */
  public Map<String, Setting<?>> byName() {
    return Collections.unmodifiableMap(names);
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
      String name = entry.getKey();
      Setting<?> setting =
          settings
              .find(name)
              .orElseThrow(
                  () ->
                      new Setting.BadValue(
                          where(entry.getValue()) + "unknown directive '" + name + "'"));
      if (entry.getValue().valueType() == ConfigValueType.OBJECT) {
        throw new Setting.BadValue(
            where(entry.getValue()) + "directive '" + name + "' takes a value, not directives");
      }
      String text = plain(entry.getValue());
      try {
        setting.set(text);
      } catch (Setting.BadValue e) {
        throw new Setting.BadValue(
            "%sbad value '%s' for directive '%s': %s"
                .formatted(where(entry.getValue()), text, setting.name, e.getMessage()));
      }
    }
    return settings;
  }

  /** The file and the line that a value comes from, to stand before what is said of it. */
  private static String where(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    return origin.filename() == null || origin.lineNumber() < 0 ? "" : origin.description() + ": ";
  }

  /** A value as Redis would write it. */
  static String plain(ConfigValue value) {
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
