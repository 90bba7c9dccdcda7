package io.sampo.command.key;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Cursor;
import io.sampo.command.ScanOptions;
import io.sampo.data.Glob;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Visitor;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The commands that find keys without being told them. */
public final class ScanCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("keys", 2, "readonly @dangerous ~request_policy:all_shards ~nondeterministic_output_order on:all", "", "1.0.0", "O(N)", "pattern:pattern", "All keys that match a pattern.", ScanCommands::keys),
      cmd("randomkey", 1, "readonly ~request_policy:all_shards ~nondeterministic_output on:all", "", "1.0.0", "O(1)", "", "Some key of the database.", ScanCommands::randomKey),
      cmd("scan", -2, "readonly ~nondeterministic_output ~request_policy:special on:cursor", "", "2.8.0", "O(1)", "cursor:int [MATCH pattern:pattern] [COUNT count:int] [TYPE type@6.0.0]", "Walk over the keys of the database with a cursor.", ScanCommands::scan)
          .history("6.0.0 Option TYPE."));
  // spotless:on

  /** How many keys KEYS gathers before it writes them. */
  private static final int KEYS_SLICE = 1024;

  private ScanCommands() {}

  /** Gathers the entries that satisfy the options. */
  private static final class Found implements Visitor {
    private final Db db;
    private final Glob pattern;
    private final String type;
    private int[] handles = new int[16];
    private int size;

    /**
     * @param type any of that name, case ignored; "" for all
     */
    Found(Db db, Glob pattern, String type) {
      this.db = db;
      this.pattern = pattern;
      this.type = type;
    }

    @Override
    public void visit(int h) {
      if (matches(h) && (type.isEmpty() || db.type(h).text().equalsIgnoreCase(type))) {
        if (size == handles.length) {
          handles = Arrays.copyOf(handles, size * 2);
        }
        handles[size++] = h;
      }
    }

    boolean matches(int h) {
      return pattern.isStar() || pattern.matches(db.keyArray(h), db.keyOffset(h), db.keyLength(h));
    }

    void write(ReplyWriter out) {
      for (int i = 0; i < size; i++) {
        int h = handles[i];
        out.bulk(db.keyArray(h), db.keyOffset(h), db.keyLength(h));
      }
    }
  }

  /** Remembers besides the keys that have expired, for they are to go. */
  private record Past(Found found, List<byte[]> expired) implements Visitor {
    @Override
    public void visit(int h) {
      found.visit(h);
    }

    @Override
    public void expired(int h) {
      if (found.matches(h)) {
        expired.add(found.db.key(h));
      }
    }

    void remove() {
      expired.forEach(key -> found.db.find(key, 0, key.length));
    }
  }

  private static void scan(Context c, Args a) {
    long cursor = Cursor.parse(a, 1);
    ScanOptions options = ScanOptions.parseForKeys(a, 2);
    int shard = Cursor.shard(cursor, c.shards());
    Db db = c.keyspace(shard).db(c.dbIndex());
    Found found = new Found(db, options.pattern(), options.type());
    Past past = new Past(found, new ArrayList<>());
    long position = Cursor.position(cursor, c.shards());
    long next = db.scan(position, options.count(), past);
    c.out().array(2);
    c.out().bulk(Long.toUnsignedString(Cursor.next(next, shard, c.shards())));
    c.out().array(found.size);
    found.write(c.out());
    past.remove();
  }

  private static void keys(Context c, Args a) {
    Glob pattern = Glob.of(a.array(), a.offset(1), a.length(1), false);
    int mark = c.out().defer();
    int size = 0;
    for (int s = 0; s < c.shards(); s++) {
      Db db = c.keyspace(s).db(c.dbIndex());
      long position = 0;
      do {
        Found found = new Found(db, pattern, "");
        position = db.scan(position, KEYS_SLICE, found);
        found.write(c.out());
        size += found.size;
      } while (position != 0);
    }
    c.out().endArray(mark, size);
  }

  private static void randomKey(Context c, Args a) {
    long keys = 0;
    for (int s = 0; s < c.shards(); s++) {
      keys += c.keyspace(s).db(c.dbIndex()).size();
    }
    if (keys > 0) {
      long chosen = ThreadLocalRandom.current().nextLong(keys);
      int first = 0;
      while (chosen >= c.keyspace(first).db(c.dbIndex()).size()) {
        chosen -= c.keyspace(first++).db(c.dbIndex()).size();
      }
      // Where all keys of the chosen shard have expired, another may still have one.
      for (int i = 0; i < c.shards(); i++) {
        Db db = c.keyspace((first + i) % c.shards()).db(c.dbIndex());
        int h = db.random();
        if (h != Db.NONE) {
          c.out().bulk(db.keyArray(h), db.keyOffset(h), db.keyLength(h));
          return;
        }
      }
    }
    c.out().nil();
  }
}
