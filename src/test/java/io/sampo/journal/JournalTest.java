package io.sampo.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.Effects;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JournalTest {
  private final Journal journal = new Journal();
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private long base;
  private final Journal.Reader reader =
      (offset, bytes, from, length) -> {
        assertEquals(stream.size(), offset - base);
        stream.write(bytes, from, length);
      };

  @Test
  void costsNothingWhileNobodyReads() {
    Effects writer = journal.writer();
    assertFalse(writer.wanted());
    journal.add(reader);
    assertTrue(writer.wanted());
    journal.remove(reader);
    assertFalse(writer.wanted());
    add(writer, 0, "SET a 1");
    assertEquals(0, journal.offset());
  }

  @Test
  void whatIsRelayedHasNothingOfOurs() {
    journal.add(reader);
    journal.relaying(true);
    Effects writer = journal.writer();
    assertFalse(writer.wanted());
    add(writer, 0, "SET a 1");
    assertEquals(0, journal.offset());
    assertEquals(List.of(), requests());
  }

  @Test
  void selectsTheDatabaseOnlyWhenItChanges() {
    journal.add(reader);
    Effects writer = journal.writer();
    add(writer, 0, "SET a 1");
    add(writer, 0, "SET b 1");
    add(writer, 3, "SET c 1");
    assertEquals(List.of("SELECT 0", "SET a 1", "SET b 1", "SELECT 3", "SET c 1"), requests());
    assertEquals(stream.size(), journal.offset());
  }

  @Test
  void aLateReaderIsToldTheDatabase() {
    journal.add((offset, bytes, from, length) -> {});
    Effects writer = journal.writer();
    add(writer, 5, "SET a 1");
    base = journal.offset();
    journal.add(reader);
    add(writer, 5, "SET b 1");
    assertEquals(List.of("SELECT 5", "SET b 1"), requests());
  }

  @Test
  void keepsAGroupTogether() {
    journal.add(reader);
    Effects writer = journal.writer();
    writer.add(0, Bytes.ascii("SET"), Bytes.ascii("a"), Bytes.ascii("1"));
    writer.add(1, Bytes.ascii("SET"), Bytes.ascii("b"), Bytes.ascii("2"));
    writer.commit();
    writer.commit();
    writer.flush();
    add(writer, 1, "DEL b");
    assertEquals(
        List.of("SELECT 0", "MULTI", "SET a 1", "SELECT 1", "SET b 2", "EXEC", "DEL b"),
        requests());
  }

  @Test
  void handsOverManyGroupsAtOnce() {
    journal.add(reader);
    Effects writer = journal.writer();
    String[][] groups = {
      {"0 SET a 1"}, {"0 SET b 1", "0 SET c 1"}, {"2 DEL a"}, {"2 DEL b", "0 DEL c"}
    };
    for (String[] group : groups) {
      for (String request : group) {
        String[] words = request.substring(2).split(" ");
        writer.add(
            request.charAt(0) - '0',
            Args.of(Arrays.stream(words).map(Bytes::ascii).toArray(byte[][]::new)));
      }
      writer.commit();
    }
    assertEquals(0, journal.offset());
    writer.flush();
    assertEquals(
        List.of(
            "SELECT 0",
            "SET a 1",
            "MULTI",
            "SET b 1",
            "SET c 1",
            "EXEC",
            "SELECT 2",
            "DEL a",
            "MULTI",
            "DEL b",
            "SELECT 0",
            "DEL c",
            "EXEC"),
        requests());
    long end = journal.offset();
    writer.flush();
    assertEquals(end, journal.offset());
    add(writer, 0, "SET d 1");
    assertEquals("SET d 1", requests().get(13));
  }

  /**
   * What is appended as it came is in the same order as what is not, and groups begin where they
   * did.
   */
  @Test
  void requestsAreAppendedAsTheyCame() {
    journal.add(reader);
    Effects writer = journal.writer();
    byte[] bytes =
        Bytes.ascii(
            command("SET", "a", "1")
                + command("SET", "b", "2")
                + command("GET", "a")
                + command("SET", "c", "3")
                + "SET d 4\r\n"
                + command("SET", "e", "5")
                + command("SET", "f", "6")
                + command("SET", "g", "7")
                + command("SET", "h", "8"));
    Frames frames = new Frames();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(bytes, 0, bytes.length, frames);
    Args args = new Args();
    for (int i : new int[] {0, 1, 3, 4, 5}) {
      writer.add(0, args.at(frames, i));
      writer.commit();
    }
    writer.add(0, args.at(frames, 6));
    writer.add(0, args.at(frames, 7));
    writer.commit();
    assertThrows(OutOfMemoryError.class, () -> writer.add(0, huge("APPEND")));
    writer.commit();
    writer.add(3, args.at(frames, 8));
    writer.commit();
    writer.flush();
    writer.add(3, args.at(frames, 0));
    writer.flush();
    writer.add(3, args.at(frames, 3));
    writer.commit();
    assertThrows(OutOfMemoryError.class, () -> writer.add(3, huge("APPEND")));
    writer.flush();
    assertEquals(
        List.of(
            "SELECT 0",
            "SET a 1",
            "SET b 2",
            "SET c 3",
            "SET d 4",
            "SET e 5",
            "MULTI",
            "SET f 6",
            "SET g 7",
            "EXEC",
            "SELECT 3",
            "SET h 8",
            "SET a 1",
            "SET c 3"),
        requests());
  }

  private static String command(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString();
  }

  /** Half of a request would make nonsense of all that follows. */
  @Test
  void whatDoesNotFitLeavesNoTrace() {
    journal.add(reader);
    Effects writer = journal.writer();
    add(writer, 0, "SET a 1");
    writer.add(0, Args.of(Bytes.ascii("SET"), Bytes.ascii("b"), Bytes.ascii("1")));
    writer.commit();
    assertThrows(OutOfMemoryError.class, () -> writer.add(2, huge("SET")));
    writer.commit();
    writer.add(2, Args.of(Bytes.ascii("DEL"), Bytes.ascii("c")));
    assertThrows(OutOfMemoryError.class, () -> writer.add(0, huge("APPEND")));
    writer.commit();
    writer.flush();
    add(writer, 2, "DEL d");
    assertEquals(
        List.of("SELECT 0", "SET a 1", "SET b 1", "SELECT 2", "MULTI", "DEL c", "EXEC", "DEL d"),
        requests());
  }

  /** A request with an argument that no array has room for. */
  private static Args huge(String command) {
    Frames frames = new Frames();
    frames.buffer(Bytes.ascii(command));
    frames.slice(0, command.length());
    frames.slice(0, 1);
    frames.slice(0, Integer.MAX_VALUE);
    frames.end();
    return new Args().at(frames, 0);
  }

  @Test
  void writersOfManyThreadsMakeOneOrder() throws InterruptedException {
    journal.add(reader);
    int threads = 4;
    int each = 2000;
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      int id = t;
      Effects writer = journal.writer();
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  add(writer, 0, "SET t" + id + " " + i);
                }
                done.countDown();
              })
          .start();
    }
    done.await();
    int[] next = new int[threads];
    for (String request : requests()) {
      if (request.startsWith("SET")) {
        String[] parts = request.split(" ");
        int id = Integer.parseInt(parts[1].substring(1));
        assertEquals(next[id]++, Integer.parseInt(parts[2]));
      }
    }
    for (int count : next) {
      assertEquals(each, count);
    }
  }

  private static void add(Effects writer, int db, String request) {
    byte[][] parts = Arrays.stream(request.split(" ")).map(Bytes::ascii).toArray(byte[][]::new);
    writer.add(db, Args.of(parts));
    writer.flush();
  }

  private List<String> requests() {
    Frames frames = new Frames();
    byte[] bytes = stream.toByteArray();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(bytes, 0, bytes.length, frames);
    List<String> texts = new ArrayList<>();
    Args args = new Args();
    for (int i = 0; i < frames.count(); i++) {
      args.at(frames, i);
      StringBuilder text = new StringBuilder(args.text(0));
      for (int j = 1; j < args.count(); j++) {
        text.append(' ').append(args.text(j));
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
