package io.sampo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** Subscribers to one channel, who take what they are sent as fast as one thread can. */
final class Audience implements AutoCloseable {
  private final Selector selector = Selector.open();
  private final Thread thread = new Thread(this::listen, "audience");
  private volatile boolean closed;

  private Audience() throws IOException {}

  /** An audience of so many; all of them have subscribed when this returns. */
  static Audience of(int port, String channel, int count) throws IOException {
    Audience audience = new Audience();
    String request = "*2\r\n$9\r\nSUBSCRIBE\r\n$%d\r\n%s\r\n".formatted(channel.length(), channel);
    ByteBuffer reply = ByteBuffer.allocate(4096);
    for (int i = 0; i < count; i++) {
      SocketChannel socket =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      socket.read(reply.clear());
      socket.configureBlocking(false);
      socket.register(audience.selector, SelectionKey.OP_READ);
    }
    audience.thread.start();
    return audience;
  }

  private void listen() {
    ByteBuffer taken = ByteBuffer.allocateDirect(1 << 16);
    try {
      while (!closed) {
        selector.select(
            key -> {
              try {
                if (((SocketChannel) key.channel()).read(taken.clear()) < 0) {
                  key.cancel();
                }
              } catch (IOException e) {
                key.cancel();
              }
            });
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("the audience has left", e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
