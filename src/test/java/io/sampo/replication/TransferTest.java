package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransferTest {
  private static final String MARK = "0123456789012345678901234567890123456789";
  private static final String FILE = "REDIS0010 something\n$12 and more";

  private final Transfer transfer = new Transfer();
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();

  /** Sends a text in pieces of this size, as long as the file lasts. */
  private String receive(String text, int piece) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    while (at < bytes.length && !transfer.isDone()) {
      int to = Math.min(bytes.length, at + piece);
      file.writeBytes(transfer.take(ByteString.fromArray(bytes, at, to - at)).toArray());
      at = to;
    }
    return file.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 39, 40, 41, 1000})
  void aFileOfKnownLength(int piece) {
    String text = "\n\n$" + FILE.length() + "\r\n" + FILE;
    assertEquals(FILE, receive(text, piece));
    assertTrue(transfer.isDone());
    assertEquals(FILE.length(), transfer.total());
    assertEquals(FILE.length(), transfer.received());
    assertTrue(transfer.rest().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 39, 40, 41, 1000})
  void aFileUpToAMark(int piece) {
    String almost = FILE + MARK.substring(0, 39) + "x";
    assertEquals(almost, receive("\n$EOF:" + MARK + "\r\n" + almost + MARK, piece));
    assertTrue(transfer.isDone());
    assertEquals(-1, transfer.total());
    assertEquals(almost.length(), transfer.received());
  }

  @Test
  void theStreamBehindTheFileIsKept() {
    assertEquals(FILE, receive("$" + FILE.length() + "\r\n" + FILE + "*1\r\n", 1000));
    assertEquals("*1\r\n", transfer.rest().utf8String());
  }

  @Test
  void somethingElseIsNoFile() {
    receive("-ERR no\r\n", 100);
    assertEquals("no header of an RDB file: -ERR no", transfer.error());
    assertFalse(transfer.isDone());
  }

  @Test
  void anEndlessHeaderIsNone() {
    receive("$" + "1".repeat(200), 100);
    assertEquals("no header of an RDB file", transfer.error());
  }

  @Test
  void anEmptyFile() {
    assertEquals("", receive("$0\r\n", 100));
    assertTrue(transfer.isDone());
  }
}
