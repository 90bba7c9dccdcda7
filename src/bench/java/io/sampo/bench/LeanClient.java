package io.sampo.bench;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The process of a {@link Lean}. It lives for as long as a table, so that it has been compiled when
 * the servers have.
 */
final class LeanClient implements Driver {
  private final Process process;
  private final BufferedReader answers;
  private final PrintStream orders;

  /** Bytes or lines of the reply to each load, as many from both servers. */
  private final Map<Load, String> replies = new HashMap<>();

  LeanClient() throws IOException {
    List<String> line =
        List.of(
            "java",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            Lean.class.getName());
    process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
    orders = new PrintStream(process.getOutputStream(), true);
  }

  @Override
  public Load.Run run(Load load, Server server, long commands)
      throws IOException, InterruptedException {
    load.begin(server, commands);
    long sent = commands / load.pipeline() * load.pipeline();
    long start = server.cpuMicros();
    orders.println(
        "%d %d %d %d %b %d %s"
            .formatted(
                server.port(),
                load.connections(),
                load.pipeline(),
                sent,
                load.before() instanceof Load.Read,
                Load.KEYS,
                String.join(" ", load.request())));
    String answer = answers.readLine();
    if (answer == null) {
      throw new EOFException("the client has failed at " + load.row());
    }
    long end = server.cpuMicros();
    String[] figures = answer.split(" ");
    String reply = replies.putIfAbsent(load, figures[5]);
    if (reply != null && !reply.equals(figures[5])) {
      throw new IOException(load.row() + ": replies of " + reply + " and of " + figures[5]);
    }
    return new Load.Run(
        Double.parseDouble(figures[0]),
        (double) (end - start) / sent,
        Double.parseDouble(figures[2]),
        Double.parseDouble(figures[3]),
        Double.parseDouble(figures[4]),
        Double.parseDouble(figures[1]));
  }

  @Override
  public void close() {
    orders.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
