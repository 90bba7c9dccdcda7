package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sampo.resp.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is appended is in the file, in order, and as safe as the policy has it. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AofWriterTest {
  private static final byte[] LINE = Bytes.ascii("*1\r\n$4\r\nPING\r\n");

  @TempDir Path directory;
  private final AtomicLong safe = new AtomicLong();
  private final AtomicBoolean suspended = new AtomicBoolean();
  private final AofWriter.Options options =
      new AofWriter.Options(
          new AofWriter.Observer() {
            @Override
            public void advanced(long offset, long synced) {
              safe.set(offset);
            }

            @Override
            public void lost(IOException why) {
              throw new AssertionError(why);
            }
          },
          suspended::get,
          () -> 1_700_000_000_500L);

  private AofWriter start(Path file, AofWriter.Fsync fsync) throws IOException {
    return AofWriter.start(AofIncrement.open(file), 0, fsync, options);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static boolean sleeps() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(t -> t.getName().equals("sampo-aof") && t.getState() == Thread.State.WAITING);
  }

  private void append(AofWriter writer, long from, int count) {
    for (int i = 0; i < count; i++) {
      writer.append(from + (long) i * LINE.length, LINE, 0, LINE.length);
    }
    writer.wake();
  }

  @Test
  void withAlwaysSafeMeansForced() throws Exception {
    Path file = directory.resolve("always");
    AofWriter writer = start(file, AofWriter.Fsync.ALWAYS);
    append(writer, 0, 1000);
    long all = 1000L * LINE.length;
    await(() -> safe.get() == all);
    assertEquals(all, writer.synced());
    assertEquals(all, Files.size(file));
    suspended.set(true);
    append(writer, all, 1);
    await(() -> safe.get() == all + LINE.length);
    assertEquals(all, writer.synced());
    suspended.set(false);
    await(() -> writer.synced() == all + LINE.length);
    writer.close();
  }

  /** Without the writer's thread nothing is safe any more, and nobody would be told. */
  @Test
  void whenItsThreadDiesThatIsALoss() throws Exception {
    AtomicReference<IOException> lost = new AtomicReference<>();
    AofWriter.Observer dying =
        new AofWriter.Observer() {
          @Override
          public void advanced(long offset, long synced) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void lost(IOException why) {
            lost.set(why);
          }
        };
    AofWriter writer =
        AofWriter.start(
            AofIncrement.open(directory.resolve("dying")),
            0,
            AofWriter.Fsync.ALWAYS,
            new AofWriter.Options(dying, suspended::get, () -> 0));
    append(writer, 0, 1);
    await(() -> lost.get() != null);
    assertEquals("on purpose", lost.get().getCause().getMessage());
  }

  @Test
  void everySecondIsForcedWithoutFurtherAppends() throws Exception {
    Path file = directory.resolve("everysec");
    AofWriter writer = start(file, AofWriter.Fsync.EVERYSEC);
    append(writer, 0, 3);
    await(() -> writer.synced() == 3L * LINE.length);
    assertEquals(0, writer.pending());
    append(writer, 3L * LINE.length, 1);
    writer.close();
    assertEquals(4L * LINE.length, writer.synced());
    assertEquals(4L * LINE.length, Files.size(file));
  }

  /** Where the file says that it ends, in the stream of which it is a part. */
  private static String end(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      AofReader reader = new AofReader(file.toString(), in, 0, Files.size(file));
      while (reader.next().length > 0) {
        assertFalse(reader.isTorn());
      }
      return reader.place().orElseThrow();
    }
  }

  @Test
  void whatIsNotOfTheStreamDoesNotCountInIt() throws Exception {
    byte[] select = Bytes.ascii("*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n");
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    AofWriter writer = start(first, AofWriter.Fsync.NO);
    writer.places(() -> "name");
    writer.head(select);
    append(writer, 0, 3);
    writer.continueIn(AofIncrement.open(second), select);
    append(writer, 3L * LINE.length, 2);
    writer.close();
    assertEquals("name:" + 3 * LINE.length, end(first));
    assertEquals("name:" + 5 * LINE.length, end(second));
  }

  @Test
  void whatIsMarkedIsNotedWithoutWaitingForMore() throws Exception {
    Path file = directory.resolve("marked");
    AofWriter writer = start(file, AofWriter.Fsync.ALWAYS);
    AtomicReference<String> name = new AtomicReference<>("one");
    writer.places(name::get);
    append(writer, 0, 2);
    await(() -> writer.synced() == 2L * LINE.length);
    name.set("two");
    writer.mark();
    await(writer::isMarked);
    assertEquals("two:" + 2 * LINE.length, end(file));
    long length = Files.size(file);
    writer.mark();
    append(writer, 2L * LINE.length, 1);
    await(() -> writer.synced() == 3L * LINE.length);
    assertEquals("two:" + 3 * LINE.length, end(file));
    assertEquals(length + LINE.length, Files.size(file));
    writer.close();
  }

  @Test
  void whoeverAppendsMayWriteItThrough() throws Exception {
    Path file = directory.resolve("through");
    AofWriter writer = start(file, AofWriter.Fsync.EVERYSEC);
    int length = LINE.length;
    int i = 0;
    // Now and then an fsync is going on, and then it takes a moment longer.
    for (long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2500);
        System.nanoTime() < until;
        i++) {
      writer.append((long) i * length, LINE, 0, LINE.length);
      while (!writer.writeThrough()) {
        Thread.onSpinWait();
      }
      assertEquals((i + 1L) * length, Files.size(file));
    }
    assertTrue(writer.synced() > 0);
    writer.close();
    assertEquals((long) i * length, writer.synced());
    assertTrue(writer.writeThrough());
  }

  @Test
  void withAlwaysNothingIsWrittenThrough() throws Exception {
    Path file = directory.resolve("always");
    AofWriter writer = start(file, AofWriter.Fsync.ALWAYS);
    // What its thread finds before it sleeps for the first time it writes.
    await(AofWriterTest::sleeps);
    writer.append(0, LINE, 0, LINE.length);
    assertTrue(writer.writeThrough());
    assertEquals(0, writer.written());
    writer.close();
  }

  @Test
  void anotherFileTakesOverAtItsOffset() throws Exception {
    Path first = directory.resolve("first");
    Path second = directory.resolve("second");
    AofWriter writer = start(first, AofWriter.Fsync.NO);
    append(writer, 0, 500);
    writer.continueIn(AofIncrement.open(second), Bytes.ascii("HEAD"));
    append(writer, 500L * LINE.length, 20);
    await(() -> writer.written() == 520L * LINE.length);
    assertEquals(500L * LINE.length, Files.size(first));
    assertEquals(500L * LINE.length, writer.synced());
    assertEquals(20L * LINE.length + 4, writer.size());
    writer.close();
    assertTrue(Files.readString(second).startsWith("HEAD*1"));
  }

  @Test
  void whatNeedNotBeKeptIsCounted() throws Exception {
    Path file = directory.resolve("skipping");
    AofWriter writer = start(file, AofWriter.Fsync.ALWAYS);
    writer.skip(0, 100);
    await(() -> safe.get() == 100);
    append(writer, 100, 2);
    writer.skip(100 + 2L * LINE.length, 7);
    await(() -> safe.get() == 107 + 2L * LINE.length);
    writer.restart(10);
    await(() -> writer.synced() == 10);
    append(writer, 10, 1);
    await(() -> safe.get() == 10 + LINE.length);
    assertEquals(3L * LINE.length, Files.size(file));
    writer.close();
  }

  @Test
  void theTimeIsNotedOnceASecond() throws Exception {
    Path file = directory.resolve("stamped");
    AofWriter writer = start(file, AofWriter.Fsync.NO);
    writer.stamps(true);
    append(writer, 0, 2);
    writer.close();
    assertEquals("#TS:1700000000\r\n" + Bytes.text(LINE).repeat(2), Files.readString(file));
  }

  @Test
  void aFullDiskIsToldAndSurvived() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full");
    AofWriter writer = start(full, AofWriter.Fsync.EVERYSEC);
    append(writer, 0, 1);
    await(() -> !writer.error().isEmpty());
    assertEquals("No space left on device", writer.error());
    assertEquals(LINE.length, writer.pending());
    // Nobody would ever go on.
    assertTrue(writer.writeThrough());
    assertFalse(safe.get() > 0);
    writer.close();
  }
}
