package io.sampo.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlotTest {
  /** Known answers: the CRC's check value, and slots that CLUSTER KEYSLOT gives. */
  @Test
  void knownSlots() {
    assertEquals(0x31c3 % Slot.COUNT, slot("123456789"));
    assertEquals(12182, slot("foo"));
    assertEquals(5061, slot("bar"));
    assertEquals(0, slot(""));
  }

  @Test
  void onlyTheTagCounts() {
    assertEquals(slot("user1000"), slot("{user1000}.following"));
    assertEquals(slot("user1000"), slot("a long prefix {user1000}.followers"));
    assertEquals(slot("bar"), slot("foo{bar}{zap}"));
    assertEquals(slot("{bar"), slot("foo{{bar}}zap"));
  }

  @Test
  void anEmptyOrOpenTagDoesNot() {
    assertEquals(bitwise("foo{}{bar}"), slot("foo{}{bar}"));
    assertEquals(bitwise("foo{bar"), slot("foo{bar"));
    assertEquals(bitwise("foo}bar{"), slot("foo}bar{"));
  }

  @Test
  void agreesWithTheDefinitionAtEveryLength() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      byte[] key = new byte[random.nextInt(70)];
      random.nextBytes(key);
      for (int j = 0; j < key.length; j++) {
        key[j] = key[j] == '{' ? (byte) '(' : key[j];
      }
      assertEquals(bitwise(Bytes.text(key)), slot(Bytes.text(key)));
    }
  }

  @Test
  void shardsCutTheSlotsEvenly() {
    int[] counts = new int[5];
    for (int i = 0; i < 100_000; i++) {
      byte[] key = Bytes.ascii("key:" + i);
      counts[Slot.shard(key, 0, key.length, 5)]++;
    }
    for (int count : counts) {
      assertTrue(count > 18_000 && count < 22_000, "uneven: " + count);
    }
  }

  private static int slot(String key) {
    byte[] bytes = Bytes.ascii("--" + key + "}");
    return Slot.of(bytes, 2, key.length());
  }

  private static int bitwise(String key) {
    int crc = 0;
    for (byte b : Bytes.ascii(key)) {
      crc ^= (b & 0xff) << 8;
      for (int i = 0; i < 8; i++) {
        crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
      }
    }
    return crc & 0x3fff;
  }
}
