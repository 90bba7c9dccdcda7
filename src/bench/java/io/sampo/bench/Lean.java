package io.sampo.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A client that has hardly anything to do, in a process of its own: each connection sends the same
 * batch of requests again and again, only with other numbers, and takes what comes by its length,
 * if it knows it, or by its lines. Of a reply it knows the ends of every piece are compared, of
 * every sixteenth batch all.
 *
 * <p>It reads lines {@code PORT CONNECTIONS PIPELINE COMMANDS KNOWN NUMBERS WORD…}, where {@code
 * KNOWN} says whether the reply is always the same, and {@code __rand_int__} in a word stands for a
 * number below {@code NUMBERS}. Each is answered with {@code RATE CPU P50 P99 P999 REPLIES}:
 * commands per second, its own microseconds of processor per command, milliseconds from a batch to
 * the end of its reply, and what a batch is answered with.
 */
public final class Lean {
  private static final int BUFFER = 1 << 17;
  private static final int THOROUGH = 16;

  private static final String NUMBER = "__rand_int__";
  private static final long PATIENCE_MILLIS = 10_000;

  /** Latencies are counted by the microsecond, up to a second. */
  private static final int LONGEST = 1_000_000;

  private static final byte[] PONG = "+PONG\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector = Selector.open();
  private final ByteBuffer taken = ByteBuffer.allocateDirect(BUFFER);
  private final int[] latencies = new int[LONGEST + 1];

  private final ByteBuffer batch;

  /** Where in a batch numbers stand, and below what they are. */
  private final int[] places;

  private final int numbers;
  private final SplittableRandom random = new SplittableRandom();
  private final Answer answer;

  /** Batches not yet sent, and those not yet answered. */
  private long toSend;

  private long toCome;

  private Lean(ByteBuffer batch, int[] places, int numbers, Answer answer, long batches)
      throws IOException {
    this.batch = batch;
    this.places = places;
    this.numbers = numbers;
    this.answer = answer;
    this.toSend = batches;
    this.toCome = batches;
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      System.out.println(
          run(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words[0])),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              Long.parseLong(words[3]),
              Boolean.parseBoolean(words[4]),
              Integer.parseInt(words[5]),
              Arrays.copyOfRange(words, 6, words.length)));
    }
  }

  private static byte[] request(String... words) {
    StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String run(
      InetSocketAddress server,
      int connections,
      int pipeline,
      long commands,
      boolean known,
      int numbers,
      String[] words)
      throws IOException {
    String text = new String(request(words), StandardCharsets.US_ASCII);
    byte[] request =
        text.replace(NUMBER, "0".repeat(NUMBER.length())).getBytes(StandardCharsets.US_ASCII);
    byte[] reply = reply(server, request);
    Answer answer = known ? new Answer.Bytes(repeated(reply, pipeline)) : lines(reply, pipeline);
    int[] places = places(text.repeat(pipeline));
    Lean lean = new Lean(repeated(request, pipeline), places, numbers, answer, commands / pipeline);
    long batches = lean.toSend;
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int i = 0; i < connections; i++) {
      lean.connect(server);
    }
    long cpu = system.getProcessCpuTime();
    long begin = System.nanoTime();
    lean.load(begin);
    long nanos = System.nanoTime() - begin;
    cpu = system.getProcessCpuTime() - cpu;
    for (SelectionKey key : lean.selector.keys()) {
      key.channel().close();
    }
    lean.selector.close();
    return String.format(
        Locale.ROOT,
        "%f %f %f %f %f %d",
        batches * pipeline * 1e9 / nanos,
        cpu / 1e3 / (batches * pipeline),
        lean.percentile(batches * 0.5),
        lean.percentile(batches * 0.99),
        lean.percentile(batches * 0.999),
        answer.whole());
  }

  private static Answer lines(byte[] reply, int times) {
    int lines = 0;
    for (byte b : reply) {
      lines += b == '\n' ? 1 : 0;
    }
    return new Answer.Lines(lines * times);
  }

  private static int[] places(String requests) {
    return Pattern.compile(NUMBER)
        .matcher(requests)
        .results()
        .mapToInt(MatchResult::start)
        .toArray();
  }

  /** What the server replies to one request: all that comes before the answer to a PING. */
  private static byte[] reply(InetSocketAddress server, byte[] request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.write(ByteBuffer.wrap(request));
      channel.write(ByteBuffer.wrap(request("PING")));
      byte[] bytes = new byte[1 << 20];
      int length = 0;
      while (length < PONG.length
          || !Arrays.equals(bytes, length - PONG.length, length, PONG, 0, PONG.length)) {
        int read = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
        if (read <= 0) {
          throw new EOFException("no reply, or too long a one");
        }
        length += read;
      }
      if (bytes[0] == '-') {
        throw new IOException(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      }
      return Arrays.copyOf(bytes, length - PONG.length);
    }
  }

  private static ByteBuffer repeated(byte[] bytes, int times) {
    ByteBuffer all = ByteBuffer.allocateDirect(bytes.length * times);
    for (int i = 0; i < times; i++) {
      all.put(bytes);
    }
    return all.flip();
  }

  private static final class Connection {
    /** When its batch was sent. */
    long since;

    /** How much of the answer has come, and the last byte of it. */
    int come;

    byte last;

    int batches;
  }

  private void connect(InetSocketAddress server) throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Connection());
  }

  private void load(long begin) throws IOException {
    for (SelectionKey key : selector.keys()) {
      send(key, begin);
    }
    while (toCome > 0) {
      if (selector.select(this::ready, PATIENCE_MILLIS) == 0) {
        throw new IOException("nothing comes any more, with " + toCome + " replies to come");
      }
    }
  }

  private void ready(SelectionKey key) {
    try {
      take(key);
    } catch (IOException e) {
      throw new IllegalStateException("the server is no use any more", e);
    }
  }

  private void send(SelectionKey key, long now) throws IOException {
    if (toSend == 0) {
      return;
    }
    toSend--;
    Connection connection = (Connection) key.attachment();
    connection.since = now;
    connection.come = 0;
    connection.last = '\n';
    for (int place : places) {
      number(place);
    }
    // All that was sent before has been answered, so there is room for it.
    if (((SocketChannel) key.channel()).write(batch.rewind()) < batch.capacity()) {
      throw new IOException("a batch is too much at once");
    }
  }

  /** Puts another number there, of as many digits as {@link #NUMBER} has. */
  private void number(int place) {
    int left = random.nextInt(numbers);
    for (int i = place + NUMBER.length() - 1; i >= place; i--) {
      batch.put(i, (byte) ('0' + left % 10));
      left /= 10;
    }
  }

  private void take(SelectionKey key) throws IOException {
    Connection connection = (Connection) key.attachment();
    int read = ((SocketChannel) key.channel()).read(taken.clear());
    if (read < 0) {
      throw new EOFException("the server closed a connection");
    }
    boolean thorough = connection.batches % THOROUGH == 0;
    taken.flip();
    connection.come = answer.take(taken, connection.come, connection.last, thorough);
    connection.last = taken.get(taken.limit() - 1);
    if (connection.come == answer.whole()) {
      long now = System.nanoTime();
      latencies[(int) Math.min(LONGEST, (now - connection.since) / 1000)]++;
      connection.batches++;
      toCome--;
      send(key, now);
    }
  }

  private double percentile(double batches) {
    long sum = 0;
    int micros = -1;
    while (sum < batches) {
      sum += latencies[++micros];
    }
    return micros / 1e3;
  }
}
