package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Handler;
import io.sampo.command.Help;
import io.sampo.data.Glob;
import io.sampo.data.Value;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.SetValue;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Db;
import io.sampo.persist.Dump;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Late;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Session;
import io.sampo.server.stats.Heap;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG: the subcommands that tests of clients use. It holds all shards while it runs, so that
 * DEBUG SLEEP stops the whole server, as it is meant to.
 */
final class DebugCommand {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("debug", -2, "admin noscript loading stale %syscmd on:all", "", "1.0.0", "Depends on subcommand.", "", "Commands for debugging and tests.", DebugCommand::debug));
  // spotless:on

  private static final RespError NOT_POSITIVE =
      new RespError("ERR value is out of range, must be positive");
  private static final Logger LOG = LoggerFactory.getLogger(DebugCommand.class);

  /** One subcommand; {@code min} and {@code max} count its arguments. */
  private record Sub(String usage, String help, int min, int max, Handler handler) {}

  private static final Map<String, Sub> SUBCOMMANDS = new LinkedHashMap<>();

  static {
    sub("CHANGE-REPL-ID", "Give this server another replication id.", 0, DebugCommand::changeId);
    sub("DIGEST", "A digest of all data, the same as Redis has for it.", 0, DebugCommand::digest);
    sub(
        "DIGEST-VALUE [<key> ...]",
        "Digests of the values of these keys.",
        0,
        DebugCommand::digestValue);
    sub("ERROR <string>", "Reply with this error.", 1, DebugCommand::error);
    sub(
        "HTSTATS <dbid>",
        "The number of keys of a database on each shard.",
        1,
        DebugCommand::htStats);
    sub(
        "HTSTATS-KEY <key>",
        "The same of the hash table that a value is kept in.",
        1,
        DebugCommand::htStatsOfKey);
    sub(
        "JMAP",
        "What the heap holds, by size: the JVM's own collector figures.",
        0,
        DebugCommand::jmap);
    sub(
        "LOADAOF",
        "Write out the append-only file and load it in place of the data.",
        0,
        AofReload::run);
    sub("LOG <message>", "Write this to the log.", 1, DebugCommand::log);
    sub("OBJECT <key>", "How a value is kept.", 1, DebugCommand::object);
    sub(
        "PAUSE-CRON <0|1>",
        "Whether nothing is done that is to be done regularly, such as expiring keys.",
        1,
        DebugCommand::pauseCron);
    sub(
        "POPULATE <count> [<prefix>] [<size>]",
        "Make string keys <prefix>:<number> (\"key\" unless given) that are not there, of this many"
            + " bytes.",
        1,
        3,
        DebugCommand::populate);
    sub("PROTOCOL <type>", "Reply with a value of this type.", 1, DebugCommand::protocol);
    sub(
        "RELOAD [<option> ...]",
        "Save, drop and load all data; NOSAVE, NOFLUSH and MERGE leave out, or add to what is there.",
        0,
        Reload::run);
    sub(
        "SET-ACTIVE-EXPIRE <0|1>",
        "Whether keys expire also when nobody looks at them.",
        1,
        DebugCommand::setActiveExpire);
    sub(
        "SLEEP <seconds>",
        "Stop the server for a while; fractions are allowed.",
        1,
        DebugCommand::sleep);
    sub(
        "STRINGMATCH-LEN <length> <pattern>",
        "Match a text of this many letters \"a\" with a pattern.",
        2,
        DebugCommand::stringMatch);
    sub("HELP", "Print this help.", 0, DebugCommand::help);
  }

  private DebugCommand() {}

  private static void sub(String usage, String help, int args, Handler handler) {
    sub(usage, help, args, usage.endsWith("...]") ? Integer.MAX_VALUE : args, handler);
  }

  private static void sub(String usage, String help, int min, int max, Handler handler) {
    String name = usage.split(" ")[0].toLowerCase(Locale.ROOT);
    SUBCOMMANDS.put(name, new Sub(usage, help, min, max, handler));
  }

  private static void debug(Context c, Args a) {
    Session session = Session.of(c);
    if (!session.state.isAllowed(session.node.settings.enableDebugCommand.get())) {
      throw new RespError(
          "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\","
              + " you can run it from a local connection, otherwise you need to set this option in"
              + " the configuration file, and then restart the server.");
    }
    Sub sub = SUBCOMMANDS.get(a.text(1).toLowerCase(Locale.ROOT));
    if (sub == null || a.count() - 2 < sub.min || a.count() - 2 > sub.max) {
      throw Help.misuse(a);
    }
    sub.handler.run(c, a);
  }

  private static void help(Context c, Args a) {
    ReplyWriter out = c.out();
    out.array(1 + 2 * SUBCOMMANDS.size());
    out.simple("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    for (Sub sub : SUBCOMMANDS.values()) {
      out.simple(sub.usage);
      out.simple("    " + sub.help);
    }
  }

  private static void sleep(Context c, Args a) {
    double seconds = 0;
    try {
      seconds = Double.parseDouble(a.text(2));
    } catch (NumberFormatException e) {
      // As strtod has it: what is no number is 0.
      LOG.debug("DEBUG SLEEP for {}", a.text(2));
    }
    try {
      Thread.sleep((long) (Math.max(0, seconds) * 1000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    c.out().ok();
  }

  private static void object(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = db.find(a.array(), a.offset(2), a.length(2));
    if (h == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    long idle = db.uses().idleSeconds(h);
    long lru = c.now() / 1000 - idle & 0xffffff;
    boolean compressing = Session.of(c).node.settings.rdbcompression.get();
    String before =
        "Value at:0x%x refcount:1 encoding:%s serializedlength:".formatted(h, db.encoding(h));
    String behind = " lru:%d lru_seconds_idle:%d".formatted(lru, idle) + nodes(c, db, h);
    if (c.out().isParting() && Dump.isBig(db, h)) {
      c.out().late(measured(before, db.value(h).frozen(), compressing, behind));
    } else {
      c.out().simple(before + Dump.valueBytes(db, h, compressing) + behind);
    }
  }

  /** A simple reply with the serialized length of a value in it. */
  private static Late measured(String before, Value frozen, boolean compressing, String behind) {
    return new Late() {
      @Override
      public long size() {
        return before.length() + behind.length();
      }

      @Override
      public List<byte[]> make() {
        return List.of(Bytes.ascii('+' + before + Dump.valueBytes(frozen, compressing) + behind));
      }
    };
  }

  /** What there is to be told of the nodes of a list that has several. */
  private static String nodes(Context c, Db db, int h) {
    if (!db.encoding(h).equals("quicklist")) {
      return "";
    }
    ListValue list = (ListValue) db.value(h);
    return String.format(
        Locale.ROOT,
        " ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:%d"
            + " ql_uncompressed_size:%d",
        list.nodes(),
        (double) list.size() / list.nodes(),
        db.limits().listMaxListpackSize,
        list.depth() > 0 ? 1 : 0,
        list.listpackBytes());
  }

  private static void populate(Context c, Args a) {
    long count = a.integer(2, NOT_POSITIVE);
    long size = a.count() > 4 ? a.integer(4, NOT_POSITIVE) : 0;
    if (count < 0 || count > Integer.MAX_VALUE || size < 0 || size > Integer.MAX_VALUE) {
      throw NOT_POSITIVE;
    }
    String prefix = a.count() > 3 ? a.text(3) : "key";
    for (int i = 0; i < count; i++) {
      byte[] key = Bytes.ascii(prefix + ":" + i);
      byte[] value = Bytes.ascii("value:" + i);
      Db db = c.db(key);
      if (db.find(key, 0, key.length) == Db.NONE) {
        byte[] sized = size == 0 ? value : Arrays.copyOf(value, (int) size);
        db.putText(key, 0, key.length, sized, 0, sized.length, false);
      }
    }
    c.out().ok();
  }

  private static void setActiveExpire(Context c, Args a) {
    Session.of(c).node.beat.activeExpire(!a.text(2).equals("0"));
    c.out().ok();
  }

  private static void changeId(Context c, Args a) {
    Session.of(c).node.replication.history.begin();
    c.out().ok();
  }

  private static void digest(Context c, Args a) {
    c.out().simple(HexFormat.of().formatHex(Digest.ofAll(c)));
  }

  private static void digestValue(Context c, Args a) {
    c.out().array(a.count() - 2);
    for (int i = 2; i < a.count(); i++) {
      Db db = c.db(a, i);
      int h = db.find(a.array(), a.offset(i), a.length(i));
      c.out().simple(HexFormat.of().formatHex(Digest.ofValue(db, h)));
    }
  }

  private static void error(Context c, Args a) {
    throw new RespError(a.text(2));
  }

  private static void log(Context c, Args a) {
    LOG.warn("DEBUG LOG: {}", a.text(2));
    c.out().ok();
  }

  private static void stringMatch(Context c, Args a) {
    long length = a.integer(2);
    if (length < 0 || length > 1 << 26) {
      throw RespError.NOT_AN_INTEGER;
    }
    byte[] text = new byte[(int) length];
    Arrays.fill(text, (byte) 'a');
    c.out().integer(Glob.of(a.bytes(3)).matches(text) ? 1 : 0);
  }

  private static void htStats(Context c, Args a) {
    long index = a.integer(2);
    if (index < 0 || index >= c.keyspace(0).databases()) {
      throw new RespError("ERR Out of range database");
    }
    StringBuilder text = new StringBuilder();
    for (int s = 0; s < c.shards(); s++) {
      Db db = c.keyspace(s).db((int) index);
      text.append("[Shard ").append(s).append("]\n");
      text.append(" number of elements: ").append(db.size()).append('\n');
      text.append(" with an expiry: ").append(db.volatileSize()).append('\n');
      text.append(" bytes: ").append(db.footprint().used()).append('\n');
    }
    c.out().verbatim(text.toString());
  }

  private static void htStatsOfKey(Context c, Args a) {
    Db db = c.db(a, 2);
    int h = db.find(a.array(), a.offset(2), a.length(2));
    if (h == Db.NONE) {
      throw RespError.NO_SUCH_KEY;
    }
    long elements =
        switch (db.encoding(h)) {
          case "hashtable" ->
              db.value(h) instanceof HashValue hash ? hash.size() : ((SetValue) db.value(h)).size();
          case "skiplist" -> ((ZSetValue) db.value(h)).size();
          default ->
              throw new RespError(
                  "ERR The value stored at the specified key is not represented using an hash"
                      + " table");
        };
    c.out()
        .verbatim(
            "[Hash table]\n number of elements: %d\n bytes: %d\n"
                .formatted(elements, db.footprint().entry(h)));
  }

  private static void pauseCron(Context c, Args a) {
    Session.of(c).node.beat.stop(a.text(2).equals("1"));
    c.out().ok();
  }

  private static void jmap(Context c, Args a) {
    c.out().verbatim(Heap.describe());
  }

  private static void protocol(Context c, Args a) {
    ReplyWriter out = c.out();
    switch (a.text(2).toLowerCase(Locale.ROOT)) {
      case "string" -> out.bulk("Hello World");
      case "integer" -> out.integer(12345);
      case "double" -> out.real(3.141);
      case "bignum" -> out.bigNumber("1234567999999999999999999999999999999");
      case "null" -> out.nil();
      case "array" -> {
        out.array(3);
        three(out);
      }
      case "set" -> {
        out.set(3);
        three(out);
      }
      case "map" -> {
        out.map(3);
        for (int i = 0; i < 3; i++) {
          out.integer(i);
          out.bool(i == 1);
        }
      }
      case "attrib" -> {
        if (out.attribute(1)) {
          out.bulk("key-popularity");
          out.array(2);
          out.bulk("key:123");
          out.integer(90);
        }
        out.bulk("Some real reply following the attribute");
      }
      case "push" -> {
        if (!out.resp3()) {
          throw new RespError("ERR RESP2 is not supported by this command");
        }
        out.push(2);
        out.bulk("server-cpu-usage");
        out.integer(42);
        out.bulk("Some real reply following the push reply");
      }
      case "verbatim" -> out.verbatim("This is a verbatim\nstring");
      case "true" -> out.bool(true);
      case "false" -> out.bool(false);
      default ->
          throw new RespError(
              "ERR Wrong protocol type name. Please use one of the following:"
                  + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
    }
  }

  private static void three(ReplyWriter out) {
    for (int i = 0; i < 3; i++) {
      out.integer(i);
    }
  }
}
