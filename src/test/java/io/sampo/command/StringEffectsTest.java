package io.sampo.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.bitmap.BitmapCommands;
import io.sampo.command.string.StringCommands;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the commands on strings say of the changes they make: effects and notifications. */
class StringEffectsTest {
  private static final long NOW = 1_700_000_000_000L;

  private final Side master = new Side(NOW);

  /** A keyspace, and what was said about it. */
  private static final class Side implements Effects, Events, Client {
    final List<String[]> effects = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    private final long now;
    private final CommandTable table =
        new CommandTable()
            .add("string", StringCommands.COMMANDS)
            .add("bitmap", BitmapCommands.COMMANDS);
    private final Keyspace keyspace;
    private final Context context;

    Side(long now) {
      this.now = now;
      keyspace = new Keyspace(new Settings(), () -> now);
      context = new Context(new ReplyWriter(64), 1, this, this, new Context.Counters());
      context.lend(0, keyspace, new Watches(), Waits.NONE);
    }

    /** Runs a command; one that is refused must not have changed anything. */
    void run(String... parts) {
      byte[][] bytes = new byte[parts.length][];
      for (int i = 0; i < parts.length; i++) {
        bytes[i] = Bytes.ascii(parts[i]);
      }
      if (parts[0].equals("DEL")) {
        keyspace.db(0).remove(bytes[1], 0, bytes[1].length);
      } else if (parts[0].equals("PEXPIREAT")) {
        keyspace.db(0).expireAt(find(parts[1]), Long.parseLong(parts[2]));
      } else if (parts[0].equals("PERSIST")) {
        keyspace.db(0).expireAt(find(parts[1]), Db.NO_EXPIRY);
      } else {
        run(table.find(bytes[0], 0, bytes[0].length), parts, Args.of(bytes));
      }
    }

    private void run(Command command, String[] parts, Args args) {
      long before = context.changes();
      context.begin(this, now);
      context.out().truncate(0);
      try {
        command.handler.run(context, args);
        if (context.changes() != before && !context.rewritten()) {
          effects.add(parts);
        }
      } catch (RespError error) {
        assertEquals(before, context.changes(), error.getMessage());
      }
    }

    int find(String key) {
      byte[] bytes = Bytes.ascii(key);
      return keyspace.db(0).find(bytes, 0, bytes.length);
    }

    @Override
    public boolean wanted() {
      return true;
    }

    @Override
    public void add(int db, Args request) {
      throw new UnsupportedOperationException("requests are added as they are run");
    }

    @Override
    public void add(int db, byte[]... request) {
      String[] parts = new String[request.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = Bytes.text(request[i]);
      }
      effects.add(parts);
    }

    @Override
    public void commit() {}

    @Override
    public void flush() {}

    @Override
    public boolean wanted(KeyEvent event) {
      return event != KeyEvent.MISS;
    }

    @Override
    public void publish(KeyEvent event, String name, int db, byte[] key) {
      events.add(event.letter + name);
    }

    @Override
    public long id() {
      return 1;
    }

    @Override
    public int db() {
      return 0;
    }

    @Override
    public boolean select(int db) {
      throw new UnsupportedOperationException("there is one database");
    }

    @Override
    public int protocol() {
      return 2;
    }

    @Override
    public boolean noTouch() {
      return false;
    }
  }

  private void says(String command, String effect, String events) {
    master.effects.clear();
    master.events.clear();
    master.run(command.split(" "));
    List<String> said = master.effects.stream().map(parts -> String.join(" ", parts)).toList();
    assertEquals(effect, String.join("; ", said), command);
    assertEquals(events, String.join(" ", master.events), command);
  }

  @Test
  void plainWritesAreTheirOwnEffect() {
    says("SET k 1", "SET k 1", "$set");
    says("SETNX k 1", "", "");
    says("SETNX n 1", "SETNX n 1", "$set");
    says("SET k 2 NX", "", "");
    says("SET k 2 NX GET", "", "");
    says("MSET k 1 l 2", "MSET k 1 l 2", "$set $set");
    says("MSETNX k 1 m 2", "", "");
    says("MSETNX o 1 m 2", "MSETNX o 1 m 2", "$set $set");
    says("INCR k", "INCR k", "$incrby");
    says("DECRBY k 5", "DECRBY k 5", "$incrby");
    says("DECRBY k x", "", "");
    says("APPEND k 0", "APPEND k 0", "$append");
    says("SETRANGE k 1 x", "SETRANGE k 1 x", "$setrange");
    says("GETRANGE k 0 1", "", "");
    says("SETBIT k 3 1", "SETBIT k 3 1", "$setbit");
    says("SETBIT k 3 1", "", "");
    says("BITOP NOT k none", "BITOP NOT k none", "gdel");
    says("BITOP NOT k none", "", "");
    says("BITFIELD k SET u8 0 0", "BITFIELD k SET u8 0 0", "$setbit");
    says("BITFIELD k SET u8 0 0 GET u8 0", "", "");
  }

