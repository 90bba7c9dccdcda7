package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many clients at once, over shards and loops: each command and transaction sees one state. */
class IsolationTest {
  private static final long SEED = Long.getLong("test.seed", 20_260_303);

  private ExecutorService threads;
  private TestNode node;

  /** What one client does; {@code number} counts the clients from 0. */
  private interface Part {
    void play(RespClient client, int number);
  }

  @BeforeEach
  void start() {
    threads = Executors.newCachedThreadPool();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    node.close();
  }

  private void layout(int shards, int loops) {
    System.out.println("concurrent clients, -Dtest.seed=" + SEED);
    node = TestNode.start(new Layout(shards, loops, "core"));
  }

  /** Starts so many clients of a kind. */
  private List<Future<?>> clients(int n, Part part) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int number = i;
      running.add(
          threads.submit(
              () -> {
                try (RespClient client = RespClient.connect(node.port())) {
                  part.play(client, number);
                }
              }));
    }
    return running;
  }

  private static void await(List<Future<?>> clients) throws Exception {
    for (Future<?> client : clients) {
      try {
        client.get(20, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      } catch (TimeoutException e) {
        throw new AssertionError("a client got stuck", e);
      }
    }
  }

  private RespClient connect() {
    return RespClient.connect(node.port());
  }

  private static String[] command(String line) {
    return line.split(" ");
  }

  private static List<WireReply> pipeline(RespClient client, String... lines) {
    List<String[]> commands = new ArrayList<>();
    for (String line : lines) {
      commands.add(command(line));
    }
    client.raw(RespClient.encode(commands));
    return client.read(commands.size());
  }

  private static String[] mget(String prefix, int n) {
    String[] command = new String[n + 1];
    command[0] = "MGET";
    for (int i = 0; i < n; i++) {
      command[i + 1] = prefix + i;
    }
    return command;
  }

  private static long sum(WireReply reply) {
    return reply.elements().stream().mapToLong(WireReply::number).sum();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 2", "5, 1", "5, 2"})
  void noUpdateIsLost(int shards, int loops) throws Exception {
    layout(shards, loops);
    await(
        clients(
            8,
            (client, number) -> {
              for (int round = 0; round < 20; round++) {
                String[] lines = new String[60];
                for (int i = 0; i < lines.length; i++) {
                  lines[i] = "INCR counter:" + i % 6;
                }
                pipeline(client, lines);
              }
            }));
    try (RespClient client = connect()) {
      WireReply counters = client.call(mget("counter:", 6));
      counters.elements().forEach(counter -> assertEquals(8 * 20 * 10, counter.number()));
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 2", "5, 1", "5, 2"})
  void readersSeeTheSumWhileMoneyMoves(int shards, int loops) throws Exception {
    int accounts = 20;
    layout(shards, loops);
    try (RespClient client = connect()) {
      for (int i = 0; i < accounts; i++) {
        client.expect('+', "SET", "account:" + i, "100");
      }
    }
    AtomicInteger committed = new AtomicInteger();
    List<Future<?>> writers =
        clients(
            6,
            (client, number) -> {
              Random random = new Random(SEED + number);
              for (int i = 0; i < 80; i++) {
                String from = "account:" + random.nextInt(accounts);
                String to = "account:" + random.nextInt(accounts);
                if (number % 2 == 0) {
                  transfer(client, from, to, random.nextInt(10));
                } else if (watchedTransfer(client, from, to, random.nextInt(10))) {
                  committed.incrementAndGet();
                }
              }
            });
    await(
        clients(
            2,
            (client, number) -> {
              do {
                assertEquals(100 * accounts, sum(client.call(mget("account:", accounts))));
                List<WireReply> replies =
                    pipeline(
                        client,
                        "MULTI",
                        String.join(" ", mget("account:", accounts / 2)),
                        String.join(" ", mget("account:", accounts)),
                        "EXEC");
                List<WireReply> both = replies.get(3).elements();
                assertEquals(
                    both.get(0).elements(), both.get(1).elements().subList(0, accounts / 2));
                assertEquals(100 * accounts, sum(both.get(1)));
              } while (!writers.stream().allMatch(Future::isDone));
            }));
    await(writers);
    assertTrue(committed.get() > 0, "no watched transfer ever succeeded");
    try (RespClient client = connect()) {
      assertEquals(100 * accounts, sum(client.call(mget("account:", accounts))));
    }
  }

  private static void transfer(RespClient client, String from, String to, int amount) {
    List<WireReply> replies =
        pipeline(
            client,
            "MULTI",
            "DECRBY " + from + " " + amount,
            "INCRBY " + to + " " + amount,
            "EXEC");
    assertEquals(2, replies.get(3).elements().size());
  }

  private static boolean watchedTransfer(RespClient client, String from, String to, int amount) {
    if (from.equals(to)) {
      return false;
    }
    List<WireReply> replies =
        pipeline(client, "WATCH " + from + " " + to, "GET " + from, "GET " + to);
    long source = replies.get(1).number() - amount;
    long target = replies.get(2).number() + amount;
    return !pipeline(
            client, "MULTI", "SET " + from + " " + source, "SET " + to + " " + target, "EXEC")
        .get(3)
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 2", "5, 2"})
  void anMsetIsSeenWholeOrNotAtAll(int shards, int loops) throws Exception {
    layout(shards, loops);
    List<Future<?>> writers =
        clients(
            3,
            (client, number) -> {
              for (int i = 0; i < 200; i++) {
                String[] command = new String[21];
                command[0] = "MSET";
                for (int key = 0; key < 10; key++) {
                  command[2 * key + 1] = "part:" + key;
                  command[2 * key + 2] = number + ":" + i;
                }
                client.expect('+', command);
              }
            });
    await(
        clients(
            2,
            (client, number) -> {
              do {
                Set<String> values = new HashSet<>(client.call(mget("part:", 10)).texts());
                assertEquals(1, values.size(), "torn: " + values);
              } while (!writers.stream().allMatch(Future::isDone));
            }));
    await(writers);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void ofRivalsForAWatchedKeyOneWins(int shards, int loops) throws Exception {
    int each = 40;
    layout(shards, loops);
    try (RespClient client = connect()) {
      client.expect('+', "MSET", "counter", "0", "elsewhere", "0");
    }
    await(
        clients(
            5,
            (client, number) -> {
              for (int won = 0; won < each; ) {
                List<WireReply> seen = pipeline(client, "WATCH counter elsewhere", "GET counter");
                long next = seen.get(1).number() + 1;
                WireReply done =
                    pipeline(client, "MULTI", "SET counter " + next, "INCR elsewhere", "EXEC")
                        .get(3);
                won += done.isNull() ? 0 : 1;
              }
            }));
    try (RespClient client = connect()) {
      assertEquals(
          List.of("" + 5 * each, "" + 5 * each),
          client.call("MGET", "counter", "elsewhere").texts());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "5, 2"})
  void aScanReturnsWhatStays(int shards, int loops) throws Exception {
    layout(shards, loops);
    Set<String> staying = new HashSet<>();
    try (RespClient client = connect()) {
      for (int i = 0; i < 500; i++) {
        client.expect('+', "SET", "stays:" + i, "v");
        staying.add("stays:" + i);
      }
    }
    List<Future<?>> scanners =
        clients(
            2,
            (client, number) -> {
              for (int i = 0; i < 3; i++) {
                Set<String> seen = scan(client, 7 + 20 * number);
                seen.retainAll(staying);
                assertEquals(staying.size(), seen.size());
              }
            });
    // Grows and shrinks the tables by a multiple of what stays.
    List<Future<?>> others =
        clients(
            2,
            (client, number) -> {
              for (boolean adds = true; !scanners.stream().allMatch(Future::isDone); adds = !adds) {
                String[] lines = new String[2000];
                for (int i = 0; i < lines.length; i++) {
                  String key = "comes:" + number + ":" + i;
                  lines[i] = adds ? "SET " + key + " v" : "DEL " + key;
                }
                pipeline(client, lines);
              }
            });
    await(scanners);
    await(others);
  }

  private static Set<String> scan(RespClient client, int count) {
    return new HashSet<>(client.walk("SCAN", "0", "COUNT", "" + count));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "2, 2", "5, 2"})
  void everyReplyGoesToItsRequest(int shards, int loops) throws Exception {
    layout(shards, loops);
    await(
        clients(
            8,
            (client, number) -> {
              Random random = new Random(SEED + number);
              String[] values = new String[10];
              Arrays.fill(values, "");
              for (int round = 0; round < 10; round++) {
                List<String[]> commands = new ArrayList<>();
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                  conversation(random, number, round * 1000 + i, values, commands, expected);
                }
                client.raw(RespClient.encode(commands));
                for (String reply : expected) {
                  assertEquals(reply, said(client.read()));
                }
              }
            }));
  }

  private static String said(WireReply reply) {
    return reply.elements().isEmpty()
        ? reply.isNull() ? "" : reply.text()
        : String.join(",", reply.elements().stream().map(IsolationTest::said).toList());
  }

  /** Adds a request on keys of the client's own, whose values it knows, and what to answer. */
  private static void conversation(
      Random random,
      int number,
      int serial,
      String[] values,
      List<String[]> commands,
      List<String> expected) {
    String prefix = "own:" + number + ":";
    int key = random.nextInt(values.length);
    String word = number + "-" + serial;
    switch (random.nextInt(7)) {
      case 0 -> {
        commands.add(new String[] {"PING", word});
        expected.add(word);
      }
      case 1, 2 -> {
        commands.add(new String[] {"SET", prefix + key, word});
        values[key] = word;
        expected.add("OK");
      }
      case 3, 4 -> {
        commands.add(new String[] {"GET", prefix + key});
        expected.add(values[key]);
      }
      case 5 -> {
        commands.add(mget(prefix, values.length));
        expected.add(String.join(",", values));
      }
      default -> {
        int other = random.nextInt(values.length);
        commands.add(new String[] {"MULTI"});
        commands.add(new String[] {"SET", prefix + key, word});
        commands.add(new String[] {"GET", prefix + other});
        commands.add(new String[] {"EXEC"});
        values[key] = word;
        expected.addAll(List.of("OK", "QUEUED", "QUEUED", "OK," + values[other]));
      }
    }
  }
}
