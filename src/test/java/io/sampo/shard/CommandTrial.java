package io.sampo.shard;

import static io.sampo.testkit.FullHeap.check;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sampo.command.CommandTable;
import io.sampo.command.Events;
import io.sampo.journal.Journal;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.server.command.Families;
import io.sampo.testkit.FullHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.slf4j.LoggerFactory;

/**
 * Commands that run while the heap is full: whatever they have changed then, a replica that has
 * followed them holds the same.
 */
final class CommandTrial implements FullHeap.Trial {
  /** Says which commands run. */
  interface Script {
    /** All keys; their types are what stands before the colon. */
    List<String> keys();

    /** The next command. */
    List<String> next(Random random);

    /** Looks at the data, with room. */
    default void verify(CommandTrial trial) {}
  }

  private static final int MOST_JOURNAL = 1 << 21;
  private static final int COMMANDS = 1_000;

  /** After so many of them the rest would only fail as well. */
  private static final int MOST_FAILURES = 5;

  private final Random random;
  private final Script script;
  private final CommandTable commands =
      Families.offer(new io.sampo.server.config.Settings()).data();
  private final Journal journal = new Journal();
  private final Notes notes = new Notes(-1);
  private final Side master = new Side(journal.writer());
  private final Side replica = new Side(io.sampo.command.Effects.NONE);

  private final byte[] stream = new byte[MOST_JOURNAL];
  private int streamed;
  private boolean cut;

  /** What the node would not have survived. */
  private int ends;

  private int failures;

  CommandTrial(long seed, Script script) {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    random = new Random(seed);
    this.script = script;
    journal.add((offset, bytes, from, length) -> append(bytes, from, length));
  }

  private void append(byte[] bytes, int from, int length) {
    cut |= length > MOST_JOURNAL - streamed;
    if (!cut) {
      System.arraycopy(bytes, from, stream, streamed, length);
      streamed += length;
    }
  }

  /** A keyspace, and what runs commands on it. */
  private final class Side {
    final Data data = new Data(0, new Settings(), () -> 1);
    final Executor executor;

    Side(io.sampo.command.Effects effects) {
      executor =
          new Executor(
              new Executor.Services(
                  1,
                  Families.offer(new io.sampo.server.config.Settings()).sentinel().ids(),
                  effects,
                  Events.NONE,
                  new Memory(1),
                  notes,
                  () -> 1,
                  () -> {},
                  Runnable::run));
      executor.hold(data);
    }

    String run(byte[]... words) {
      return run(batch(words));
    }

    String run(Batch batch) {
      executor.run(batch);
      return Bytes.text(batch.replies());
    }

    Batch batch(byte[]... words) {
      Frames frames = new Frames();
      Args args = Args.of(words);
      frames.append(args);
      Batch batch = new Batch().of(done -> {}, new Nobody(), frames);
      batch.add(commands.find(args.array(), args.offset(0), args.length(0)), 0, Batch.PLAIN, 1);
      return batch;
    }
  }

  /** Runs a command, with room; returns the reply. */
  String run(String... words) {
    return master.run(bytes(List.of(words)));
  }

  /** Runs a command while there is hardly any heap; returns the reply. */
  String runInFullHeap(String... words) {
    Batch batch = master.batch(bytes(List.of(words)));
    List<byte[]> ballast = FullHeap.but(2);
    try {
      return master.run(batch);
    } finally {
      ballast.clear();
    }
  }

  private static byte[][] bytes(List<String> words) {
    return words.stream().map(Bytes::ascii).toArray(byte[][]::new);
  }

  @Override
  public int pieces(int kind) {
    return random.nextInt(kind == 0 ? 60 : 8);
  }

  @Override
  public void change(int kind) {
    int failed = 0;
    for (int n = 0; n < COMMANDS && failed < MOST_FAILURES && !cut; n++) {
      byte[][] words = bytes(script.next(random));
      boolean done = false;
      try {
        failed += master.run(words).startsWith("-OOM") ? 1 : 0;
        done = notes.torn().isEmpty();
      } finally {
        cut |= !done;
        ends += done ? 0 : 1;
      }
    }
    failures += failed;
    if (failed > 0) {
      throw new OutOfMemoryError("as was to be shown");
    }
  }

  @Override
  public void verify() {
    if (cut) {
      copy();
    } else {
      follow();
      for (String key : script.keys()) {
        String its = content(master, key);
        String other = content(replica, key);
        check(its.equals(other), key + " is " + its + " and on the replica " + other);
      }
    }
    streamed = 0;
    cut = false;
    notes.torn().clear();
    script.verify(this);
  }

  /** Has the replica be a copy, after what would have ended the node. */
  private void copy() {
    replica.data.keyspace.db(0).clear();
    Db from = master.data.keyspace.db(0);
    for (String word : script.keys()) {
      byte[] key = Bytes.ascii(word);
      int h = from.find(key, 0, key.length);
      if (h != Db.NONE) {
        var entry = from.entry(h);
        replica
            .data
            .keyspace
            .db(0)
            .put(key, 0, key.length, entry.isObject() ? entry.with(entry.value().copy()) : entry);
      }
    }
  }

  /** Has the replica do what the journal says. */
  private void follow() {
    for (int at = 0; at < streamed; ) {
      int count = number(at);
      at = line(at);
      byte[][] words = new byte[count][];
      for (int i = 0; i < count; i++) {
        int length = number(at);
        at = line(at);
        words[i] = Arrays.copyOfRange(stream, at, at + length);
        at += length + 2;
      }
      String name = Bytes.text(words[0]);
      if (!List.of("SELECT", "MULTI", "EXEC").contains(name)) {
        String reply = replica.run(words);
        check(!reply.startsWith("-"), name + " of the journal: " + reply);
      }
    }
  }

  private int number(int at) {
    int number = 0;
    for (int i = at + 1; stream[i] != '\r'; i++) {
      number = number * 10 + stream[i] - '0';
    }
    return number;
  }

  private int line(int at) {
    int end = at;
    while (stream[end] != '\n') {
      end++;
    }
    return end + 1;
  }

  private static String content(Side side, String key) {
    byte[][] read = bytes(reading(key));
    List<String> lines = new ArrayList<>(List.of(side.run(read).split("\r\n")));
    String type = key.substring(0, key.indexOf(':'));
    if (type.equals("set") || type.equals("hash")) {
      int each = type.equals("set") ? 2 : 4;
      List<String> items = new ArrayList<>();
      for (int i = 1; i < lines.size(); i += each) {
        items.add(String.join(" ", lines.subList(i, Math.min(i + each, lines.size()))));
      }
      items.sort(null);
      lines = items;
    }
    // A key that holds nothing is none.
    return side.data.has(0, Bytes.ascii(key)) + " " + String.join(" ", lines);
  }

  private static List<String> reading(String key) {
    return switch (key.substring(0, key.indexOf(':'))) {
      case "list" -> List.of("LRANGE", key, "0", "-1");
      case "set" -> List.of("SMEMBERS", key);
      case "hash" -> List.of("HGETALL", key);
      case "zset" -> List.of("ZRANGE", key, "0", "-1", "WITHSCORES");
      case "stream" -> List.of("XRANGE", key, "-", "+");
      default -> List.of("GET", key);
    };
  }

  @Override
  public void end() {
    int followed = failures - ends;
    check(followed > 10, followed + " failures only that the node would have survived");
  }
}
