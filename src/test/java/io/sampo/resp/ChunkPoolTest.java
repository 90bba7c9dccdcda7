package io.sampo.resp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
  private final SplittableRandom random = new SplittableRandom(7);

  private ByteBuffer bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void aChunkHoldsWhatWasReadWhateverItsLength() {
    ChunkPool pool = new ChunkPool(1 << 20);
    for (int length = 0; length <= 1 << 16; length += 1 + length / 7) {
      ByteBuffer read = bytes(length);
      Chunk chunk = pool.copy(read.duplicate());
      assertEquals(length, chunk.length());
      assertArrayEquals(read.array(), chunk.bytes());
      chunk.free();
    }
    assertEquals(1 << 16, pool.copy(bytes(1 << 16)).length());
  }

  @Test
  void anArrayIsUsedAgainOnceItIsFree() {
    ChunkPool pool = new ChunkPool(1 << 20);
    Chunk first = pool.copy(bytes(1000));
    Chunk second = pool.copy(bytes(1000));
    assertNotSame(first.array(), second.array());
    byte[] array = first.array();
    first.free();
    assertSame(array, pool.copy(bytes(600)).array());
    assertNotSame(array, pool.copy(bytes(1000)).array());
  }

  @Test
  void noMoreIsKeptThanThePoolMay() {
    ChunkPool pool = new ChunkPool(1500);
    Chunk first = pool.copy(bytes(1024));
    Chunk second = pool.copy(bytes(1024));
    first.free();
    second.free();
    assertSame(first, pool.copy(bytes(1024)));
    assertNotSame(second, pool.copy(bytes(1024)));
  }

  @Test
  void whatIsFreeIsSpoiltWhereAssertionsAre() {
    Chunk chunk = new ChunkPool(1 << 20).copy(bytes(300));
    chunk.free();
    byte[] spoilt = new byte[512];
    Arrays.fill(spoilt, (byte) 0xdb);
    assertArrayEquals(spoilt, chunk.array());
  }

  @Test
  void nobodyGivesAnArrayBackTwice() {
    Chunk chunk = new ChunkPool(0).copy(bytes(1));
    chunk.free();
    assertThrows(IllegalStateException.class, chunk::free);
  }
}
