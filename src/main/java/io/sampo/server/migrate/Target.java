package io.sampo.server.migrate;

import io.sampo.resp.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A connection to another server, for somebody who waits for what it says. Whatever makes no
 * progress for the time given fails with {@link SocketTimeoutException}.
 */
public final class Target implements AutoCloseable {
  private static final int BUFFER = 1 << 14;
  private static final byte[] CRLF = Bytes.ascii("\r\n");

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  /** What was received and not read, from {@link #at} to before {@link #end}. */
  private byte[] received = new byte[BUFFER];

  private int at;
  private int end;

  /** The database it has selected, or -1. */
  public int db = -1;

  /** What it has logged in with; empty if it has not. */
  List<byte[]> login = List.of();

  /** Whether an answer is being read, rather than something written. */
  private boolean reading;

  private boolean used;

  private Target(SocketChannel channel, Selector selector) throws IOException {
    this.channel = channel;
    this.selector = selector;
    channel.configureBlocking(false);
    key = channel.register(selector, 0);
  }

  static Target connect(InetSocketAddress address, long timeoutMillis) throws IOException {
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    try {
      selector = Selector.open();
      Target target = new Target(channel, selector);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      for (boolean done = channel.connect(address); !done; done = channel.finishConnect()) {
        target.await(SelectionKey.OP_CONNECT, timeoutMillis);
      }
      return target;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (selector != null) {
        selector.close();
      }
      throw e;
    }
  }

  private void await(int operations, long timeoutMillis) throws IOException {
    key.interestOps(operations);
    if (selector.select(timeoutMillis) == 0) {
      throw new SocketTimeoutException();
    }
    selector.selectedKeys().clear();
  }

  /** Whether it has been kept since an earlier use. */
  boolean isUsed() {
    return used;
  }

  void used() {
    used = true;
  }

  /** Whether keys can be sent by it at once. */
  public boolean isReadyFor(MigrateOrder order) {
    return db == order.db()
        && login.size() == order.login().size()
        && IntStream.range(0, login.size())
            .allMatch(i -> Arrays.equals(login.get(i), order.login().get(i)));
  }

  public boolean isReading() {
    return reading;
  }

  /** Sends a request. */
  public void send(List<byte[]> request, long timeoutMillis) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.ascii("*" + request.size() + "\r\n"));
    for (byte[] part : request) {
      out.writeBytes(Bytes.ascii("$" + part.length + "\r\n"));
      out.writeBytes(part);
      out.writeBytes(CRLF);
    }
    write(out.toByteArray(), timeoutMillis);
  }

  /** Sends bytes; what comes meanwhile is kept, so that the other side need not wait for us. */
  private void write(byte[] bytes, long timeoutMillis) throws IOException {
    reading = false;
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (channel.write(rest) >= 0 && rest.hasRemaining()) {
      await(SelectionKey.OP_READ | SelectionKey.OP_WRITE, timeoutMillis);
      if (key.isReadable()) {
        receive();
      }
    }
  }

  /** The next line, without its end. */
  public String readLine(long timeoutMillis) throws IOException {
    reading = true;
    for (int from = at; ; ) {
      for (; from < end; from++) {
        if (received[from] == '\n') {
          String line = Bytes.text(Arrays.copyOfRange(received, at, from));
          at = from + 1;
          return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        }
      }
      from -= at;
      await(SelectionKey.OP_READ, timeoutMillis);
      receive();
      from += at;
    }
  }

  private void receive() throws IOException {
    if (end == received.length) {
      System.arraycopy(received, at, received, 0, end - at);
      end -= at;
      at = 0;
      if (end == received.length) {
        received = Arrays.copyOf(received, 2 * end);
      }
    }
    int n = channel.read(ByteBuffer.wrap(received, end, received.length - end));
    if (n < 0) {
      throw new EOFException();
    }
    end += n;
  }

  @Override
  public void close() {
    try (channel) {
      selector.close();
    } catch (IOException e) {
      // The connection is given up, so nothing of it can matter.
      end = at;
    }
  }
}
