package io.sampo.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How fast a load is by itself: what redis-benchmark reaches with a server that does nothing.
 * Another may reach a little more, if it answers more clients at a time and so wakes the client
 * less often.
 *
 * @param rate of the load, commands per second
 * @param busy the share of the time that the server which does nothing was busy
 * @param ours and theirs: what the servers reach, in the same rounds
 */
record Ceiling(double rate, double busy, double ours, double theirs) {
  /** The loads whose client may be what holds them up. */
  static Stream<Load> loads() {
    Stream<Load> strings =
        Stream.of(16, 64)
            .flatMap(depth -> Stream.of("set", "get").map(test -> Load.test(test, 50, depth)));
    Stream<Load> types =
        TypeLoads.all()
            .filter(
                load ->
                    switch (load.name()) {
                      case "LRANGE_600" -> load.pipeline() == 1;
                      case "LPUSH", "SADD", "XADD", "LRANGE_300", "ZRANGE_10", "ZRANGE_100" ->
                          load.pipeline() == 16;
                      default -> false;
                    });
    return Stream.concat(strings, types).map(load -> load.called("ceiling " + load.name()));
  }

  /** Measures the two servers and none in turn. */
  static Ceiling of(Load load, Server a, Server b, long commands, int rounds)
      throws IOException, InterruptedException {
    List<Double> none = new ArrayList<>();
    List<Double> busy = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      ours.add(load.run(a, commands).rate());
      theirs.add(load.run(b, commands).rate());
      try (Canned canned = new Canned(reply(b.port(), load.request()))) {
        load.rate(canned.port(), commands / 8);
        long cpu = canned.cpuNanos();
        double rate = load.rate(canned.port(), commands);
        none.add(rate);
        busy.add((canned.cpuNanos() - cpu) / 1e9 / (commands / rate));
      }
    }
    return new Ceiling(
        Report.median(none), Report.median(busy), Report.median(ours), Report.median(theirs));
  }

  /** The bytes with which a server replies. */
  private static byte[] reply(int port, List<String> request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String end = "+PONG\r\n";
      OutputStream out = socket.getOutputStream();
      out.write((String.join(" ", request) + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream reply = new ByteArrayOutputStream();
      byte[] some = new byte[1 << 16];
      while (!reply.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
        int read = in.read(some);
        if (read < 0) {
          throw new IOException("no reply to " + request);
        }
        reply.write(some, 0, read);
      }
      byte[] whole = reply.toByteArray();
      return Arrays.copyOf(whole, whole.length - end.length());
    }
  }
}
