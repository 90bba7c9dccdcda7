package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.WireReply;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages under load: none is lost, none comes too early or twice, and nobody is held up. */
@Timeout(60)
class PubSubTest {
  private static final Layout TWO_LOOPS = new Layout(3, 2, "core");
  private static final int PUBLISHERS = 8;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    for (AutoCloseable each : open) {
      each.close();
    }
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  private TestNode start(Map<String, ?> directives) {
    TestNode node = TestNode.start(TWO_LOOPS, directives);
    open.add(node);
    return node;
  }

  private RespClient connect(TestNode node) {
    RespClient client = RespClient.connect(node.port());
    open.add(0, client);
    return client;
  }

  private RespClient listener(TestNode node, String... subscription) {
    RespClient client = connect(node);
    client.expect('*', subscription);
    return client;
  }

  /** Publishes numbers from 0 on to channel {@code c}, in pipelines; returns the receivers. */
  private long publish(TestNode node, int publisher, int messages) {
    RespClient client = RespClient.connect(node.port());
    long receivers = 0;
    for (int from = 0; from < messages; from += 50) {
      List<String[]> pipeline = new ArrayList<>();
      for (int i = from; i < from + 50; i++) {
        pipeline.add(new String[] {"PUBLISH", "c", publisher + ":" + i});
      }
      client.raw(RespClient.encode(pipeline));
      receivers += client.read(50).stream().mapToLong(WireReply::number).sum();
    }
    client.close();
    return receivers;
  }

  /** Reads so many messages of each publisher, which must come in their order. */
  private static void hear(RespClient client, int messages) {
    int[] next = new int[PUBLISHERS];
    for (int i = 0; i < PUBLISHERS * messages; i++) {
      List<String> words = client.read().texts();
      String[] text = words.get(words.size() - 1).split(":");
      int publisher = Integer.parseInt(text[0]);
      assertEquals(next[publisher]++, Integer.parseInt(text[1]), "of publisher " + publisher);
    }
  }

  private <T> List<Future<T>> each(int n, IntFunction<Callable<T>> task) {
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      futures.add(threads.submit(task.apply(i)));
    }
    return futures;
  }

  @Test
  void nothingIsLostOrReordered() throws Exception {
    TestNode node = start(Map.of());
    List<RespClient> listeners = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      listeners.add(listener(node, i % 2 == 0 ? "SUBSCRIBE" : "PSUBSCRIBE", "c"));
    }
    List<Future<Long>> heard =
        each(
            10,
            i ->
                () -> {
                  hear(listeners.get(i), 2_000);
                  return 0L;
                });
    for (Future<Long> receivers : each(PUBLISHERS, i -> () -> publish(node, i, 2_000))) {
      assertEquals(10 * 2_000, receivers.get());
    }
    for (Future<Long> each : heard) {
      each.get();
    }
  }

  @Test
  void aThousandSubscribers() throws Exception {
    TestNode node = start(Map.of());
    List<RespClient> listeners = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      listeners.add(listener(node, "SUBSCRIBE", "c"));
    }
    RespClient publisher = connect(node);
    for (int i = 0; i < 20; i++) {
      assertEquals(1_000, publisher.call("PUBLISH", "c", "" + i).number());
    }
    for (RespClient listener : listeners) {
      for (int i = 0; i < 20; i++) {
        assertEquals(List.of("message", "c", "" + i), listener.read().texts());
      }
    }
    assertEquals("1000", publisher.call("PUBSUB", "NUMSUB", "c").texts().get(1));
  }

  @Test
  void aConfirmationComesBeforeAnyMessageAndNoneAfterTheEnd() throws Exception {
    TestNode node = start(Map.of());
    List<Future<Long>> publishers = each(4, i -> () -> publish(node, i, 4_000));
    RespClient client = connect(node);
    while (!publishers.stream().allMatch(Future::isDone)) {
      WireReply first = client.call("SUBSCRIBE", "c");
      assertEquals(List.of("subscribe", "c", "1"), first.texts());
      client.send("UNSUBSCRIBE", "c");
      WireReply next = client.read();
      while (next.texts().get(0).equals("message")) {
        next = client.read();
      }
      assertEquals(List.of("unsubscribe", "c", "0"), next.texts());
      assertEquals("PONG", client.call("PING").text());
      // The same in a transaction.
      client.raw(
          RespClient.encode(
              List.of(
                  new String[] {"MULTI"},
                  new String[] {"SUBSCRIBE", "c"},
                  new String[] {"EXEC"},
                  new String[] {"UNSUBSCRIBE", "c"})));
      assertEquals(List.of("OK", "QUEUED"), client.read(2).stream().map(WireReply::text).toList());
      assertEquals("*[*[$subscribe, $c, :1]]", client.read().toString());
      for (next = client.read(); next.texts().get(0).equals("message"); next = client.read()) {
        continue;
      }
      assertEquals(List.of("unsubscribe", "c", "0"), next.texts());
    }
    for (Future<Long> each : publishers) {
      each.get();
    }
  }

  @Test
  void slowSubscribersAreCutOff() {
    TestNode node = start(Map.of("client-output-buffer-limit", "pubsub 1mb 0 0"));
    RespClient slow = listener(node, "SUBSCRIBE", "c");
    RespClient quick = listener(node, "SUBSCRIBE", "c");
    RespClient publisher = connect(node);
    String megabyte = "x".repeat(1 << 20);
    long receivers = 2;
    for (int i = 0; i < 100 && receivers == 2; i++) {
      receivers = publisher.call("PUBLISH", "c", megabyte.substring(100_000)).number();
      assertEquals("message", quick.read().texts().get(0));
    }
    assertEquals(1, receivers);
    assertThrows(UncheckedIOException.class, () -> sendUntilClosed(slow), "still open");
    assertTrue(
        publisher
            .call("INFO", "stats")
            .text()
            .contains("client_output_buffer_limit_disconnections:1\r\n"));
  }

  /** Only writing shows whether a connection is closed that has unread data. */
  private static void sendUntilClosed(RespClient client) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() < deadline) {
      client.send("PING");
      Thread.onSpinWait();
    }
  }

  @Test
  void disconnectsInMidPublish() throws Exception {
    TestNode node = start(Map.of());
    RespClient steady = listener(node, "SUBSCRIBE", "c");
    List<Future<Long>> publishers = each(PUBLISHERS, i -> () -> publish(node, i, 2_000));
    Future<Boolean> heard =
        threads.submit(
            () -> {
              hear(steady, 2_000);
              return true;
            });
    while (!publishers.stream().allMatch(Future::isDone)) {
      try (RespClient passing = RespClient.connect(node.port())) {
        passing.expect('*', "SUBSCRIBE", "c");
        passing.expect('*', "PSUBSCRIBE", "*");
      }
    }
    assertTrue(heard.get());
    RespClient asking = connect(node);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!asking.call("PUBSUB", "NUMSUB", "c").texts().get(1).equals("1")
        || asking.call("PUBSUB", "NUMPAT").number() > 0) {
      assertTrue(System.nanoTime() < deadline, "subscriptions outlive their connections");
    }
  }
}
