package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many wait, some of them die of it; nobody is passed over, and nothing is lost. */
class BlockedCrowdTest {
  private static final int CROWD = 1_000;

  /** {@code -Dtest.rounds=10000} for a longer run. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 2_000);

  static Stream<Layout> layouts() {
    return Stream.of(new Layout(2, 1, "core"), new Layout(5, 2, "core"));
  }

  private static void cut(RespClient client) {
    client.close();
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void firstComeFirstServed(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient main = RespClient.connect(node.port())) {
      List<RespClient> crowd = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        RespClient client = RespClient.connect(node.port());
        crowd.add(client);
        // Some wait for more than one key, and some have to put it elsewhere.
        switch (i % 3) {
          case 0 -> client.send("BLPOP", "queue", "0");
          case 1 -> client.send("BLPOP", "a", "b", "queue", "c", "0");
          default -> client.send("BLMOVE", "queue", "done", "LEFT", "RIGHT", "0");
        }
        // Its place in the queue is its place in the crowd.
        BlockingTest.awaitBlocked(main, i + 1);
      }
      for (int i = 0; i < CROWD; i += 10) {
        Stream<String> ten = IntStream.range(i, i + 10).mapToObj(Integer::toString);
        main.call(Stream.concat(Stream.of("RPUSH", "queue"), ten).toArray(String[]::new));
      }
      for (int i = 0; i < CROWD; i++) {
        WireReply reply = crowd.get(i).read();
        assertEquals("" + i, i % 3 == 2 ? reply.text() : reply.texts().get(1), "client " + i);
      }
      assertEquals(0, main.call("LLEN", "queue").number());
      assertEquals(CROWD / 3, main.call("LLEN", "done").number());
      BlockingTest.awaitBlocked(main, 0);
      crowd.forEach(RespClient::close);
    }
  }

  /**
   * Clients that move elements to another list are cut off at any moment: every element stays where
   * it was or is moved, once.
   */
  @ParameterizedTest
  @MethodSource("layouts")
  void nothingIsLostOrDoubledWhereClientsDieWhileBlocked(Layout layout) {
    Random random = Seed.random("dying clients");
    List<String> all = new ArrayList<>();
    try (TestNode node = TestNode.start(layout);
        RespClient main = RespClient.connect(node.port());
        RespClient killer = RespClient.connect(node.port());
        RespClient heir = RespClient.connect(node.port())) {
      for (int round = 0; round < ROUNDS; round++) {
        try (RespClient victim = RespClient.connect(node.port())) {
          String id = victim.call("CLIENT", "ID").text();
          victim.send("BLMOVE", "from", "to", "LEFT", "RIGHT", "0");
          if (random.nextBoolean()) {
            BlockingTest.awaitBlocked(main, 1);
          }
          heir.send("BLMOVE", "from", "to", "LEFT", "RIGHT", "0");
          if (random.nextBoolean()) {
            BlockingTest.awaitBlocked(main, 2);
          }
          main.send("RPUSH", "from", "x" + round);
          switch (random.nextInt(3)) {
            case 0 -> cut(victim);
            case 1 -> killer.call("CLIENT", "KILL", "ID", id);
            default -> killer.call("CLIENT", "UNBLOCK", id);
          }
          main.read();
          main.call("RPUSH", "from", "y" + round);
          // Of the two elements the survivor gets one.
          assertTrue(heir.read().text().endsWith("" + round));
        }
        BlockingTest.awaitBlocked(main, 0);
        WireReply left = main.call("LPOP", "from", "2");
        all.addAll(left.type() == '_' ? List.of() : left.texts());
      }
      all.addAll(main.call("LRANGE", "to", "0", "-1").texts());
      assertEquals(
          IntStream.range(0, ROUNDS)
              .boxed()
              .flatMap(i -> Stream.of("x" + i, "y" + i))
              .sorted()
              .toList(),
          all.stream().sorted().toList());
    }
  }

  /** What comes after a client is known to be dead goes to the next. */
  @ParameterizedTest
  @MethodSource("layouts")
  void theDeadAreGivenNothing(Layout layout) {
    try (TestNode node = TestNode.start(layout);
        RespClient main = RespClient.connect(node.port());
        RespClient heir = RespClient.connect(node.port())) {
      for (int round = 0; round < ROUNDS; round++) {
        try (RespClient victim = RespClient.connect(node.port())) {
          boolean kill = round % 2 == 0;
          String id = kill ? victim.call("CLIENT", "ID").text() : "";
          victim.send("BLPOP", "queue", "other", "0");
          BlockingTest.awaitBlocked(main, 1);
          heir.send("BLPOP", "queue", "0");
          BlockingTest.awaitBlocked(main, 2);
          if (kill) {
            main.expect(':', "CLIENT", "KILL", "ID", id);
          } else {
            cut(victim);
            BlockingTest.awaitBlocked(main, 1);
          }
          main.expect(':', "RPUSH", "queue", "" + round);
          assertEquals("" + round, heir.read().texts().get(1));
        }
        BlockingTest.awaitBlocked(main, 0);
      }
    }
  }
}
