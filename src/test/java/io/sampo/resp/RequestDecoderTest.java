package io.sampo.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
  /** Well-formed, malformed and odd input; what a redis-server says to it is tested elsewhere. */
  static final List<String> CORPUS =
      List.of(
          "*1\r\n$4\r\nPING\r\n",
          "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
          "*1\r\n$4\r\nPING\r\nPING\r\n\r\nECHO \"a b\"\r\n*1\r\n$4\r\nPING\r\n",
          "*0\r\nPING\r\n*-1\r\n\n   \r\nPING\n",
          "*2\r\n$4\r\nECHO\r\n$26\r\n*1\r\n$4\r\nPING\r\n$-1\r\n\0\r\n\r\nabc\r\n",
          "*1\r\n$4\r\nPINGxxPING\r\n",
          "*1\rX$4\rYPINGZZPING\r\n",
          "*\r\n",
          "*-5\r\nPING\r\n",
          "*+1\r\n",
          "*01\r\n",
          "*-0\r\n",
          "*2147483648\r\n",
          "*99999999999999999999\r\n",
          "*1x\r\n",
          "* 1\r\n",
          "*1\r\nPING\r\n",
          "*1\r\n\r\n$4\r\n",
          "*1\r\n\n\r\n",
          "*1\r\n\u00e9\r\n",
          "*1\r\n$-1\r\n",
          "*1\r\n$\r\n",
          "*1\r\n$536870913\r\n",
          "*1\r\n$99999999999999999999\r\n",
          "*1\r\n$4x\r\n",
          "*1\r\n$04\r\n",
          "*1\r\n$0\r\n\r\n",
          "\"PING\r\n",
          "'PING\r\n",
          "\"PING\"x\r\n",
          "PI\"NG\"\r\n",
          "ECHO \"\\x41\\n\\r\\t\\b\\a\\q\\xzz\\xFf\"\r\n",
          "ECHO 'a\\'b\\n\"'\r\n",
          "ECHO a\\nb\r\n",
          "ECHO \"\"\r\nECHO ''\r\n",
          "PING\r\r\n",
          "ECHO a\u000bb\r\n",
          "\u000bPING\r\n",
          "ECHO \"a\"\u000b\r\n",
          "ECHO \u00ff\u00fe\r\n",
          "ECHO \"ab\\\r\n",
          "ECHO 'ab\\\r\n",
          "ECHO \"a\\x4\"\r\n",
          "ECHO 'x' \"y\"\r\nECHO \"\\\"\"\r\n",
          "PING\r\n*1\r\n$x\r\nPING\r\n",
          "*2\r\n$4\r\nECHO\r\n$3\r\nabc\r\n*1\r\nfoo\r\n",
          "PING\r\nECHO \"\r\nPING\r\n");

  /** What a decoder gave: its requests' parts as text, then its error if it failed. */
  private static List<List<String>> decode(byte[] input, int... cuts) {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    List<List<String>> requests = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : input.length;
      byte[] chunk = Arrays.copyOfRange(input, from, to);
      byte[] before = chunk.clone();
      Frames out = new Frames();
      decoder.decode(chunk, 0, chunk.length, out);
      requests.addAll(requests(out));
      assertArrayEquals(before, chunk, "the chunk was written to");
      from = to;
    }
    if (decoder.failed()) {
      requests.add(List.of(decoder.error()));
    }
    return requests;
  }

  private static List<List<String>> requests(Frames frames) {
    List<List<String>> requests = new ArrayList<>();
    Args args = new Args();
    for (int i = 0; i < frames.count(); i++) {
      args.at(frames, i);
      List<String> parts = new ArrayList<>();
      for (int j = 0; j < args.count(); j++) {
        parts.add(args.text(j));
      }
      requests.add(parts);
    }
    return requests;
  }

  private static List<List<String>> decode(String input) {
    return decode(Bytes.ascii(input));
  }

  @Test
  void pipelinedRequestsShareTheChunk() {
    byte[] chunk = Bytes.ascii("??*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nPING\r\n??");
    Frames out = new Frames();
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.decode(chunk, 2, chunk.length - 2, out);
    assertSame(chunk, out.buffer());
    assertEquals(List.of(List.of("PING"), List.of("ECHO", "hi"), List.of("PING")), requests(out));
    assertEquals(0, decoder.pendingBytes());
  }

  @Test
  void inlineRequestsAreUnquoted() {
    assertEquals(
        List.of(List.of("a", "b c", "A\n\u0007'", "d'\\n", "", "ef"), List.of("g")),
        decode(" a \"b c\" \"\\x41\\n\\a'\" 'd\\'\\n' '' e\"f\" \r\n\r\n\ng" + "\n"));
  }

  @Test
  void everySplitGivesTheSameRequests() {
    for (String text : CORPUS) {
      byte[] input = Bytes.ascii(text);
      List<List<String>> whole = decode(input);
      for (int i = 0; i <= input.length; i++) {
        for (int j = i; j <= input.length; j++) {
          assertEquals(whole, decode(input, i, j), text + " cut at " + i + " and " + j);
        }
      }
      assertEquals(
          whole, decode(input, java.util.stream.IntStream.range(0, input.length).toArray()));
    }
  }

  @Test
  void randomSplitsOfRandomPipelines() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int n = 0; n < 2000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i >= 0; i--) {
        text.append(CORPUS.get(random.nextInt(CORPUS.size())));
      }
      byte[] input = Bytes.ascii(text.toString());
      int[] cuts = random.ints(random.nextInt(9), 0, input.length + 1).sorted().toArray();
      assertEquals(decode(input), decode(input, cuts), () -> "seed " + seed + ": " + text);
    }
  }

  @Test
  void randomBytesNeitherHangNorThrow() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String alphabet = "*$\r\n\"'\\ x0123456789-aPING\0\u00ff";
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          for (int n = 0; n < 100_000; n++) {
            byte[] input = new byte[random.nextInt(64)];
            for (int i = 0; i < input.length; i++) {
              input[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            if (n % 2 == 0 && input.length > 4) {
              System.arraycopy(Bytes.ascii("*3\r\n"), 0, input, 0, 4);
            }
            int cut = random.nextInt(input.length + 1);
            List<List<String>> whole = decode(input);
            assertEquals(whole, decode(input, cut), () -> "seed " + seed + Arrays.toString(input));
          }
        });
  }

  @Test
  void nothingIsTakenAfterAnError() {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    Frames out = new Frames();
    byte[] bad = Bytes.ascii("PING\r\n*1\r\n:4\r\n*1\r\n$4\r\nPING\r\n");
    decoder.decode(bad, 0, bad.length, out);
    assertEquals(1, out.count());
    assertEquals("ERR Protocol error: expected '$', got ':'", decoder.error());
    out.clear();
    decoder.decode(Bytes.ascii("PING\r\n"), 0, 6, out);
    assertEquals(0, out.count());
    assertEquals(0, decoder.pendingBytes());
  }

  @Test
  void limits() {
    RequestDecoder decoder = new RequestDecoder(new RequestDecoder.Limits(5, 2));
    Frames out = new Frames();
    byte[] fits = Bytes.ascii("*2\r\n$5\r\nabcde\r\n$0\r\n\r\n*3\r\n");
    decoder.decode(fits, 0, fits.length, out);
    assertEquals(1, out.count());
    assertEquals("ERR Protocol error: invalid multibulk length", decoder.error());
    decoder = new RequestDecoder(new RequestDecoder.Limits(5, 2));
    byte[] big = Bytes.ascii("*1\r\n$6\r\n");
    decoder.decode(big, 0, big.length, new Frames());
    assertEquals("ERR Protocol error: invalid bulk length", decoder.error());
    String line = "x".repeat(RequestDecoder.MAX_LINE);
    assertEquals(List.of(List.of(line)), decode(line + "\n"));
    assertEquals(
        List.of(List.of("ERR Protocol error: too big inline request")), decode(line + "x"));
    assertEquals(
        List.of(List.of("ERR Protocol error: too big mbulk count string")), decode("*" + line));
    assertEquals(
        List.of(List.of("ERR Protocol error: too big bulk count string")),
        decode("*1\r\n$" + line));
  }

  @Test
  void theUnauthenticatedSendLittle() {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.authenticated(false);
    byte[] many = Bytes.ascii("*11\r\n");
    decoder.decode(many, 0, many.length, new Frames());
    assertEquals("ERR Protocol error: unauthenticated multibulk length", decoder.error());
    decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.authenticated(false);
    byte[] big = Bytes.ascii("*2\r\n$4\r\nAUTH\r\n$16385\r\n");
    decoder.decode(big, 0, big.length, new Frames());
    assertEquals("ERR Protocol error: unauthenticated bulk length", decoder.error());
  }

  @Test
  void whatALogInMayAllowIsHeldUntilItRan() {
    String big = "x".repeat(20_000);
    byte[] input = Bytes.ascii("AUTH pw\r\n*2\r\n$4\r\nECHO\r\n$20000\r\n" + big + "\r\nPING\r\n");
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.authenticated(false);
    Frames out = new Frames();
    decoder.decode(input, 0, input.length, out);
    assertEquals(List.of(List.of("AUTH", "pw")), requests(out));
    assertTrue(decoder.held());
    out.clear();
    decoder.authenticated(true);
    decoder.decode(new byte[0], 0, 0, out);
    assertEquals(List.of(List.of("ECHO", big), List.of("PING")), requests(out));
    assertFalse(decoder.held());
  }

  @Test
  void whatIsHeldFailsIfTheLogInDid() {
    byte[] input = Bytes.ascii("AUTH no\r\n*11\r\n$4\r\nMGET\r\n");
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    decoder.authenticated(false);
    Frames out = new Frames();
    decoder.decode(input, 0, input.length, out);
    assertTrue(decoder.held());
    assertFalse(decoder.failed());
    out.clear();
    decoder.decode(new byte[0], 0, 0, out);
    assertEquals(0, out.count());
    assertFalse(decoder.held());
    assertEquals("ERR Protocol error: unauthenticated multibulk length", decoder.error());
  }

  @Test
  void aHugeAnnouncementAllocatesNothing() {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    byte[] header = Bytes.ascii("*2147483647\r\n$536870912\r\nabc");
    decoder.decode(header, 0, header.length, new Frames());
    byte[] more = new byte[100];
    decoder.decode(more, 0, more.length, new Frames());
    assertFalse(decoder.failed());
    assertEquals(header.length + 100, decoder.pendingBytes());
  }

  @Test
  void aMillionArgumentsInSmallPieces() {
    int n = 1_000_000;
    byte[] input = Bytes.ascii("*" + n + "\r\n" + "$1\r\na\r\n".repeat(n));
    assertTimeout(Duration.ofSeconds(10), () -> inPieces(input, 100, n));
  }

  @Test
  void aBigBulkInPieces() {
    int n = 64 << 20;
    byte[] head = Bytes.ascii("*2\r\n$3\r\nGET\r\n$" + n + "\r\n");
    byte[] input = Arrays.copyOf(head, head.length + n + 2);
    assertTimeout(Duration.ofSeconds(10), () -> inPieces(input, 16 * 1024, 2));
  }

  private static void inPieces(byte[] input, int size, int arguments) {
    RequestDecoder decoder = new RequestDecoder(RequestDecoder.Limits.DEFAULT);
    Frames out = new Frames();
    for (int at = 0; at < input.length; at += size) {
      assertEquals(0, out.count());
      decoder.decode(input, at, Math.min(input.length, at + size), out);
    }
    assertEquals(1, out.count());
    assertEquals(arguments, out.arguments(0));
    assertEquals(0, decoder.pendingBytes());
  }

  private static String encoded(String input) {
    Frames out = new Frames();
    byte[] chunk = Bytes.ascii("+OK\r\n" + input);
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(chunk, 5, chunk.length, out);
    Args args = new Args().at(out, 0);
    int from = args.encoded();
    return from < 0 ? "" : new String(args.array(), from, args.encodedEnd() - from, ISO_8859_1);
  }

  @Test
  void knowsWhatCameInTheOneFormItWouldBeEncodedIn() {
    String many = "*12\r\n" + "$10\r\n0123456789\r\n".repeat(12);
    for (String same :
        List.of("*1\r\n$4\r\nPING\r\n", "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n", many)) {
      assertEquals(same, encoded(same));
      assertEquals(same, encoded(same + "PING\r\n"));
    }
    for (String other :
        List.of(
            "PING\r\n",
            "ECHO      abc\r\n",
            "*01\r\n$4\r\nPING\r\n",
            "*1\r\n$04\r\nPING\r\n",
            "*1\rX$4\r\nPING\r\n",
            "*1\r\n$4\rXPING\r\n",
            "*1\r\n$4\r\nPINGXX",
            "*2\r\n$4\r\nECHO\nX$1\r\nk\r\n",
            "*2\r\n$4\r\nECHO\r\n$1\rXk\r\n")) {
      assertEquals("", encoded(other), other);
    }
    assertEquals(-1, Args.of(Bytes.ascii("SET"), Bytes.ascii("k"), Bytes.ascii("v")).encoded());
    // As if a request stood in what is an argument.
    assertEquals("", encoded("ECHO *1\r\n"));
  }

  /** A long request of many arguments announces nothing while the next of them has not begun. */
  @Test
  void roomIsMadeForWhatIsAnnouncedAndLittleMore() {
    int much = 300 << 20;
    int slack = 1 << 12;
    int some = 1 << 20;
    assertEquals(2 * much, RequestDecoder.room(much + 1, much, much, -1, false));
    assertEquals(2 * much, RequestDecoder.room(much + 1, much, much, -1, true));
    assertEquals(much + some + 2, RequestDecoder.room(much + 1, much, much, some, true));
    assertEquals(8 * some, RequestDecoder.room(some, 900, 0, 8 * some - 2, true));
    assertEquals(8 * some, RequestDecoder.room(some, 900, 0, 8 * some - 2 - slack, false));
    assertEquals(some + 4, RequestDecoder.room(some, some / 2 + 2, 0, 8 * some - 1, true));
    assertEquals(some, RequestDecoder.room(some, 100, 0, 8 * some - 1, true));
    // If each of many made room for itself alone all of them would be copied for each.
    assertEquals(2 * much, RequestDecoder.room(much + 1, much, much, some, false));
    assertEquals(2 * much, RequestDecoder.room(much + 1, much, much, 100, true));
    // Together they would be more than an array can hold.
    int most = Integer.MAX_VALUE - 64;
    assertEquals(most, RequestDecoder.room(much + 1, much, much, most, true));
    assertEquals(most, RequestDecoder.room(most, most - 1, most - 1, most, false));
  }
}
