package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.journal.Journal;
import io.sampo.replication.Backlog.Cursor;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BacklogTest {
  private final Journal journal = new Journal();
  private final Backlog backlog = new Backlog(journal, 200_000);
  private final Random random = new Random(7);

  @Test
  void keepsNothingUntilItIsOpened() {
    assertFalse(backlog.isOpen());
    write(10);
    assertEquals(0, journal.offset());
    assertTrue(backlog.from(0).isEmpty());
    backlog.open();
    write(10);
    assertEquals(10, backlog.length());
    backlog.close();
    assertTrue(backlog.from(10).isEmpty());
    assertEquals(0, backlog.length());
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    backlog.open();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Cursor early = backlog.tail();
    for (int i = 0; i < 40; i++) {
      written.writeBytes(write(random.nextInt(5000)));
    }
    Cursor middle = backlog.from(33_333).orElseThrow();
    assertEquals(33_333, middle.offset());
    // Larger than any block.
    written.writeBytes(write(150_000));
    byte[] all = written.toByteArray();
    assertArrayEquals(all, drain(early));
    byte[] rest = drain(middle);
    assertArrayEquals(Arrays.copyOfRange(all, 33_333, all.length), rest);
    assertEquals(journal.offset(), middle.offset());
  }

  @Test
  void blocksAreUsedAgainButNotWhileAReaderIsToComeToThem() {
    backlog.open();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    Cursor slow = backlog.tail();
    Cursor other = backlog.tail();
    for (int round = 0; round < 200; round++) {
      written.writeBytes(write(random.nextInt(100_000)));
      drain(other);
      if (round % 50 == 49) {
        read.writeBytes(drain(slow));
        other = slow.copy();
      } else {
        ByteString some = slow.next(random.nextInt(50_000));
        read.writeBytes(some.toArray());
      }
    }
    assertArrayEquals(written.toByteArray(), read.toByteArray());
  }

  @Test
  void theOldestGoesButNotFromUnderAReader() {
    backlog.open();
    Cursor slow = backlog.tail();
    byte[] begin = write(1000);
    for (int i = 0; i < 100; i++) {
      write(10_000);
    }
    assertTrue(backlog.length() >= backlog.size(), "too little is kept");
    assertTrue(backlog.length() < backlog.size() + 200_000, "too much is kept");
    assertTrue(backlog.from(0).isEmpty());
    assertTrue(backlog.from(backlog.start()).isPresent());
    assertTrue(backlog.from(backlog.start() - 1).isEmpty());
    assertTrue(backlog.from(journal.offset()).isPresent());
    assertTrue(backlog.from(journal.offset() + 1).isEmpty());
    byte[] all = drain(slow);
    assertEquals(journal.offset(), all.length);
    assertArrayEquals(begin, Arrays.copyOf(all, 1000));
  }

  @Test
  void startsAnewWithAnotherHistory() {
    backlog.open();
    write(1000);
    journal.restart(5_000_000_000L);
    assertEquals(5_000_000_000L, journal.offset());
    assertTrue(backlog.from(1000).isEmpty());
    byte[] written = write(10);
    assertArrayEquals(written, drain(backlog.from(5_000_000_000L).orElseThrow()));
  }

  @Test
  void wakesOncePerDraining() {
    AtomicInteger woken = new AtomicInteger();
    backlog.open();
    backlog.add(follower(woken::incrementAndGet));
    Cursor cursor = backlog.tail();
    write(10);
    assertEquals(0, woken.get(), "nobody has drained it");
    drain(cursor);
    write(10);
    write(10);
    assertEquals(1, woken.get());
    drain(cursor);
    write(10);
    assertEquals(2, woken.get());
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void readersOnOtherThreadsMissNothing() throws InterruptedException {
    backlog.open();
    int readers = 3;
    long end = 8_000_000;
    CountDownLatch ended = new CountDownLatch(readers);
    List<Long> wrong = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < readers; i++) {
      Cursor cursor = backlog.tail();
      Semaphore woken = new Semaphore(0);
      backlog.add(follower(woken::release));
      new Thread(() -> follow(cursor, woken, end, wrong, ended)).start();
    }
    while (journal.offset() < end) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = expected(journal.offset() + i);
      }
      journal.signal(bytes);
    }
    ended.await();
    assertEquals(List.of(), wrong);
  }

  private static void follow(
      Cursor cursor, Semaphore woken, long end, List<Long> wrong, CountDownLatch ended) {
    try {
      while (cursor.offset() < end) {
        long at = cursor.offset();
        ByteString piece = cursor.next(50_000);
        for (int i = 0; i < piece.length(); i++) {
          if (piece.apply(i) != expected(at + i)) {
            wrong.add(at + i);
          }
        }
        if (piece.isEmpty() && !woken.tryAcquire(20, TimeUnit.SECONDS)) {
          wrong.add(-1L);
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  private static Backlog.Follower follower(Runnable more) {
    return new Backlog.Follower() {
      @Override
      public void more() {
        more.run();
      }

      @Override
      public void grown() {}
    };
  }

  private static byte expected(long offset) {
    return (byte) (offset * 31 >> 3);
  }

  private byte[] write(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    journal.signal(bytes);
    return bytes;
  }

  private static byte[] drain(Cursor cursor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteString piece = cursor.next(50_000); piece.nonEmpty(); piece = cursor.next(50_000)) {
      out.writeBytes(piece.toArray());
    }
    return out.toByteArray();
  }
}
