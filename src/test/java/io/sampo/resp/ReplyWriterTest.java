package io.sampo.resp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {
  private static String written(int protocol, Consumer<ReplyWriter> write) {
    ReplyWriter out = new ReplyWriter(4);
    out.protocol(protocol);
    write.accept(out);
    return Bytes.text(out.take());
  }

  private static void both(String resp2, String resp3, Consumer<ReplyWriter> write) {
    assertEquals(resp2, written(2, write));
    assertEquals(resp3, written(3, write));
  }

  private static Reply read(byte[] bytes) throws IOException {
    return new ReplyReader(new ByteArrayInputStream(bytes)).read();
  }

  @Test
  void eachTypeInBothProtocols() {
    both("+OK\r\n", "+OK\r\n", ReplyWriter::ok);
    both("$-1\r\n", "_\r\n", ReplyWriter::nil);
    both("*-1\r\n", "_\r\n", ReplyWriter::nilArray);
    both(":-12\r\n", ":-12\r\n", out -> out.integer(-12));
    both("$2\r\n42\r\n", "$2\r\n42\r\n", out -> out.bulk(42));
    both("$0\r\n\r\n", "$0\r\n\r\n", out -> out.bulk(""));
    both("*4\r\n", "%2\r\n", out -> out.map(2));
    both("*2\r\n", "~2\r\n", out -> out.set(2));
    both("*2\r\n", ">2\r\n", out -> out.push(2));
    both(":1\r\n", "#t\r\n", out -> out.bool(true));
    both("$3\r\n1.5\r\n", ",1.5\r\n", out -> out.real(1.5));
    both("$1\r\n3\r\n", ",3\r\n", out -> out.real(3));
    both("$3\r\ninf\r\n", ",inf\r\n", out -> out.real(Double.POSITIVE_INFINITY));
    both("$4\r\n-inf\r\n", ",-inf\r\n", out -> out.real(Double.NEGATIVE_INFINITY));
    both("$3\r\nnan\r\n", ",nan\r\n", out -> out.real(Double.NaN));
    both("$2\r\n-0\r\n", ",-0\r\n", out -> out.real(-0.0));
    both("$3\r\n123\r\n", "(123\r\n", out -> out.bigNumber("123"));
    both("$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n", out -> out.verbatim("hi"));
    both("", "|1\r\n", out -> assertEquals(out.resp3(), out.attribute(1)));
    both("+a\r\n", "+a\r\n", out -> out.simple(Bytes.ascii("a")));
  }

  @Test
  void headersOfAnyNumber() {
    for (int n : new int[] {0, 9, 10, 99, 100, 12345, 1_000_000}) {
      String bytes = "x".repeat(n);
      // Twice, for a header must not spoil what follows.
      String bulk = "$" + n + "\r\n" + bytes + "\r\n";
      both(
          bulk + bulk,
          bulk + bulk,
          out -> {
            out.bulk(bytes);
            out.bulk(bytes);
          });
      both("*" + n + "\r\n", "*" + n + "\r\n", out -> out.array(n));
      both(":" + n + "\r\n", ":" + n + "\r\n", out -> out.integer(n));
    }
    for (long n : new long[] {-1, -99, Long.MIN_VALUE, Long.MAX_VALUE}) {
      both(":" + n + "\r\n", ":" + n + "\r\n", out -> out.integer(n));
    }
  }

  @Test
  void errorsStayOnOneLine() {
    // U+010D and U+010A would become CR and LF if only their low bytes were sent.
    both(
        "-ERR a  b?? \u00e9\r\n",
        "-ERR a  b?? \u00e9\r\n",
        out -> out.error("\r\nERR a\r\nb\u010d\u010a \u00e9\r\n\n"));
    both("+a b?\r\n", "+a b?\r\n", out -> out.simple("a\nb\u010a"));
  }

  @Test
  void deferredSizes() {
    for (int n : new int[] {0, 1, 9, 10, 99, 100, 12345}) {
      String elements = ":7\r\n".repeat(n);
      Consumer<ReplyWriter> seven =
          out -> {
            for (int i = 0; i < n; i++) {
              out.integer(7);
            }
          };
      both(
          ":1\r\n*2\r\n*" + n + "\r\n" + elements + ":2\r\n",
          ":1\r\n*2\r\n~" + n + "\r\n" + elements + ":2\r\n",
          out -> {
            out.integer(1);
            int outer = out.defer();
            int inner = out.defer();
            seven.accept(out);
            out.endSet(inner, n);
            out.integer(2);
            out.endArray(outer, 2);
          });
    }
    both(
        "*10\r\n" + ":7\r\n".repeat(10),
        "%5\r\n" + ":7\r\n".repeat(10),
        out -> {
          int mark = out.defer();
          for (int i = 0; i < 10; i++) {
            out.integer(7);
          }
          out.endMap(mark, 5);
        });
  }

  @Test
  void anOvergrownBufferIsNotKept() {
    ReplyWriter out = new ReplyWriter(1024);
    out.bulk(new byte[3 << 20]);
    assertEquals((3 << 20) + 12, out.take().length);
    assertEquals(1024, out.array().length);
    out.ok();
    assertEquals("+OK\r\n", Bytes.text(out.take()));
  }

  @Test
  void roundTrips() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int n = 0; n < 3000; n++) {
      ReplyWriter out = new ReplyWriter(8);
      out.protocol(3);
      Reply expected = random(random, out, 0);
      byte[] bytes = out.take();
      assertEquals(expected, read(bytes), "seed " + seed);
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      assertThrows(EOFException.class, () -> read(cut), "seed " + seed);
    }
  }

  /** Writes a random reply and returns what is to be read. */
  private static Reply random(Random random, ReplyWriter out, int depth) {
    switch (random.nextInt(depth < 4 ? 14 : 10)) {
      case 0:
        out.ok();
        return new Reply.Simple("OK");
      case 1:
        out.error("ERR no");
        return new Reply.Error("ERR no");
      case 2:
        long value = random.nextLong() >> random.nextInt(64);
        out.integer(value);
        return new Reply.Int(value);
      case 3:
        byte[] bytes = new byte[random.nextInt(100)];
        random.nextBytes(bytes);
        out.bulk(bytes);
        return new Reply.Bulk(bytes);
      case 4:
        out.nil();
        return new Reply.Null();
      case 5:
        double real = Double.longBitsToDouble(random.nextLong());
        out.real(real);
        return new Reply.Real(real);
      case 6:
        out.bool(depth % 2 == 0);
        return new Reply.Bool(depth % 2 == 0);
      case 7:
        out.verbatim("\u00e4\n\u20ac");
        return new Reply.Verbatim("txt", "\u00e4\n\u20ac");
      case 8:
        out.bigNumber("-123456789012345678901234567890");
        return new Reply.BigNumber("-123456789012345678901234567890");
      case 9:
        out.attribute(1);
        out.ok();
        out.ok();
        return random(random, out, depth + 1);
      default:
        return aggregate(random, out, depth);
    }
  }

  private static Reply aggregate(Random random, ReplyWriter out, int depth) {
    int n = random.nextInt(6) * 2;
    boolean deferred = random.nextBoolean();
    int mark = deferred ? out.defer() : 0;
    int type = random.nextInt(deferred ? 3 : 4);
    if (!deferred) {
      switch (type) {
        case 0 -> out.array(n);
        case 1 -> out.set(n);
        case 2 -> out.map(n / 2);
        default -> out.push(n);
      }
    }
    List<Reply> elements = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      elements.add(random(random, out, depth + 1));
    }
    if (deferred) {
      switch (type) {
        case 0 -> out.endArray(mark, n);
        case 1 -> out.endSet(mark, n);
        default -> out.endMap(mark, n / 2);
      }
    }
    return switch (type) {
      case 0 -> new Reply.Array(elements);
      case 1 -> new Reply.Set(elements);
      case 2 -> new Reply.Map(elements);
      default -> new Reply.Push(elements);
    };
  }

  private static Late late(String text) {
    return new Late() {
      @Override
      public long size() {
        return text.length();
      }

      @Override
      public List<byte[]> make() {
        int half = text.length() / 2;
        return List.of(Bytes.ascii(text.substring(0, half)), Bytes.ascii(text.substring(half)));
      }
    };
  }

  /** Writes some of each, with what is taken back between; the third reply has eleven elements. */
  private static void writeParted(ReplyWriter out, List<Integer> ends) {
    byte[] bytes = Bytes.ascii("_shared_");
    out.late(late("$4\r\nlate"));
    ends.add(out.position());
    out.shared(6, List.of(new Span(bytes, 1, 6)));
    ends.add(out.position());
    int outer = out.defer();
    out.late(late(":7"));
    int inner = out.defer();
    for (int i = 0; i < 10; i++) {
      out.shared(6, List.of(new Span(bytes, 1, 6)));
    }
    out.endArray(inner, 10);
    for (int i = 0; i < 9; i++) {
      out.late(late(":" + i));
    }
    out.endArray(outer, 11);
    ends.add(out.position());
    int mark = out.position();
    out.shared(8, List.of(new Span(bytes, 0, 8)));
    out.late(late("-no"));
    out.truncate(mark);
    out.ok();
    ends.add(out.position());
  }

  @Test
  void whatStandsApartBelongsToItsReply() {
    ReplyWriter plain = new ReplyWriter(16);
    List<Integer> ends = new ArrayList<>();
    writeParted(plain, ends);
    assertTrue(plain.takeInserts().isEmpty());
    byte[] expected = plain.take();

    ReplyWriter parting = new ReplyWriter(16);
    parting.parting(true);
    List<Integer> partedEnds = new ArrayList<>();
    writeParted(parting, partedEnds);
    assertEquals(expected.length, parting.length());
    Inserts inserts = parting.takeInserts();
    byte[] array = parting.take();
    assertTrue(inserts.isLate());
    inserts.make((at, cause) -> cause.toString());
    assertFalse(inserts.isLate());
    int from = 0;
    int before = 0;
    for (int i = 0; i < ends.size(); i++) {
      StringBuilder reply = new StringBuilder();
      inserts.each(
          array,
          before,
          partedEnds.get(i),
          (a, offset, length) ->
              reply.append(Bytes.text(Arrays.copyOfRange(a, offset, offset + length))));
      assertEquals(
          Bytes.text(Arrays.copyOfRange(expected, from, ends.get(i))), reply.toString(), "" + i);
      from = ends.get(i);
      before = partedEnds.get(i);
    }
    assertTrue(parting.takeInserts().isEmpty());
  }

  /** Random replies, some of them longer than any array is to be, nested and taken back. */
  private static void writeLong(ReplyWriter out, Random random, int depth, int elements) {
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < elements; i++) {
      int length = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : random.nextInt(200);
      switch (random.nextInt(depth > 0 ? 10 : 6)) {
        case 0 -> out.shared(length, List.of(new Span(bytes, 0, length)));
        case 1 -> out.integer(random.nextLong());
        case 6 -> {
          int mark = out.position();
          writeLong(out, random, depth - 1, random.nextInt(40));
          out.truncate(mark);
        }
        case 7 -> {
          int mark = out.position();
          writeLong(out, random, depth - 1, random.nextInt(40));
          out.bulkAt(mark, Bytes.ascii("in front"));
        }
        case 8, 9 -> {
          int mark = out.defer();
          int inner = random.nextInt(30);
          writeLong(out, random, depth - 1, inner);
          out.endArray(mark, inner * 1000);
        }
        default -> out.bulk(bytes, 0, length);
      }
    }
  }

  @Test
  void longRepliesAreInSeveralArrays() {
    int sealed = 0;
    for (long seed = 0; seed < 40; seed++) {
      ReplyWriter plain = new ReplyWriter(16);
      ReplyWriter parting = new ReplyWriter(16);
      parting.parting(true);
      writeLong(plain, new Random(seed), 2, 40);
      writeLong(parting, new Random(seed), 2, 40);
      int to = parting.position();
      Inserts inserts = parting.takeInserts();
      byte[] last = parting.take();
      assertEquals(to, inserts.before() + last.length);
      sealed += inserts.before() > 0 ? 1 : 0;
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int at = 0; at < to; at += 777_777) {
        inserts.each(last, at, Math.min(to, at + 777_777), all::write);
      }
      assertArrayEquals(plain.take(), all.toByteArray(), "seed " + seed);
    }
    assertTrue(sealed > 10, sealed + " of 40 were long");
  }

  @Test
  void whatIsNoReplyIsRefused() {
    for (String text :
        List.of(
            "x\r\n",
            ":1x\r\n",
            "$-2\r\n",
            "$1\r\nab\r\n",
            "#x\r\n",
            ",1f\r\n",
            "=2\r\nab\r\n",
            "*x\r\n",
            "+a\rb\r\n",
            "*1\r\n".repeat(1000))) {
      assertThrows(ProtocolException.class, () -> read(Bytes.ascii(text)), text);
    }
    assertThrows(EOFException.class, () -> read(Bytes.ascii("$2147483639\r\nabc")));
    assertThrows(EOFException.class, () -> read(Bytes.ascii("*2147483639\r\n:1\r\n")));
  }

  @Test
  void printedAsRedisCliDoes() throws IOException {
    assertEquals(
        "1) (integer) 1\n2) 1) \"a\\n\\x00\"\n   2) (nil)\n3) (empty array)",
        read(Bytes.ascii("*3\r\n:1\r\n*2\r\n$3\r\na\n\0\r\n_\r\n*0\r\n")).toString());
    assertEquals(
        "1# \"k\" => (double) 1.5", read(Bytes.ascii("%1\r\n$1\r\nk\r\n,1.5\r\n")).toString());
  }

  @Test
  void framesOwnWhatIsAppended() {
    byte[] chunk = Bytes.ascii("*1\r\n$4\r\nPING\r\n__________________");
    Frames frames = new Frames();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(chunk, 0, 14, frames);
    frames.append(Args.of(Bytes.ascii("ECHO"), Bytes.ascii("x")));
    frames.append(Args.of(Bytes.ascii("ECHO"), new byte[1000]));
    assertTrue(Bytes.text(chunk).endsWith("____"));
    Args args = new Args();
    assertEquals("PING", args.at(frames, 0).text(0));
    assertEquals("x", args.at(frames, 1).text(1));
    assertEquals(1000, args.at(frames, 2).length(1));
    assertTrue(frames.bytes() > 1000);
    frames.clear();
    assertFalse(frames.count() > 0);
    assertTrue(frames.bytes() < 1000);
  }
}
