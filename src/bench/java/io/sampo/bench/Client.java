package io.sampo.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/** The little of RESP2 that the benchmark speaks itself. */
final class Client implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  private Client(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  static Client connect(int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return new Client(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends one command; returns its reply, which is no array.
   *
   * @throws IOException also on an error reply
   */
  String command(String... arguments) throws IOException {
    return raw(encoded(arguments));
  }

  /** A request as {@link #raw} takes it. */
  static byte[] encoded(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    append(out, arguments);
    return out.toByteArray();
  }

  /** As {@link #command} does, with a request that was encoded before. */
  String raw(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    return reply();
  }

  /** Sends one command and passes over its reply, whatever that is but an error. */
  void exchange(String... arguments) throws IOException {
    socket.getOutputStream().write(encoded(arguments));
    pass();
  }

  /** Passes over a reply, whatever it is but an error. */
  private void pass() throws IOException {
    for (long left = 1; left > 0; left--) {
      String line = line();
      long n = "$*".indexOf(line.charAt(0)) < 0 ? 0 : Long.parseLong(line.substring(1));
      if (line.startsWith("-")) {
        throw new IOException(line);
      } else if (line.startsWith("*")) {
        left += Math.max(0, n);
      } else if (line.startsWith("$") && n >= 0) {
        in.skipNBytes(n + 2);
      }
    }
  }

  /** Sets keys {@code key:%012d} from 0 to {@code count - 1} to values of {@code size} bytes. */
  void fill(int count, int size) throws IOException {
    String value = "x".repeat(size);
    pipeline(count, key -> new String[] {"SET", "key:%012d".formatted(key), value});
  }

  /** Sends so many requests, a few hundred at a time. */
  void pipeline(int count, IntFunction<String[]> requests) throws IOException {
    int batch = 500;
    for (int from = 0; from < count; from += batch) {
      int to = Math.min(count, from + batch);
      ByteArrayOutputStream out = new ByteArrayOutputStream(batch * 256);
      for (int i = from; i < to; i++) {
        append(out, requests.apply(i));
      }
      socket.getOutputStream().write(out.toByteArray());
      for (int i = from; i < to; i++) {
        pass();
      }
    }
  }

  private static void append(ByteArrayOutputStream out, String... arguments) {
    StringBuilder text = new StringBuilder("*" + arguments.length + "\r\n");
    for (String argument : arguments) {
      text.append('$').append(argument.length()).append("\r\n").append(argument).append("\r\n");
    }
    out.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private String reply() throws IOException {
    String line = line();
    if (line.startsWith("-")) {
      throw new IOException(line);
    }
    if (!line.startsWith("$") || line.equals("$-1")) {
      return line;
    }
    int length = Integer.parseInt(line.substring(1));
    byte[] bytes = in.readNBytes(length);
    line();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.append((char) b);
    }
    line.setLength(line.length() - 1);
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
