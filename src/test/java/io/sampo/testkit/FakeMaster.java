package io.sampo.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** What a replica takes for its master: it answers as it is told, and notes what it was asked. */
public final class FakeMaster implements AutoCloseable {
  /** A file without any data. */
  public static final String EMPTY = "REDIS0010\u00ff\0\0\0\0\0\0\0\0";

  private final ServerSocket server;
  private final Thread thread;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Function<String, String> answers = request -> "";
  private volatile Socket present = new Socket();
  private final Socket taken = new Socket();

  private FakeMaster(ServerSocket server) {
    this.server = server;
    thread = new Thread(this::serve, "fake-master");
    thread.setDaemon(true);
  }

  public static FakeMaster start() {
    try {
      FakeMaster master = new FakeMaster(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      master.thread.start();
      return master;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Answers everything but PSYNC as a master does; that it answers with this. */
  public void answerPsync(String answer) {
    answers =
        request ->
            switch (request.split(" ")[0].toUpperCase(Locale.ROOT)) {
              case "PING" -> "+PONG\r\n";
              case "PSYNC" -> answer;
              case "REPLCONF" -> request.startsWith("REPLCONF ACK") ? "" : "+OK\r\n";
              default -> "+OK\r\n";
            };
  }

  /** Says something that answers nothing. */
  public void say(String text) {
    try {
      present.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection. */
  public void hangUp() {
    try {
      present.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * From now on connections to its port are refused: it stays taken, so nobody else comes there.
   */
  public void refuse() {
    int port = port();
    try {
      server.close();
      present.close();
      // While it accepts, the port is not free.
      thread.join(10_000);
      taken.setReuseAddress(true);
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has been asked so far, on all connections. */
  public List<String> requests() {
    return requests;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        present = socket;
        InputStream in = new BufferedInputStream(socket.getInputStream());
        while (true) {
          String request = request(in);
          requests.add(request);
          String answer = answers.apply(request);
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
      } catch (IOException gone) {
        // The next one, then.
        present = new Socket();
      }
    }
  }

  private static String request(InputStream in) throws IOException {
    String line = line(in);
    while (line.isEmpty()) {
      line = line(in);
    }
    List<String> parts = new ArrayList<>();
    for (int i = Integer.parseInt(line.substring(1)); i > 0; i--) {
      int length = Integer.parseInt(line(in).substring(1));
      parts.add(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      line(in);
    }
    return String.join(" ", parts);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  @Override
  public void close() {
    try {
      server.close();
      present.close();
      taken.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
