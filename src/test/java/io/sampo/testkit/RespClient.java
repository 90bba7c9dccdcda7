package io.sampo.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A blocking client that hides nothing: it sends arguments or raw bytes and reads replies as they
 * are on the wire. Strings are bytes (ISO-8859-1). Whatever takes longer than 10 seconds fails,
 * with {@link UncheckedIOException}.
 */
public final class RespClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private RespClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  /** Connects to a loopback port. */
  public static RespClient connect(int port) {
    return connect(InetAddress.getLoopbackAddress(), port);
  }

  /** Connects to a port of any address. */
  public static RespClient connect(InetAddress address, int port) {
    return connect(address, port, PATIENCE_MILLIS);
  }

  /** Connects to a port of any address, within so many milliseconds. */
  public static RespClient connect(InetAddress address, int port, int millis) {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(address, port), millis);
      return new RespClient(socket);
    } catch (IOException e) {
      try {
        socket.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one command and reads one reply. */
  public WireReply call(String... arguments) {
    send(arguments);
    return read();
  }

  /** What a command with a cursor, the first argument "0", comes across from beginning to end. */
  public List<String> walk(String... command) {
    String[] next = command.clone();
    int cursor = List.of(command).indexOf("0");
    List<String> found = new ArrayList<>();
    do {
      WireReply page = call(next);
      next[cursor] = page.elements().get(0).text();
      found.addAll(page.elements().get(1).texts());
    } while (!next[cursor].equals("0"));
    return found;
  }

  /**
   * As {@link #call}, for what a test relies on.
   *
   * @throws AssertionError unless the reply is of the type
   */
  public WireReply expect(char type, String... arguments) {
    WireReply reply = call(arguments);
    if (reply.type() != type) {
      throw new AssertionError(String.join(" ", arguments) + ": " + reply);
    }
    return reply;
  }

  /** Sends one command. */
  public void send(String... arguments) {
    raw(encode(arguments));
  }

  /** Sends bytes as they are. */
  public void raw(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text as it is. */
  public void raw(String text) {
    raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A command as it goes over the wire. */
  public static byte[] encode(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("*" + arguments.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String argument : arguments) {
      byte[] bytes = argument.getBytes(StandardCharsets.ISO_8859_1);
      out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes);
      out.writeBytes(new byte[] {'\r', '\n'});
    }
    return out.toByteArray();
  }

  /** Commands as they go over the wire. */
  public static byte[] encode(List<String[]> commands) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    commands.forEach(command -> out.writeBytes(encode(command)));
    return out.toByteArray();
  }

  /** Reads the next reply or push. */
  public WireReply read() {
    try {
      return reply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the next {@code n} replies. */
  public List<WireReply> read(int n) {
    List<WireReply> replies = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      replies.add(read());
    }
    return replies;
  }

  /** Whether the server closes the connection with nothing more to say. */
  public boolean closedByServer() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /**
   * Sends bytes and then says that no more will come; returns everything that the server says until
   * it closes or resets the connection.
   */
  public String converse(byte[] bytes) {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      for (int b = in.read(); b >= 0; b = in.read()) {
        heard.write(b);
      }
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException("the server keeps the connection open", e);
    } catch (SocketException reset) {
      // A server that closes with input unread resets; what was heard before still counts.
      return heard.toString(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return heard.toString(StandardCharsets.ISO_8859_1);
  }

  /** Says that we send no more; what the server still says can be read. */
  public void finish() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection by a reset rather than a farewell. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets how long a read waits, in milliseconds. */
  public void patience(int millis) {
    try {
      socket.setSoTimeout(millis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port at our end of the connection. */
  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private WireReply reply() throws IOException {
    char type = (char) octet();
    String line = line();
    return switch (type) {
      case '+', '-', ':', ',', '#', '(' -> WireReply.of(type, line);
      case '_' -> WireReply.of('_', "_");
      case '$', '!', '=' ->
          line.equals("-1") ? WireReply.of('_', "$-1") : WireReply.of(type, blob(line));
      case '*', '~', '>' -> line.equals("-1") ? WireReply.of('_', "*-1") : aggregate(type, line, 1);
      case '%', '|' -> aggregate(type, line, 2);
      default -> throw new IOException("no such type: " + type + WireReply.printable(line));
    };
  }

  private WireReply aggregate(char type, String line, int each) throws IOException {
    int n = Integer.parseInt(line) * each;
    List<WireReply> elements = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      elements.add(reply());
    }
    return new WireReply(type, "", List.copyOf(elements));
  }

  private String blob(String line) throws IOException {
    int length = Integer.parseInt(line);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the server closed the connection within a reply");
    }
    if (octet() != '\r' || octet() != '\n') {
      throw new IOException("a blob without its end of line");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = octet(); b != '\r'; b = octet()) {
      line.append((char) b);
    }
    if (octet() != '\n') {
      throw new IOException("a CR without LF behind " + WireReply.printable(line.toString()));
    }
    return line.toString();
  }

  private int octet() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the server closed the connection");
    }
    return b;
  }
}
