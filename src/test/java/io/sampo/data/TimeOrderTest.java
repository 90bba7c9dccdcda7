package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Seed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The earliest is always the first. */
class TimeOrderTest {
  @Test
  void theOrderIsOneOfTime() {
    TimeOrder order = new TimeOrder();
    Random random = Seed.random("times");
    Map<Long, Long> left = new HashMap<>();
    long number = 0;
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 400; i++) {
        long time = random.nextInt(1_000);
        order.add(time, number);
        left.put(number++, time);
      }
      for (int i = 0; i < 100; i++) {
        int place = random.nextInt(order.size());
        assertEquals(left.get(order.number(place)), order.time(place));
        left.remove(order.number(place));
        order.remove(place);
      }
      for (int i = 0; i < (round < 30 ? 100 : 300) && order.size() > 0; i++) {
        long first = left.values().stream().mapToLong(Long::longValue).min().orElseThrow();
        assertEquals(first, order.time(0));
        if (i % 2 == 0) {
          left.remove(order.number(0));
          order.remove(0);
        } else {
          long later = first + random.nextInt(500);
          left.put(order.number(0), later);
          order.replace(0, later, order.number(0));
        }
      }
    }
    assertEquals(left.size(), order.size());
    List<Long> times = left.values().stream().sorted().toList();
    for (Long time : times) {
      assertEquals(time, order.time(0));
      order.remove(0);
    }
  }
}
