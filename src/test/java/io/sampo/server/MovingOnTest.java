package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who waits to move an element to another shard is served before the push that brings it is
 * answered, and nobody sees the element where it does not stay.
 */
class MovingOnTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 25);

  /** On different shards, whether there are two, three or five. */
  private static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f");

  @AgainstRedis({@On(shards = 2), @On(shards = 2, loops = 2), @On(shards = 5, loops = 2)})
  void randomWaitersAreServedBeforeTheReply(Differential pair) {
    Random random = Seed.random("waiters and pushes");
    for (int round = 0; round < ROUNDS; round++) {
      int waiters = 1 + random.nextInt(5);
      List<Differential> waiting = new ArrayList<>();
      for (int i = 1; i <= waiters; i++) {
        Differential other = pair.another();
        String[] request = waiter(random).split(" ");
        other.sampo().send(request);
        other.redis().send(request);
        BlockingTest.awaitBlocked(pair.sampo(), i);
        BlockingTest.awaitBlocked(pair.redis(), i);
        waiting.add(other);
      }
      for (int i = 0; i < 4; i++) {
        pair.samePipelined(split(pushes(random)));
        pair.samePipelined(looks());
      }
      for (String key : KEYS) {
        pair.say("RPUSH " + key + " 1 2 3 4 5 6 7 8 9 10");
        pair.samePipelined(looks());
      }
      for (Differential other : waiting) {
        other.sameNext();
        other.close();
      }
      pair.say("FLUSHALL");
    }
  }

  private static String key(Random random) {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  private static String waiter(Random random) {
    String from = key(random);
    return switch (random.nextInt(8)) {
      case 0 -> "BLPOP " + from + " " + key(random) + " 0";
      case 1 -> "BLMPOP 0 2 " + from + " " + key(random) + " RIGHT COUNT 2";
      case 2, 3 -> "BRPOPLPUSH " + from + " " + key(random) + " 0";
      default -> "BLMOVE " + from + " " + key(random) + " LEFT RIGHT 0";
    };
  }

  private static List<String> pushes(Random random) {
    String key = key(random);
    String push = (random.nextBoolean() ? "RPUSH " : "LPUSH ") + key + " x y";
    return switch (random.nextInt(6)) {
      case 0 -> List.of("MULTI", push, "RPUSH " + key(random) + " z", "EXEC");
      case 1 -> List.of("RPUSH g " + random.nextInt(100), "RENAME g " + key);
      case 2 -> List.of("RPUSH g " + random.nextInt(100), "LMOVE g " + key + " LEFT LEFT");
      case 3 -> List.of("MULTI", push, "LPOP " + key, "EXEC");
      case 4 -> List.of(push, push, "LPOP " + key);
      default -> List.of(push);
    };
  }

  private static List<String[]> split(List<String> requests) {
    return requests.stream().map(request -> request.split(" ")).toList();
  }

  /** What is left everywhere. */
  private static List<String[]> looks() {
    return KEYS.stream().map(key -> new String[] {"LRANGE", key, "0", "-1"}).toList();
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 2", "5, 2"})
  void nobodySeesAnElementOnItsWay(int shards, int loops) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (TestNode node = TestNode.start(new Layout(shards, loops, "core"));
        RespClient pusher = RespClient.connect(node.port());
        RespClient onward = RespClient.connect(node.port());
        RespClient mover = RespClient.connect(node.port())) {
      AtomicBoolean over = new AtomicBoolean();
      List<Future<Integer>> observers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        observers.add(threads.submit(() -> seen(node, over)));
      }
      for (int i = 1; i <= 300; i++) {
        // From a to b to c, each moved by another client.
        mover.send("BLMOVE", "a", "b", "LEFT", "LEFT", "0");
        onward.send("BLMOVE", "b", "c", "LEFT", "RIGHT", "0");
        BlockingTest.awaitBlocked(pusher, 2);
        String element = Integer.toString(i);
        String[] push = {"RPUSH", "a", element};
        if (i % 3 == 0) {
          pusher.raw(
              RespClient.encode(
                  List.of(new String[] {"MULTI"}, push, new String[] {"EXEC"}, counting())));
          pusher.read(2);
          assertEquals(List.of("1"), pusher.read().texts());
        } else {
          pusher.raw(
              RespClient.encode(List.of(new String[] {"SET", "other", "x"}, push, counting())));
          pusher.read();
          assertEquals("1", pusher.read().text());
        }
        assertEquals("1", pusher.read().text());
        assertEquals(element, mover.read().text());
        assertEquals(element, onward.read().text());
      }
      over.set(true);
      for (Future<Integer> observer : observers) {
        assertTrue(observer.get(20, TimeUnit.SECONDS) > 0);
      }
      assertEquals("300", pusher.call("LLEN", "c").text());
    } finally {
      threads.shutdownNow();
    }
  }

  private static String[] counting() {
    return new String[] {"EXISTS", "a", "b", "c"};
  }

  /** Looks again and again for what must not be seen; returns how often it did. */
  private static int seen(TestNode node, AtomicBoolean over) {
    int looks = 0;
    try (RespClient observer = RespClient.connect(node.port())) {
      for (; !over.get(); looks++) {
        WireReply reply = observer.call("EXISTS", looks % 2 == 0 ? "a" : "b");
        assertEquals("0", reply.text());
      }
    }
    return looks;
  }
}
