package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.resp.Args;
import io.sampo.server.Load;
import io.sampo.server.Node;
import io.sampo.server.Sentinel;
import io.sampo.server.Service;
import io.sampo.server.Session;
import io.sampo.server.Statistics;
import io.sampo.server.Version;
import io.sampo.server.config.Percentiles;
import io.sampo.server.pubsub.PubSub;
import io.sampo.server.stats.Counters;
import io.sampo.server.stats.InfoText;
import io.sampo.server.stats.OperatingSystem;
import io.sampo.server.stats.Rates;
import io.sampo.shard.CommandStats;
import io.sampo.shard.Memory;
import io.sampo.shard.SnapshotProgress;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** INFO. It is lent all keyspaces, so that what it says of them is exact. */
final class InfoCommand {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("info", -1, "loading stale @dangerous ~nondeterministic_output ~request_policy:all_shards ~response_policy:special on:all", "", "1.0.0", "O(1)", "[section...]", "Facts and statistics of the server.", InfoCommand::info)
          .history("7.0.0 Several sections."));
  // spotless:on

  /** Writes one section. */
  @FunctionalInterface
  private interface Writer {
    void write(InfoCommand info);
  }

  /**
   * A section, in the order of {@code INFO everything}.
   *
   * @param isDefault whether it is shown to those who name none
   */
  private record Section(String name, String title, boolean isDefault, Writer writer) {}

  private static final List<Section> SECTIONS =
      List.of(
          new Section("server", "Server", true, InfoCommand::server),
          new Section("clients", "Clients", true, InfoCommand::clients),
          new Section("memory", "Memory", true, InfoCommand::memory),
          new Section("persistence", "Persistence", true, InfoCommand::persistence),
          new Section("stats", "Stats", true, InfoCommand::stats),
          new Section("replication", "Replication", true, InfoCommand::replication),
          new Section("cpu", "CPU", true, InfoCommand::cpu),
          new Section("modules", "Modules", true, info -> {}),
          new Section("commandstats", "Commandstats", false, InfoCommand::commandStats),
          new Section("errorstats", "Errorstats", true, InfoCommand::errorStats),
          new Section("latencystats", "Latencystats", false, InfoCommand::latencyStats),
          new Section("cluster", "Cluster", true, InfoCommand::cluster),
          new Section("keyspace", "Keyspace", true, InfoCommand::keyspace),
          new Section("sampo", "Sampo", true, InfoCommand::sampo));

  /** What is told at the Sentinel port. */
  private static final List<Section> SENTINEL_SECTIONS =
      List.of(
          new Section("server", "Server", true, InfoCommand::server),
          new Section("clients", "Clients", true, InfoCommand::clients),
          new Section("stats", "Stats", true, InfoCommand::stats),
          new Section("cpu", "CPU", true, InfoCommand::cpu),
          new Section("sentinel", "Sentinel", true, InfoCommand::sentinel));

  private static final double KIB = 1024;

  /** Known once for all, for the system is asked for all about the process at each call. */
  private static final String EXECUTABLE = ProcessHandle.current().info().command().orElse("");

  private final Node node;
  private final Service service;
  private final List<Keyspace> keyspaces;
  private final Statistics.Sums sums;
  private final long uptimeSeconds;
  private final InfoText text = new InfoText();

  private InfoCommand(Context c) {
    node = Session.of(c).node;
    service = Session.of(c).service;
    keyspaces = IntStream.range(0, c.shards()).mapToObj(c::keyspace).toList();
    sums = node.statistics.sums();
    uptimeSeconds = (c.now() - node.startedAt) / 1000;
  }

  private static void info(Context c, Args a) {
    InfoCommand info = new InfoCommand(c);
    List<Section> sections = info.service.isSentinel() ? SENTINEL_SECTIONS : SECTIONS;
    Set<Section> chosen = new LinkedHashSet<>();
    for (int i = 1; i < a.count(); i++) {
      String word = a.text(i).toLowerCase(Locale.ROOT);
      sections.stream().filter(section -> isMeant(section, word)).forEach(chosen::add);
    }
    for (Section section : sections) {
      if (a.count() == 1 ? section.isDefault : chosen.contains(section)) {
        info.text.section(section.title);
        section.writer.write(info);
      }
    }
    c.out().verbatim(info.text.toString());
  }

  private static boolean isMeant(Section section, String word) {
    return switch (word) {
      case "default" -> section.isDefault;
      case "all", "everything" -> true;
      default -> section.name.equals(word);
    };
  }

  private void server() {
    long now = node.now();
    text.field("redis_version", Version.REDIS)
        .field("redis_git_sha1", "00000000")
        .field("redis_git_dirty", 0)
        .field("redis_build_id", "0")
        .field("redis_mode", service.kind().mode)
        .field("os", property("os.name") + " " + property("os.version") + " " + property("os.arch"))
        .field("arch_bits", 64)
        .field("monotonic_clock", "System.nanoTime")
        .field("multiplexing_api", property("os.name").equals("Linux") ? "epoll" : "nio")
        .field("process_id", ProcessHandle.current().pid())
        .field("process_supervised", "no")
        .field("run_id", node.runId)
        .field("tcp_port", node.port())
        .field("server_time_usec", node.micros())
        .field("uptime_in_seconds", uptimeSeconds)
        .field("uptime_in_days", uptimeSeconds / 86400)
        .field("hz", node.beat.hz())
        .field("configured_hz", node.settings.hz.get())
        .field("lru_clock", now / 1000 & 0xffffff)
        .field("executable", EXECUTABLE)
        .field("config_file", node.settings.file().map(f -> f.path().toString()).orElse(""))
        .field("io_threads_active", 0);
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }

  private void clients() {
    text.field("connected_clients", node.clients.count() - node.replication.replicas.all().size())
        .field("cluster_connections", 0)
        .field("maxclients", node.settings.maxclients.get())
        .field("client_recent_max_input_buffer", biggest(Load::query))
        .field("client_recent_max_output_buffer", biggest(Load::output))
        .field("blocked_clients", node.clients.blocked())
        .field("tracking_clients", 0)
        .field("clients_in_timeout_table", node.clients.waitingForTime());
  }

  /** The most of something that any client has at this moment. */
  private long biggest(ToLongFunction<Load> figure) {
    return node.clients.all().stream()
        .mapToLong(session -> figure.applyAsLong(session.load()))
        .max()
        .orElse(0);
  }

  private void memory() {
    long used = sum(Keyspace::usedMemory);
    long allocated = sum(Keyspace::allocatedMemory);
    long peak = node.memoryPeak.seen(used);
    long resident = OperatingSystem.residentMemory();
    long committed = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    text.memory("used_memory", used)
        .memory("used_memory_rss", resident)
        .memory("used_memory_peak", peak)
        .field("used_memory_peak_perc", InfoText.percent(ratio(used, peak)))
        .field("used_memory_overhead", 0)
        .field("used_memory_startup", 0)
        .field("used_memory_dataset", used)
        .field("used_memory_dataset_perc", InfoText.percent(used == 0 ? 0 : 1))
        .field("allocator_allocated", used)
        .field("allocator_active", allocated)
        .field("allocator_resident", committed)
        .memory("total_system_memory", OperatingSystem.totalMemory())
        .field("used_memory_vm_eval", 0)
        .memory("used_memory_lua", 0)
        .field("used_memory_scripts_eval", 0)
        .field("number_of_cached_scripts", 0)
        .field("number_of_functions", 0)
        .field("number_of_libraries", 0)
        .field("used_memory_vm_functions", 0)
        .memory("used_memory_vm_total", 0)
        .field("used_memory_functions", 0)
        .memory("used_memory_scripts", 0)
        .memory("maxmemory", node.settings.maxmemory.get())
        .field("maxmemory_policy", node.settings.maxmemoryPolicy.get())
        .field("allocator_frag_ratio", ratio(allocated, used), 2)
        .field("allocator_frag_bytes", allocated - used)
        .field("allocator_rss_ratio", ratio(committed, allocated), 2)
        .field("allocator_rss_bytes", committed - allocated)
        .field("rss_overhead_ratio", ratio(resident, committed), 2)
        .field("rss_overhead_bytes", resident - committed)
        .field("mem_fragmentation_ratio", ratio(resident, used), 2)
        .field("mem_fragmentation_bytes", resident - used)
        .field("mem_not_counted_for_evict", 0)
        .field("mem_replication_backlog", node.replication.backlog.heapBytes())
        .field("mem_total_replication_buffers", node.replication.backlog.heapBytes())
        .field("mem_clients_slaves", clientMemory(true))
        .field("mem_clients_normal", clientMemory(false))
        .field("mem_cluster_links", 0)
        .field("mem_aof_buffer", 0)
        .field("mem_allocator", "jvm-" + property("java.vm.version"))
        .field("active_defrag_running", 0)
        .field("lazyfree_pending_objects", 0)
        .field("lazyfreed_objects", 0);
  }

  private long clientMemory(boolean replicas) {
    return node.clients.all().stream()
        .filter(session -> session.feed.isOn() == replicas)
        .mapToLong(session -> session.load().total())
        .sum();
  }

  private long sum(ToLongFunction<Keyspace> figure) {
    return keyspaces.stream().mapToLong(figure).sum();
  }

  private static double ratio(long a, long b) {
    return b == 0 ? 0 : (double) a / b;
  }

  private void persistence() {
    text.field("loading", node.loading.isOn() ? 1 : 0).field("async_loading", 0);
    snapshot(node.snapshots.progress);
    node.saves.describe(text, node.snapshots.copyingSince());
    node.loading.describeLast(text);
    node.aof.describe(text);
    node.loading.describe(text);
  }

  /** Of a file that is written, or a full copy for replicas. */
  private void snapshot(SnapshotProgress progress) {
    long updated = progress.updatedAt();
    text.field("current_cow_peak", progress.peak())
        .field("current_cow_size", progress.copied())
        .field("current_cow_size_age", updated == 0 ? 0 : (node.now() - updated) / 1000)
        .field("current_fork_perc", 100 * ratio(progress.entries(), progress.total()), 2)
        .field("current_save_keys_processed", progress.entries())
        .field("current_save_keys_total", progress.total());
  }

  private void stats() {
    Counters counters = node.counters;
    Rates rates = node.rates;
    Memory memory = node.keyspaces.memory;
    ToDoubleFunction<Keyspace> stale = Keyspace::expiredStalePercent;
    text.field("total_connections_received", counters.connectionsReceived.sum())
        .field("total_commands_processed", sums.commands().total)
        .field("instantaneous_ops_per_sec", Math.round(rates.perSecond(Rates.Of.REQUESTS)))
        .field("total_net_input_bytes", sums.received())
        .field("total_net_output_bytes", sums.sent())
        .field("total_net_repl_input_bytes", sums.followed())
        .field("total_net_repl_output_bytes", sums.replicated())
        .field("instantaneous_input_kbps", rates.perSecond(Rates.Of.RECEIVED) / KIB, 2)
        .field("instantaneous_output_kbps", rates.perSecond(Rates.Of.SENT) / KIB, 2)
        .field("instantaneous_input_repl_kbps", rates.perSecond(Rates.Of.FOLLOWED) / KIB, 2)
        .field("instantaneous_output_repl_kbps", rates.perSecond(Rates.Of.REPLICATED) / KIB, 2)
        .field("rejected_connections", counters.connectionsRejected.sum())
        .field("sync_full", node.replication.replicas.full.sum())
        .field("sync_partial_ok", node.replication.replicas.partial.sum())
        .field("sync_partial_err", node.replication.replicas.refused.sum())
        .field("expired_keys", sum(Keyspace::expiredKeys))
        .field("expired_stale_perc", keyspaces.stream().mapToDouble(stale).average().orElse(0), 2)
        .field("expired_time_cap_reached_count", sum(Keyspace::expiryCutShort))
        .field("expire_cycle_cpu_milliseconds", sum(Keyspace::expiryNanos) / 1_000_000)
        .field("evicted_keys", sum(Keyspace::evictedKeys))
        .field("evicted_clients", counters.clientsEvicted.sum())
        .field("total_eviction_exceeded_time", memory.allExceededNanos() / 1_000_000)
        .field("current_eviction_exceeded_time", memory.exceededNanos() / 1_000_000)
        .field("keyspace_hits", sums.hits())
        .field("keyspace_misses", sums.misses())
        .field("pubsub_channels", node.pubSub.topics(PubSub.Kind.CHANNEL).count())
        .field("pubsub_patterns", node.pubSub.topics(PubSub.Kind.PATTERN).count())
        .field("pubsubshard_channels", node.pubSub.topics(PubSub.Kind.SHARD_CHANNEL).count())
        .field("latest_fork_usec", 0)
        .field("total_forks", 0)
        .field("migrate_cached_sockets", node.targets.count())
        .field("slave_expires_tracked_keys", 0)
        .field("active_defrag_hits", 0)
        .field("active_defrag_misses", 0)
        .field("active_defrag_key_hits", 0)
        .field("active_defrag_key_misses", 0)
        .field("total_active_defrag_time", 0)
        .field("current_active_defrag_time", 0)
        .field("tracking_total_keys", 0)
        .field("tracking_total_items", 0)
        .field("tracking_total_prefixes", 0)
        .field("unexpected_error_replies", counters.unexpectedErrors.sum())
        .field("total_error_replies", node.watchman.errorReplies())
        .field("total_reads_processed", sums.reads())
        .field("total_writes_processed", sums.writes())
        .field("io_threaded_reads_processed", 0)
        .field("io_threaded_writes_processed", 0)
        .field("reply_buffer_shrinks", 0)
        .field("reply_buffer_expands", 0)
        .field("client_query_buffer_limit_disconnections", counters.queryLimitDisconnections.sum())
        .field(
            "client_output_buffer_limit_disconnections", counters.outputLimitDisconnections.sum());
  }

  private void replication() {
    ReplicationInfo.write(node, text);
  }

  private void cpu() {
    OperatingSystem.CpuTimes times = OperatingSystem.cpuTimes();
    text.field("used_cpu_sys", times.system(), 6)
        .field("used_cpu_user", times.user(), 6)
        .field("used_cpu_sys_children", 0, 6)
        .field("used_cpu_user_children", 0, 6);
  }

  private void commandStats() {
    CommandStats stats = sums.commands();
    for (Command command : node.commands.all()) {
      int id = command.id();
      long calls = stats.calls[id];
      if (calls > 0 || stats.rejected[id] > 0 || stats.failed[id] > 0) {
        double micros = stats.nanos[id] / 1e3;
        text.field(
            "cmdstat_" + command.name,
            "calls="
                + calls
                + ",usec="
                + (long) micros
                + ",usec_per_call="
                + InfoText.decimal(calls == 0 ? 0 : micros / calls, 2)
                + ",rejected_calls="
                + stats.rejected[id]
                + ",failed_calls="
                + stats.failed[id]);
      }
    }
  }

  private void errorStats() {
    node.watchman.errors().forEach((kind, n) -> text.field("errorstat_" + kind, "count=" + n));
  }

  private void latencyStats() {
    List<Double> percentiles = node.settings.latencyTrackingInfoPercentiles.get().values();
    for (Command command : node.commands.all()) {
      node.statistics
          .times(command.id())
          .ifPresent(
              histogram ->
                  text.field(
                      "latency_percentiles_usec_" + command.name,
                      percentiles.stream()
                          .map(
                              p ->
                                  "p"
                                      + Percentiles.text(p)
                                      + "="
                                      + InfoText.decimal(histogram.percentile(p) / 1e3, 3))
                          .collect(Collectors.joining(","))));
    }
  }

  private void cluster() {
    text.field("cluster_enabled", 0);
  }

  private void keyspace() {
    for (int i = 0; i < keyspaces.get(0).databases(); i++) {
      long keys = 0;
      long expires = 0;
      double ttl = 0;
      for (Keyspace keyspace : keyspaces) {
        Db db = keyspace.db(i);
        keys += db.size();
        expires += db.volatileSize();
        ttl += (double) db.footprint().averageTtl() * db.volatileSize();
      }
      if (keys > 0) {
        long average = expires == 0 ? 0 : Math.round(ttl / expires);
        text.field("db" + i, "keys=" + keys + ",expires=" + expires + ",avg_ttl=" + average);
      }
    }
  }

  private void sentinel() {
    Sentinel its = node.sentinel().orElseThrow();
    text.field("sentinel_masters", its.master().isPresent() ? 1 : 0)
        .field("sentinel_tilt", 0)
        .field("sentinel_tilt_since_seconds", -1)
        .field("sentinel_running_scripts", 0)
        .field("sentinel_scripts_queue_length", 0)
        .field("sentinel_simulate_failure_flags", 0);
    its.master()
        .ifPresent(
            master ->
                text.field(
                    "master0",
                    "name="
                        + its.plan.set()
                        + ",status="
                        + (its.isObjectivelyDown() ? "odown" : master.reachable() ? "ok" : "sdown")
                        + ",address="
                        + master.host()
                        + ":"
                        + master.port()
                        + ",slaves="
                        + SentinelReport.replicaNodes(its).size()
                        + ",sentinels="
                        + (SentinelReport.sentinelNodes(its).size() + 1)));
  }

  private void sampo() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    text.field("sampo_version", Version.SAMPO)
        .field("java_version", property("java.version"))
        .field("java_vm", property("java.vm.name"))
        .field("loops", node.cores.loopCount())
        .field("shards", keyspaces.size())
        .field("shard_keys", each(keyspace -> keys(keyspace)))
        .field("shard_memory", each(Keyspace::usedMemory))
        .field("transport", node.settings.transport.get())
        .field("pipeline_order", node.settings.pipelineOrder.get())
        .field("heap_used", heap.getUsed())
        .field("heap_committed", heap.getCommitted())
        .field("heap_max", heap.getMax())
        .field("threads", ManagementFactory.getThreadMXBean().getThreadCount());
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      String name = gc.getName().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
      text.field("gc_" + name + "_collections", gc.getCollectionCount())
          .field("gc_" + name + "_milliseconds", gc.getCollectionTime());
    }
    node.membership().ifPresent(its -> new TopologyReport(its).write(text));
  }

  private String each(ToLongFunction<Keyspace> figure) {
    return keyspaces.stream()
        .mapToLong(figure)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private static long keys(Keyspace keyspace) {
    return Stream.iterate(0, i -> i < keyspace.databases(), i -> i + 1)
        .mapToLong(i -> keyspace.db(i).size())
        .sum();
  }
}
