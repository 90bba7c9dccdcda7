package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import io.sampo.server.stats.Heap;
import io.sampo.server.stats.OperatingSystem;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;

/** MEMORY. */
final class MemoryCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("memory", -2, "4.0.0", "Commands about memory.",
          cmd("memory|doctor", 2, "~nondeterministic_output ~request_policy:all_shards ~response_policy:special on:all", "", "4.0.0", "O(1)", "", "A report on memory, for people.", MemoryCommands::doctor),
          cmd("memory|help", 2, "loading stale on:session", "", "4.0.0", "O(1)", "", "The subcommands of MEMORY.", new Help()),
          cmd("memory|malloc-stats", 2, "~nondeterministic_output ~request_policy:all_shards ~response_policy:special on:session", "", "4.0.0", "Depends on the heap.", "", "Statistics of the allocator.", MemoryCommands::mallocStats),
          cmd("memory|purge", 2, "~request_policy:all_shards ~response_policy:all_succeeded on:all", "", "4.0.0", "Depends on the heap.", "", "Ask for unused memory to be given back.", MemoryCommands::purge),
          cmd("memory|stats", 2, "~nondeterministic_output ~request_policy:all_shards ~response_policy:special on:all", "", "4.0.0", "O(1)", "", "Where the memory goes.", MemoryCommands::stats),
          cmd("memory|usage", -3, "readonly", "RO 2", "4.0.0", "O(N)", "key [SAMPLES count:int]", "Memory that a key and its value take, in bytes.", MemoryCommands::usage)));
  // spotless:on

  /** How long each shard may look for pages to give back. */
  private static final long PURGE_NANOS = 20_000_000;

  private static final long WORTH_A_LOOK = 5 << 20;
  private static final double MUCH_UNUSED = 1.5;
  private static final double HEAP_NEARLY_FULL = 0.9;

  private MemoryCommands() {}

  private static void usage(Context c, Args a) {
    for (int i = 3; i < a.count(); i += 2) {
      // Values know their size, so that nothing has to be sampled.
      if (!a.is(i, "samples") || i + 1 == a.count() || a.integer(i + 1) < 0) {
        throw RespError.SYNTAX;
      }
    }
    Db db = c.db(a, 2);
    int h = db.find(a.array(), a.offset(2), a.length(2));
    if (h == Db.NONE) {
      c.out().nil();
    } else {
      c.out().integer(db.footprint().entry(h));
    }
  }

  private static void purge(Context c, Args a) {
    for (int i = 0; i < c.shards(); i++) {
      c.keyspace(i).defragment(PURGE_NANOS);
    }
    System.gc();
    c.out().ok();
  }

  private static void mallocStats(Context c, Args a) {
    c.out().verbatim(Heap.describe());
  }

  private static void doctor(Context c, Args a) {
    Figures figures = new Figures(c);
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    StringBuilder text = new StringBuilder();
    if (figures.used < WORTH_A_LOOK) {
      text.append("There is too little data for its memory to be judged.\n");
    } else if (figures.allocated > figures.used * MUCH_UNUSED) {
      text.append("Much of the memory taken for data is unused, for many keys were removed:");
      text.append(" MEMORY PURGE gives it back.\n");
    }
    long limit = Session.of(c).node.settings.maxmemory.get();
    if (heap.getMax() > 0 && heap.getUsed() > heap.getMax() * HEAP_NEARLY_FULL) {
      text.append("The heap is nearly full: give the JVM more (-Xmx), or set maxmemory.\n");
    } else if (heap.getMax() > 0 && limit > heap.getMax()) {
      text.append("maxmemory is more than the heap can hold: raise -Xmx above it.\n");
    }
    if (text.length() == 0) {
      text.append("No problem was found.\n");
    }
    c.out().verbatim(text.toString());
  }

  /** What the databases take. */
  private static final class Figures {
    final long used;
    final long allocated;
    final long keys;

    Figures(Context c) {
      long bytes = 0;
      long pages = 0;
      long count = 0;
      for (int s = 0; s < c.shards(); s++) {
        bytes += c.keyspace(s).usedMemory();
        pages += c.keyspace(s).allocatedMemory();
        for (int i = 0; i < c.keyspace(s).databases(); i++) {
          count += c.keyspace(s).db(i).size();
        }
      }
      used = bytes;
      allocated = pages;
      keys = count;
    }
  }

  private static void stats(Context c, Args a) {
    Node node = Session.of(c).node;
    Figures figures = new Figures(c);
    long used = figures.used;
    long peak = node.memoryPeak.seen(used);
    long committed = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    long resident = OperatingSystem.residentMemory();
    ReplyWriter out = c.out();
    int mark = out.defer();
    field(out, "peak.allocated", peak);
    field(out, "total.allocated", used);
    field(out, "startup.allocated", 0);
    field(out, "replication.backlog", 0);
    field(out, "clients.slaves", 0);
    field(out, "clients.normal", 0);
    field(out, "cluster.links", 0);
    field(out, "aof.buffer", 0);
    field(out, "lua.caches", 0);
    field(out, "functions.caches", 0);
    int dbs = databases(c);
    field(out, "overhead.total", 0);
    field(out, "keys.count", figures.keys);
    field(out, "keys.bytes-per-key", figures.keys == 0 ? 0 : used / figures.keys);
    field(out, "dataset.bytes", used);
    field(out, "dataset.percentage", used == 0 ? 0.0 : 100.0);
    field(out, "peak.percentage", 100 * ratio(used, peak));
    field(out, "allocator.allocated", used);
    field(out, "allocator.active", figures.allocated);
    field(out, "allocator.resident", committed);
    field(out, "allocator-fragmentation.ratio", ratio(figures.allocated, used));
    field(out, "allocator-fragmentation.bytes", figures.allocated - used);
    field(out, "allocator-rss.ratio", ratio(committed, figures.allocated));
    field(out, "allocator-rss.bytes", committed - figures.allocated);
    field(out, "rss-overhead.ratio", ratio(resident, committed));
    field(out, "rss-overhead.bytes", resident - committed);
    field(out, "fragmentation", ratio(resident, used));
    field(out, "fragmentation.bytes", resident - used);
    out.endMap(mark, 27 + dbs);
  }

  /** A map for each database that holds anything; returns how many. */
  private static int databases(Context c) {
    ReplyWriter out = c.out();
    int shown = 0;
    for (int i = 0; i < c.keyspace(0).databases(); i++) {
      long keys = 0;
      long bytes = 0;
      for (int s = 0; s < c.shards(); s++) {
        Db db = c.keyspace(s).db(i);
        keys += db.size();
        bytes += db.footprint().table();
      }
      if (keys > 0) {
        shown++;
        out.bulk("db." + i);
        out.map(3);
        field(out, "overhead.hashtable.main", bytes);
        field(out, "overhead.hashtable.expires", 0);
        field(out, "overhead.hashtable.slot-to-keys", 0);
      }
    }
    return shown;
  }

  private static double ratio(long a, long b) {
    return b == 0 ? 0 : (double) a / b;
  }

  private static void field(ReplyWriter out, String name, long value) {
    out.bulk(name);
    out.integer(value);
  }

  private static void field(ReplyWriter out, String name, double value) {
    out.bulk(name);
    out.real(value);
  }
}
