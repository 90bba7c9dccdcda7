package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.sampo.server.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a save begins by itself. */
final class SavesTest {
  private static final int ROUNDS = 500;

  private final Settings settings =
      Settings.from(ConfigFactory.parseString("sampo { save = \"1 3\" }"));

  @Test
  void ofTwoWhoSeeThatItIsTimeOneBegins() throws Exception {
    ExecutorService both = Executors.newFixedThreadPool(2);
    try {
      for (int i = 0; i < ROUNDS; i++) {
        AtomicLong now = new AtomicLong();
        AtomicInteger begun = new AtomicInteger();
        Saves saves =
            new Saves(settings, sink -> begun.incrementAndGet(), now::get, () -> 3, Map::of);
        now.set(TimeUnit.SECONDS.toMillis(2));
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<Integer> tending =
            () -> {
              int place = start.await();
              saves.tend();
              return place;
            };
        for (Future<Integer> done : both.invokeAll(List.of(tending, tending))) {
          done.get(10, TimeUnit.SECONDS);
        }
        assertEquals(1, begun.get());
      }
    } finally {
      both.shutdown();
    }
  }
}
