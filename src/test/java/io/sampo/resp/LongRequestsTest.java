package io.sampo.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of which the arrays are made by others than the decoder. */
class LongRequestsTest {
  private static final int ITSELF = 100_000;
  private static final int CHUNK = 1 << 16;

  private final RequestDecoder decoder =
      new RequestDecoder(RequestDecoder.Limits.DEFAULT, new Spare(), ITSELF);

  /** Requests as text. */
  private final List<List<String>> requests = new ArrayList<>();

  /** What each of them came in. */
  private final List<byte[]> arrays = new ArrayList<>();

  /** How many arrays were made by us, and how long the longest was. */
  private int made;

  private int longest;

  /** So that only what these tests leave is used again. */
  @BeforeEach
  void takeAll() {
    LoanTest.drain();
  }

  /** Has all requests decoded that are complete with these bytes. */
  private void feed(byte[] bytes, int from, int to) {
    int left = to - from;
    do {
      Frames out = new Frames();
      decoder.decode(bytes, to - left, to, out);
      if (decoder.lacksRoom()) {
        assertEquals(0, out.count());
        assertEquals(left, decoder.unread());
        byte[] room = decoder.makeRoom();
        longest = Math.max(longest, room.length);
        decoder.room(room);
        made++;
      }
      Args args = new Args();
      for (int i = 0; i < out.count(); i++) {
        args.at(out, i);
        List<String> parts = new ArrayList<>();
        for (int j = 0; j < args.count(); j++) {
          parts.add(args.text(j));
        }
        requests.add(parts);
        arrays.add(out.buffer());
      }
      left = decoder.unread();
    } while (left > 0);
  }

  private void feed(byte[] bytes) {
    for (int from = 0; from < bytes.length; from += CHUNK) {
      byte[] chunk = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + CHUNK));
      feed(chunk, 0, chunk.length);
    }
  }

  private static String request(String... parts) {
    StringBuilder text = new StringBuilder("*" + parts.length + "\r\n");
    for (String part : parts) {
      text.append("$").append(part.length()).append("\r\n").append(part).append("\r\n");
    }
    return text.toString();
  }

  private static String some(Random random) {
    int length =
        switch (random.nextInt(4)) {
          case 0 -> 60_000 + random.nextInt(20_000);
          case 1 -> 100_000 + random.nextInt(400_000);
          default -> random.nextInt(100);
        };
    return ("" + (char) ('a' + random.nextInt(26))).repeat(length) + random.nextInt(1000);
  }

  @Test
  void whateverThePiecesTheRequestsAreTheSame() {
    Random random = Seed.random("long requests");
    for (int round = 0; round < 40; round++) {
      List<List<String>> sent = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        String[] parts = new String[1 + random.nextInt(6)];
        Arrays.setAll(parts, part -> some(random));
        boolean inline = random.nextInt(4) == 0;
        sent.add(inline ? List.of("PING", "x") : List.of(parts));
        text.append(inline ? "PING x\r\n" : request(parts));
      }
      byte[] bytes = text.toString().getBytes(ISO_8859_1);
      int most = 1 << 4 + random.nextInt(14);
      requests.clear();
      for (int from = 0; from < bytes.length; ) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
        feed(bytes, from, to);
        from = to;
      }
      assertTrue(sent.equals(requests), "round " + round);
      assertEquals(0, decoder.pendingBytes());
    }
    feed(Bytes.ascii(request("SET", "k", "v".repeat(300_000)) + "*x\r\nPING\r\n"));
    assertEquals("ERR Protocol error: invalid multibulk length", decoder.error());
    assertEquals(0, decoder.unread());
  }

  @Test
  void whatComesBehindALongArgumentMakesItsArrayNoLonger() {
    String value = "v".repeat(1_000_000);
    String plain = request("SET", "k", value);
    String expiring = request("SET", "k", value, "EX", "100");
    String more = request("GET", "k");
    for (String first : List.of(plain, expiring)) {
      made = 0;
      requests.clear();
      arrays.clear();
      feed(Bytes.ascii(first + first + more.repeat(1000)));
      assertEquals(1002, requests.size());
      assertTrue(made <= 4, "arrays made: " + made);
      for (byte[] array : arrays.subList(0, 2)) {
        assertTrue(array.length <= first.length() + 5_000, "its length: " + array.length);
      }
      assertTrue(arrays.get(1001).length <= 2 * CHUNK);
    }
  }

  @Test
  void theArrayOfOneThatIsOverServesTheNext() {
    byte[] request = Bytes.ascii(request("SET", "k", "v".repeat(9_000_001)));
    feed(request);
    byte[] array = arrays.get(0);
    int first = made;
    arrays.clear();
    made = 0;
    new Loan(array).leave();
    feed(request);
    assertSame(array, arrays.get(0));
    assertTrue(made < first, made + " rather than " + first);
    assertEquals(requests.get(0), requests.get(1));
  }

  @Test
  void manyArgumentsAreNotCopiedForEachOfThem() {
    for (int length : new int[] {10, 1_000, 100_000}) {
      made = 0;
      requests.clear();
      String[] parts = new String[10_000_000 / length / 2];
      Arrays.fill(parts, "v".repeat(length));
      feed(Bytes.ascii(request(parts)));
      assertEquals(List.of(List.of(parts)), requests);
      assertTrue(made <= 9, "arrays made: " + made);
    }
  }

  @Test
  void nothingIsMadeForWhatIsMerelyAnnounced() {
    feed(Bytes.ascii("*2\r\n$4\r\nECHO\r\n$400000000\r\n"));
    for (int i = 0; i < 16; i++) {
      feed(new byte[CHUNK]);
    }
    assertTrue(longest <= 2 << 20, "the longest array: " + longest);
    assertEquals(0, requests.size());
  }
}