  @Test
  void whatDependsOnTheMomentBecomesAbsolute() {
    says("SET k v EX 10", "SET k v PXAT 1700000010000", "$set gexpire");
    says("SET k v GET PX 10", "SET k v PXAT 1700000000010", "$set gexpire");
    says("SET k v EXAT 1800000000 XX", "SET k v PXAT 1800000000000", "$set gexpire");
    says("SETEX k 10 v", "SET k v PXAT 1700000010000", "$set gexpire");
    says("PSETEX k 10 v", "SET k v PXAT 1700000000010", "$set gexpire");
    says("GETEX k EX 5", "PEXPIREAT k 1700000005000", "gexpire");
    says("SET k 1.5 KEEPTTL", "SET k 1.5 KEEPTTL", "$set");
    says("INCRBYFLOAT k 1.5", "SET k 3 KEEPTTL", "$incrbyfloat");
    says("GETEX k PERSIST", "PERSIST k", "gpersist");
    says("GETEX k PERSIST", "", "");
    says("GETEX k", "", "");
    says("SET k v GET", "SET k v", "$set");
    says("GETSET k w", "SET k w", "$set");
    says("GETEX k PXAT 1", "DEL k", "gdel");
    says("GETEX k PXAT 1", "", "");
    says("GETDEL k", "", "");
    says("SET k v", "SET k v", "$set");
    says("GETDEL k", "DEL k", "gdel");
  }

  /** Whoever replays the effects later has the same values and the same expiries. */
  @Test
  void effectsLeadToTheSameData() {
    Random random = Seed.random("random commands");
    Side replica = new Side(NOW + 5000);
    for (int i = 0; i < 20_000; i++) {
      String[] command = anyCommand(random);
      master.run(command);
      master.effects.forEach(replica::run);
      master.effects.clear();
      for (int k = 0; k < 5; k++) {
        same(replica, "k" + k, String.join(" ", command));
      }
    }
    assertTrue(master.context.changes() > 5000, "most commands change something");
  }

  private void same(Side replica, String key, String command) {
    int ours = master.find(key);
    int theirs = replica.find(key);
    assertEquals(ours == Db.NONE, theirs == Db.NONE, command);
    if (ours != Db.NONE) {
      Db db = master.keyspace.db(0);
      Db copy = replica.keyspace.db(0);
      assertArrayEquals(db.string(ours), copy.string(theirs), command);
      assertEquals(db.expireAt(ours), copy.expireAt(theirs), command);
    }
  }

  private static String[] anyCommand(Random random) {
    String key = " k" + random.nextInt(5);
    String number = " " + random.nextInt(100);
    String unit =
        List.of(" EX 100", " PX 100000", " PXAT 1", " EXAT 4000000000").get(random.nextInt(4));
    String command =
        switch (random.nextInt(16)) {
          case 0 -> "SET" + key + number;
          case 1 -> "SET" + key + number + unit;
          case 2 -> "SET" + key + number + " GET" + (random.nextBoolean() ? " XX" : " KEEPTTL");
          case 3 -> "GETEX" + key + (random.nextBoolean() ? unit : " PERSIST");
          case 4 -> "INCRBYFLOAT" + key + number + "." + random.nextInt(100);
          case 5 -> "GETDEL" + key;
          case 6 -> "GETSET" + key + number;
          case 7 -> "SETEX" + key + " 200" + number;
          case 8 -> "INCRBY" + key + number;
          case 9 -> "APPEND" + key + number.charAt(1);
          case 10 -> "SETRANGE" + key + " " + random.nextInt(30) + number;
          case 11 -> "MSETNX" + key + number + " k0" + number;
          case 12 -> "SETBIT" + key + number + " " + random.nextInt(2);
          case 13 -> "BITOP XOR" + key + " k1 k2";
          case 14 -> "BITFIELD" + key + " OVERFLOW FAIL INCRBY u5" + number + number;
          default -> "PSETEX" + key + " 10000" + number;
        };
    return command.split(" ");
  }
}
