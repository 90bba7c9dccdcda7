package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs are never cut within a request or transaction, wherever the file is. */
class AofReaderTest {
  private static String request(String... parts) {
    StringBuilder text = new StringBuilder("*" + parts.length + "\r\n");
    for (String part : parts) {
      text.append('$').append(part.length()).append("\r\n").append(part).append("\r\n");
    }
    return text.toString();
  }

  private static AofReader reader(byte[] file) {
    return new AofReader("f", new ByteArrayInputStream(file), 0, file.length);
  }

  private static byte[] all(AofReader reader) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] run = reader.next(); run.length > 0; run = reader.next()) {
      all.write(run);
    }
    return all.toByteArray();
  }

  @Test
  void aFileCutAnywhereIsReadUpToItsLastWholeUnit() throws IOException {
    List<String> units =
        List.of(
            request("SELECT", "0"),
            "#TS:1700000000\r\n",
            request("SET", "key", "a\r\nb"),
            request("multi")
                + request("INCR", "n")
                + "#TS:1\r\n"
                + request("DEL", "k")
                + request("EXEC"),
            request("SET", "multi", ""));
    String whole = String.join("", units);
    for (int cut = 0; cut <= whole.length(); cut++) {
      int good = 0;
      for (String unit : units) {
        if (good + unit.length() > cut) {
          break;
        }
        good += unit.length();
      }
      AofReader reader = reader(Bytes.ascii(whole.substring(0, cut)));
      String read = Bytes.text(all(reader));
      assertEquals(whole.substring(0, good).replaceAll("#TS:\\d+\r\n", ""), read, "cut at " + cut);
      assertEquals(good, reader.position(), "cut at " + cut);
      assertEquals(good < cut, reader.isTorn(), "cut at " + cut);
    }
  }

  @Test
  void runsAreOfBoundedSizeUnlessOneUnitIsLonger() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      text.append(request("SET", "key:" + i, "x".repeat(i % 50)));
    }
    text.append(request("SET", "big", "y".repeat(5 << 20))).append(request("PING"));
    byte[] file = Bytes.ascii(text.toString());
    InputStream inPieces =
        new ByteArrayInputStream(file) {
          @Override
          public synchronized int read(byte[] b, int off, int len) {
            return super.read(b, off, Math.min(len, 1001));
          }
        };
    AofReader reader = new AofReader("f", inPieces, 0, file.length);
    List<byte[]> runs = new ArrayList<>();
    for (byte[] run = reader.next(); run.length > 0; run = reader.next()) {
      runs.add(run);
    }
    assertTrue(runs.size() > 4, runs.size() + " runs");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    runs.forEach(all::writeBytes);
    assertArrayEquals(file, all.toByteArray());
    assertFalse(reader.isTorn());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\r\n",
        "*0\r\n",
        "*-1\r\n",
        "*1\r\n+PING\r\n",
        "*1\r\n$4\r\nPINGxx",
        "*x\r\n",
        "*1\n$4\r\nPING\r\n",
        "*99999999999\r\n",
        "\0\0\0\0"
      })
  void whatIsNoRequestIsRefusedWithItsPlace(String junk) {
    byte[] file = Bytes.ascii(request("PING") + request("SET", "a", "b") + junk);
    String message = assertThrows(DamagedFile.class, () -> all(reader(file))).getMessage();
    int at = request("PING").length() + request("SET", "a", "b").length();
    assertTrue(
        message.startsWith("Bad file format reading the append only file f behind offset " + at),
        message);
  }

  @Test
  void absurdLengthsTakeNoMemory() throws IOException {
    byte[] file = Bytes.ascii(request("PING") + "*2147483647\r\n$2147483647\r\nabc");
    AofReader reader = reader(file);
    assertEquals(request("PING"), Bytes.text(all(reader)));
    assertTrue(reader.isTorn());
    assertEquals(request("PING").length(), reader.position());
  }
}
