package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.KeyHash;
import io.sampo.data.Pages;
import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Segments that come, go and change their lengths keep their entries, in little more room. */
final class SpansTest {
  private static final int ENTRIES = 5;
  private static final int SEGMENT_BYTES = 56;
  private static final int MANY = 2_000;

  private final Random random = Seed.random("spans");
  private final Spans spans = new Spans();
  private final long empty = spans.bytes();
  private final List<Segment> segments = new ArrayList<>();

  /** The addresses by segment; those of the hashes {@code i << 29} are its own. */
  private final Map<Segment, int[]> entries = new HashMap<>();

  private int addresses;

  private static long hash(int i) {
    return (long) i << KeyHash.BITS - 3;
  }

  private Segment add(int length) {
    Segment segment = Segment.only(spans);
    if (length > segment.length()) {
      segment.resize(length, spans);
    }
    int[] its = new int[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      its[i] = ++addresses;
      assertTrue(segment.insert(hash(i), its[i]));
    }
    segments.add(segment);
    entries.put(segment, its);
    return segment;
  }

  private void remove(int i) {
    Segment segment = segments.get(i);
    segments.set(i, segments.get(segments.size() - 1));
    segments.remove(segments.size() - 1);
    entries.remove(segment);
    spans.leave(segment);
  }

  private static int anyLength(Random random) {
    return Spans.fitting(Segment.MIN_LENGTH + random.nextInt(1_500));
  }

  /** Looks at all entries, at where they lie, and at the accounting. */
  private void check() {
    Map<byte[], boolean[]> taken = new IdentityHashMap<>();
    long arrays = 0;
    long used = 0;
    for (Segment segment : segments) {
      int[] its = entries.get(segment);
      for (int i = 0; i < ENTRIES; i++) {
        assertTrue(segment.find(hash(i), its[i]) >= 0);
      }
      assertEquals(ENTRIES, segment.size());
      boolean[] slots = taken.get(segment.array);
      if (slots == null) {
        slots = new boolean[segment.array.length / Segment.SLOT_BYTES];
        taken.put(segment.array, slots);
        arrays += segment.array.length + 16;
      }
      int count = 0;
      for (int i = 0; i < segment.length(); i++) {
        int at = segment.base / Segment.SLOT_BYTES + i;
        assertTrue(!slots[at], "two segments in one place");
        slots[at] = true;
        count += segment.address(i) == Arena.NONE ? 0 : 1;
      }
      assertEquals(ENTRIES, count);
      used += segment.length() * (long) Segment.SLOT_BYTES;
    }
    long counted = spans.bytes() - empty - segments.size() * (long) SEGMENT_BYTES;
    assertTrue(counted >= arrays, counted + " bytes counted of " + arrays);
    // A reference to each place, and what there is about an array.
    assertTrue(counted <= arrays * 1.05 + 64 * taken.size(), counted + " counted, " + arrays);
    assertTrue(used <= arrays);
  }

  private long used() {
    return segments.stream().mapToLong(s -> (long) s.length() * Segment.SLOT_BYTES).sum();
  }

  @Test
  void randomUse() {
    for (int phase = 0; phase < 8; phase++) {
      int most = random.nextInt(1 << 4 + random.nextInt(8));
      int steps = 1_500;
      for (int i = 0; i < steps; i++) {
        if (segments.isEmpty() || segments.size() < most && random.nextBoolean()) {
          add(anyLength(random));
        } else if (segments.size() > most && random.nextBoolean()) {
          remove(random.nextInt(segments.size()));
        } else {
          segments.get(random.nextInt(segments.size())).resize(anyLength(random), spans);
        }
        if (i % 100 == 0) {
          check();
        }
      }
    }
    while (!segments.isEmpty()) {
      remove(random.nextInt(segments.size()));
    }
    assertEquals(empty, spans.bytes());
  }

  @Test
  void segmentsThatAllGrowLeaveNoGaps() {
    int length = Spans.fitting(500);
    for (int i = 0; i < MANY; i++) {
      add(length);
    }
    while (length < Segment.MAX_LENGTH) {
      length = Segment.grown(length);
      Collections.shuffle(segments, random);
      for (Segment segment : segments) {
        segment.resize(length, spans);
        long unused = spans.bytes() - empty - MANY * (long) SEGMENT_BYTES - used();
        // The last array of either length, and the ends of all.
        assertTrue(unused < 2 * Pages.BYTES + used() / 50, unused + " bytes are unused");
      }
      check();
    }
  }

  @Test
  void littleIsUnusedWhereThereIsLittle() {
    for (int i = 0; i < MANY; i++) {
      add(Spans.fitting(500 + random.nextInt(400)));
    }
    Collections.shuffle(segments, random);
    while (segments.size() > 1) {
      remove(segments.size() - 1);
      long bytes = spans.bytes() - empty;
      assertTrue(bytes < 6 * used() + 200_000, bytes + " for " + used());
    }
    check();
  }

  @Test
  void pagesThatAreFreeAreGivenBack() {
    Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < MANY; i++) {
      arrays.add(add(Segment.MAX_LENGTH).array);
    }
    List<byte[]> pages = arrays.stream().filter(a -> a.length == Pages.BYTES).toList();
    assertTrue(pages.size() > MANY / 100, pages.size() + " pages");
    // The pages that have been begun first are left last.
    while (segments.size() > MANY / 2) {
      remove(segments.size() - 1);
    }
    byte[] page = Pages.take();
    assertTrue(arrays.remove(page));
    assertTrue(segments.stream().noneMatch(s -> s.array == page));
    check();
    spans.release();
    assertTrue(arrays.remove(Pages.take()));
  }
}
