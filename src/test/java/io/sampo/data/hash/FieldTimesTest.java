package io.sampo.data.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times that are given to fields again and again, beside a map of them. */
class FieldTimesTest {
  private final Map<String, Long> model = new HashMap<>();
  private final Random random = Seed.random("times of fields against a map");
  private FieldTimes times = new FieldTimes();
  private long now = 1_000_000;

  @ParameterizedTest
  @ValueSource(ints = {60, 300, 20_000})
  void areKeptHoweverOftenTheyChange(int fields) {
    int most = 0;
    for (int i = 0; i < 10 * fields; i++) {
      set("field" + (i < fields ? i : random.nextInt(fields)));
      if (random.nextInt(5) == 0) {
        remove("field" + random.nextInt(fields));
      }
      if (random.nextInt(fields) == 0) {
        times = times.copy();
      }
      if (random.nextInt(fields) == 0) {
        now += random.nextInt(2000);
        expire();
      }
      most = Math.max(most, (int) (times.heapBytes() / fields));
      assertEquals(model.size(), times.size());
    }
    now += 1_000_000;
    expire();
    assertEquals(0, times.size());
    // A field, its time and 4.5 entries in orders: two and a bit in the old, and the new one's.
    assertTrue(most < 180, most + " bytes a field");
  }

  private void set(String field) {
    // Some have one of a few times to and fro.
    long when = now + (random.nextBoolean() ? random.nextInt(3) : random.nextInt(10_000));
    byte[] f = Bytes.ascii(field);
    times.set(f, 0, f.length, when);
    model.put(field, when);
    assertEquals(when, times.get(f, 0, f.length));
  }

  private void remove(String field) {
    byte[] f = Bytes.ascii(field);
    assertEquals(model.remove(field) != null, times.remove(f, 0, f.length));
  }

  private void expire() {
    Set<String> over =
        model.entrySet().stream()
            .filter(entry -> entry.getValue() <= now)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    assertEquals(over.size(), times.countOver(now));
    Set<String> found = new HashSet<>();
    while (times.next() <= now) {
      times.over(now, 50).forEach(field -> assertTrue(found.add(Bytes.text(field))));
    }
    assertEquals(over, found);
    model.keySet().removeAll(over);
  }
}
