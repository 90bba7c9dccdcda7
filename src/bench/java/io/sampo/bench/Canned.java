package io.sampo.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that does nothing but reply: it takes every request for one as long as its connection's
 * first, and answers all of them alike. What a load reaches with it is about what the client can.
 */
final class Canned implements AutoCloseable {
  private static final int MOST_AT_ONCE = 1 << 20;

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listening = ServerSocketChannel.open();
  private final ByteBuffer taken = ByteBuffer.allocateDirect(1 << 16);
  private final int length;

  /** The reply, again and again. */
  private final ByteBuffer replies;

  private final List<SelectionKey> ready = new ArrayList<>();
  private final Thread thread = new Thread(this::serve, "canned");
  private volatile boolean closed;

  /** A server that answers so. */
  Canned(byte[] reply) throws IOException {
    length = reply.length;
    int copies = Math.max(2, MOST_AT_ONCE / length);
    replies = ByteBuffer.allocateDirect(copies * length);
    for (int i = 0; i < copies; i++) {
      replies.put(reply);
    }
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 511);
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    thread.start();
  }

  int port() {
    return listening.socket().getLocalPort();
  }

  /** Processor time of its thread so far. */
  long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
  }

  private static final class Connection {
    /** Of each request; 0 until the first has come. */
    int request;

    /** Bytes of a request that has come in part. */
    int part;

    /** Bytes of replies not yet written, and where in a reply they begin. */
    long owed;

    int from;
  }

  private void serve() {
    try {
      while (!closed) {
        selector.select(this::ready);
        // Reads before writes, as the servers do it: the client is woken for many at once.
        for (SelectionKey key : ready) {
          answer(key);
        }
        ready.clear();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("the canned server failed", e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        SocketChannel channel = listening.accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, new Connection());
        return;
      }
      SocketChannel channel = (SocketChannel) key.channel();
      if (key.isReadable() && !take((Connection) key.attachment(), channel)) {
        channel.close();
        return;
      }
      ready.add(key);
    } catch (IOException e) {
      key.cancel();
    }
  }

  private void answer(SelectionKey key) {
    try {
      boolean all = answer((Connection) key.attachment(), (SocketChannel) key.channel());
      key.interestOps(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    } catch (IOException e) {
      key.cancel();
    }
  }

  /** False when there is no more to come. */
  private boolean take(Connection connection, SocketChannel channel) throws IOException {
    int read = channel.read(taken.clear());
    if (read < 0) {
      return false;
    }
    if (connection.request == 0) {
      String first = StandardCharsets.ISO_8859_1.decode(taken.flip()).toString();
      if (first.contains("CONFIG")) {
        // What redis-benchmark asks before it begins, and can do without.
        channel.write(ByteBuffer.wrap("-ERR\r\n-ERR\r\n".getBytes(StandardCharsets.US_ASCII)));
        return true;
      }
      connection.request = requestLength(first);
    }
    int bytes = connection.part + read;
    connection.part = bytes % connection.request;
    connection.owed += (long) (bytes / connection.request) * length;
    return true;
  }

  /** How long the request is that this begins with; its end may be missing. */
  private static int requestLength(String text) {
    int at = text.indexOf('\n') + 1;
    for (int words = Integer.parseInt(text.substring(1, at - 2)); words > 0; words--) {
      int line = text.indexOf('\n', at) + 1;
      at = line + Integer.parseInt(text.substring(at + 1, line - 2)) + 2;
    }
    return at;
  }

  /** Whether nothing is owed any more. */
  private boolean answer(Connection connection, SocketChannel channel) throws IOException {
    while (connection.owed > 0) {
      int end = (int) Math.min(replies.capacity(), connection.from + connection.owed);
      int written = channel.write(replies.limit(end).position(connection.from));
      connection.owed -= written;
      connection.from = (connection.from + written) % length;
      if (replies.hasRemaining()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
