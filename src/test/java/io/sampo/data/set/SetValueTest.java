package io.sampo.data.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.data.Limits;
import io.sampo.resp.Bytes;
import io.sampo.testkit.Seed;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A set value is a set in each of its forms. */
class SetValueTest {
  private final Limits limits = new Limits();

  @Test
  void behavesAsASet() {
    Random random = Seed.random("random sets");
    for (int round = 0; round < 60; round++) {
      SetValue set = new SetValue();
      Set<String> model = new HashSet<>();
      int range = 1 << random.nextInt(12);
      int words = random.nextInt(3);
      for (int i = 0; i < 2000; i++) {
        String member = member(random, range, words);
        byte[] m = Bytes.ascii(member);
        if (random.nextInt(3) > 0) {
          assertEquals(model.add(member), set.add(m, 0, m.length, limits));
        } else {
          assertEquals(model.remove(member), set.remove(m, 0, m.length));
        }
        assertEquals(model.size(), set.size());
        assertEquals(model.contains(member), set.has(m, 0, m.length));
      }
      assertEquals(model, members(set));
      assertEquals(model, members(set.copy()));
      assertTrue(set.heapBytes() < 40L * model.size() + 400, () -> set.heapBytes() + " bytes");
    }
  }

  private static String member(Random random, int range, int words) {
    long number = random.nextInt(range) - range / 2;
    return switch (words) {
      case 0 -> "" + number;
      case 1 -> "" + number * (1L << random.nextInt(40));
      default -> (random.nextInt(3) == 0 ? "m" : "") + number;
    };
  }

  private static Set<String> members(SetValue set) {
    Set<String> members = new HashSet<>();
    set.each((m, offset, length) -> members.add(text(m, offset, length)));
    return members;
  }

  private static String text(byte[] m, int offset, int length) {
    return Bytes.text(Arrays.copyOfRange(m, offset, offset + length));
  }

  @Test
  void whatSetsShareIsInAllOfThem() {
    Random random = Seed.random("random sets");
    for (int round = 0; round < 400; round++) {
      SetValue[] sets = new SetValue[1 + random.nextInt(4)];
      Set<String> shared = new HashSet<>();
      int words = random.nextInt(3);
      for (int i = 0; i < sets.length; i++) {
        int range = 1 << random.nextInt(12);
        sets[i] = new SetValue();
        for (int n = random.nextInt(600); n >= 0; n--) {
          byte[] m = Bytes.ascii(member(random, range, words));
          sets[i].add(m, 0, m.length, limits);
        }
      }
      Arrays.sort(sets, Comparator.comparingInt(SetValue::size));
      shared.addAll(members(sets[0]));
      for (SetValue set : sets) {
        shared.retainAll(members(set));
      }
      Set<String> visited = new HashSet<>();
      SetValue.eachShared(sets, (m, offset, length) -> visited.add(text(m, offset, length)));
      assertEquals(shared, visited);
    }
  }

  @Test
  void picksFairlyInEachForm() {
    for (String prefix : new String[] {"", "m", "x".repeat(70)}) {
      SetValue set = new SetValue();
      for (int i = 0; i < 100; i++) {
        byte[] m = Bytes.ascii(prefix + i);
        set.add(m, 0, m.length, limits);
      }
      Map<String, Integer> counts = new HashMap<>();
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < 100_000; i++) {
        counts.merge(Bytes.text(set.bytes(set.pick(random))), 1, Integer::sum);
      }
      // Chi-squared with 99 degrees of freedom is beyond 170 once in about 100,000 runs.
      double chi = counts.values().stream().mapToDouble(c -> (c - 1000) * (c - 1000)).sum() / 1000;
      assertEquals(100, counts.size());
      assertTrue(chi < 170, () -> "chi squared " + chi);
    }
  }

  @Test
  void howItBeginsDependsOnHowMuchIsToCome() {
    Limits limits = new Limits();
    limits.setMaxIntsetEntries = 3;
    limits.setMaxListpackEntries = 5;
    byte[] number = Bytes.ascii("12");
    byte[] word = Bytes.ascii("word");
    assertEquals("intset", SetValue.begun(number, 0, 2, 3, limits).encoding());
    assertEquals("listpack", SetValue.begun(number, 0, 2, 4, limits).encoding());
    assertEquals("hashtable", SetValue.begun(number, 0, 2, 6, limits).encoding());
    assertEquals("listpack", SetValue.begun(word, 0, 4, 1, limits).encoding());
    assertEquals("hashtable", SetValue.begun(word, 0, 4, 6, limits).encoding());
    SetValue set = SetValue.begun(number, 0, 2, 4, limits);
    assertTrue(set.add(number, 0, 2, limits) && !set.add(number, 0, 2, limits));
    assertTrue(set.add(word, 0, 4, limits) && set.has(number, 0, 2));
  }
}
