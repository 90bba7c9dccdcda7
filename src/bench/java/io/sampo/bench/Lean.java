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

/**
 * A client that has hardly anything to do, in a process of its own: each connection sends the same
 * batch of requests again and again, and takes the reply, which it knows, by its length. Of every
 * piece that arrives the ends are compared with what they are to be, of every sixteenth batch all.
 *
 * <p>It reads lines {@code PORT CONNECTIONS PIPELINE COMMANDS WORD…} and answers each with {@code
 * RATE CPU P50 P99 P999 LENGTH}: commands per second, its own microseconds of processor per
 * command, milliseconds from a batch to the end of its reply, and the bytes of one reply.
 */
public final class Lean {
  private static final int BUFFER = 1 << 17;
  private static final int THOROUGH = 16;
  private static final long PATIENCE_MILLIS = 10_000;

  /** Latencies are counted by the microsecond, up to a second. */
  private static final int LONGEST = 1_000_000;

  private static final byte[] PONG = "+PONG\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector = Selector.open();
  private final ByteBuffer taken = ByteBuffer.allocateDirect(BUFFER);
  private final int[] latencies = new int[LONGEST + 1];
  private final ByteBuffer batch;

  /** What a batch is answered with. */
  private final ByteBuffer reply;

  /** Batches not yet sent, and those not yet answered. */
  private long toSend;

  private long toCome;

  private Lean(ByteBuffer batch, ByteBuffer reply, long batches) throws IOException {
    this.batch = batch;
    this.reply = reply;
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
              request(Arrays.copyOfRange(words, 4, words.length))));
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
      InetSocketAddress server, int connections, int pipeline, long commands, byte[] request)
      throws IOException {
    byte[] reply = reply(server, request);
    Lean lean =
        new Lean(repeated(request, pipeline), repeated(reply, pipeline), commands / pipeline);
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
        reply.length);
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

    /** Bytes of the reply that have come. */
    int come;

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
    // All that was sent before has been answered, so there is room for it.
    if (((SocketChannel) key.channel()).write(batch.rewind()) < batch.capacity()) {
      throw new IOException("a batch is too much at once");
    }
  }

  private void take(SelectionKey key) throws IOException {
    Connection connection = (Connection) key.attachment();
    int read = ((SocketChannel) key.channel()).read(taken.clear());
    if (read < 0) {
      throw new EOFException("the server closed a connection");
    }
    if (read > reply.capacity() - connection.come || !isRight(connection, read)) {
      throw new IOException("another reply than at first");
    }
    connection.come += read;
    if (connection.come == reply.capacity()) {
      long now = System.nanoTime();
      latencies[(int) Math.min(LONGEST, (now - connection.since) / 1000)]++;
      connection.batches++;
      toCome--;
      send(key, now);
    }
  }

  private boolean isRight(Connection connection, int read) {
    int from = connection.come;
    if (read < Long.BYTES || connection.batches % THOROUGH == 0) {
      return reply.limit(from + read).position(from).mismatch(taken.flip()) < 0;
    }
    reply.clear();
    int last = read - Long.BYTES;
    return taken.getLong(0) == reply.getLong(from)
        && taken.getLong(last) == reply.getLong(from + last);
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
