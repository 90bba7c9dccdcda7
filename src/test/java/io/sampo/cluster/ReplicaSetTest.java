package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;

/** Replica sets of several nodes in one process, whose data is a mere number. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicaSetTest {
  private static final long LEASE = 1000;

  /** The data of a node: its length, which goes from master to replicas at once. */
  private final class Data implements Role, Observer {
    private final int port;
    private long term;
    private long offset;
    private long label;
    private boolean leads;
    private int master;
    private volatile long lease = System.nanoTime();
    private volatile long safe = -1;
    private volatile boolean ails;
    private volatile Topology topology = Topology.empty("set");

    Data(int port) {
      this.port = port;
      byPort.put(port, this);
    }

    @Override
    public void lead(long newTerm, LongConsumer led) {
      synchronized (byPort) {
        term = newTerm;
        leads = true;
        led.accept(offset);
      }
    }

    @Override
    public void follow(String host, int itsPort, long newTerm, long start) {
      synchronized (byPort) {
        leads = false;
        master = itsPort;
        Data from = byPort.get(itsPort);
        term = from.leads && from.term == newTerm ? newTerm : 0;
        offset = term == 0 ? offset : from.offset;
      }
    }

    @Override
    public void retire() {
      synchronized (byPort) {
        leads = false;
        master = 0;
        term = 0;
      }
    }

    @Override
    public void pause(Runnable paused) {
      paused.run();
    }

    @Override
    public void resume() {}

    @Override
    public void reached(long newTerm) {
      synchronized (byPort) {
        label = newTerm;
      }
      nodes.values().forEach(ClusterNode::advanced);
    }

    @Override
    public boolean awaits() {
      return true;
    }

    @Override
    public boolean ails() {
      return ails;
    }

    @Override
    public Holding holding() {
      synchronized (byPort) {
        return new Holding(term, offset, label, true);
      }
    }

    boolean write() {
      synchronized (byPort) {
        if (!leads || lease - System.nanoTime() <= 0) {
          return false;
        }
        offset += 10;
        for (Data other : byPort.values()) {
          if (other.master == port && other.term == term) {
            other.offset = offset;
          }
        }
      }
      nodes.values().forEach(ClusterNode::advanced);
      return true;
    }

    @Override
    public void lease(long nanoTime) {
      lease = nanoTime;
    }

    @Override
    public void safe(long itsOffset) {
      safe = itsOffset;
    }

    @Override
    public void changed(Topology itsTopology) {
      topology = itsTopology;
    }
  }

  private final Map<Integer, Data> byPort = new ConcurrentHashMap<>();
  private final Map<String, Data> data = new HashMap<>();
  private final Map<String, ClusterNode> nodes = new ConcurrentHashMap<>();
  private final List<String> ids = new ArrayList<>();
  private Config config = ConfigFactory.load();
  @TempDir private Path directory;

  @BeforeEach
  void findPorts() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
      sockets.add(socket);
      ids.add("127.0.0.1:" + socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  @AfterEach
  void stop() {
    nodes.values().forEach(ClusterNode::close);
  }

  private void start(int i) {
    start(i, Topology.Kind.DATA);
  }

  private void start(int i, Topology.Kind kind) {
    String id = ids.get(i);
    Data its = new Data(i + 1);
    data.put(id, its);
    Path own = directory.resolve("n" + i);
    Plan plan = new Plan("set", id, ids, ids, kind, LEASE, "127.0.0.1", i + 1, 0, "", own);
    nodes.put(
        id, ClusterNode.start(plan, config, its, its, ReplicaSetTest::nobody, () -> its.lease = 0));
  }

  private static Publisher<ByteString> nobody(String client, Publisher<ByteString> requests) {
    throw new AssertionError("there are no clients");
  }

  private void end(String id) {
    data.remove(id).retire();
    nodes.remove(id).close();
  }

  private Optional<String> master() {
    return data.entrySet().stream()
        .filter(e -> e.getValue().lease - System.nanoTime() > 0 && e.getValue().leads)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - until < 0, what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void awaitWhole() throws InterruptedException {
    await(
        "a master and its replicas, seen by all: "
            + data.values().stream().map(d -> d.topology).toList(),
        () ->
            master().isPresent()
                && data.values().stream()
                    .allMatch(
                        d ->
                            d.topology.nodes().size() == ids.size()
                                && d.topology.master().map(Topology.Node::id).equals(master())
                                && d.topology.replicas().size()
                                    == data.values().stream().filter(x -> x.master > 0).count()));
  }

  @Test
  void nodesFormASetWhicheverComesFirst() throws InterruptedException {
    long before = System.nanoTime();
    start(2);
    start(1);
    start(0);
    awaitWhole();
    System.out.println("formed in " + (System.nanoTime() - before) / 1_000_000 + " ms");
    Data master = data.get(master().orElseThrow());
    assertTrue(master.write());
    await("a majority to have the write", () -> master.safe == master.offset);
  }

  @Test
  void anotherNodeTakesOverFromOneThatDies() throws InterruptedException {
    start(0);
    start(1);
    start(2);
    awaitWhole();
    String first = master().orElseThrow();
    data.get(first).write();
    long offset = data.get(first).offset;
    long before = System.nanoTime();
    end(first);
    await("another master", () -> master().isPresent());
    System.out.println("failed over in " + (System.nanoTime() - before) / 1_000_000 + " ms");
    assertEquals(offset, data.get(master().orElseThrow()).offset);
    start(ids.indexOf(first));
    await(
        "the first one to follow",
        () ->
            data.get(first).term == data.get(master().orElse(first)).term
                && data.get(first).master > 0);
  }

  @Test
  void aPlannedSuccessionTakesNoTime() throws Exception {
    start(0);
    start(1);
    start(2);
    awaitWhole();
    String first = master().orElseThrow();
    await("followers", () -> data.values().stream().filter(d -> d.term > 0).count() == 3);
    data.get(first).write();
    TimeUnit.MILLISECONDS.sleep(LEASE / 2);
    long before = System.nanoTime();
    String outcome =
        nodes
            .get(first)
            .handOver(Optional.empty(), Duration.ofSeconds(5))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    assertEquals("", outcome);
    await("another master", () -> master().isPresent() && !master().get().equals(first));
    long millis = (System.nanoTime() - before) / 1_000_000;
    assertTrue(millis < LEASE, millis + " ms");
  }

  @Test
  void aMasterWhoseDiskIsSlowHandsOverToOneWhoseIsNot() throws InterruptedException {
    start(0);
    start(1);
    start(2);
    awaitWhole();
    String first = master().orElseThrow();
    await("followers", () -> data.values().stream().filter(d -> d.term > 0).count() == 3);
    String ill = ids.get((ids.indexOf(first) + 1) % 3);
    String well = ids.get((ids.indexOf(first) + 2) % 3);
    data.get(ill).ails = true;
    await(
        "the master to know",
        () ->
            data.get(first).topology.nodes().stream()
                .anyMatch(node -> node.id().equals(ill) && node.ailing()));
    data.get(first).ails = true;
    await("the one that is well to lead", () -> master().equals(Optional.of(well)));
    // With nobody to hand over to, it goes on.
    data.get(well).ails = true;
    TimeUnit.MILLISECONDS.sleep(2 * LEASE);
    assertEquals(Optional.of(well), master());
  }

  @Test
  void aWitnessLetsOneOfTwoLead() throws InterruptedException {
    start(0, Topology.Kind.WITNESS);
    start(1);
    start(2);
    await("a master", () -> master().isPresent());
    String first = master().orElseThrow();
    await("followers", () -> data.values().stream().filter(d -> d.term > 0).count() == 2);
    TimeUnit.MILLISECONDS.sleep(LEASE);
    end(first);
    await("another master", () -> master().isPresent());
    assertTrue(!master().get().equals(ids.get(0)));
  }

  @Test
  void aMasterWithoutReplicasIsAskedInVain() throws Exception {
    start(0, Topology.Kind.WITNESS);
    start(1, Topology.Kind.WITNESS);
    start(2);
    await("a master", () -> master().isPresent());
    ClusterNode witness = nodes.get(ids.get(0));
    await("the witness to know", () -> data.get(ids.get(0)).topology.master().isPresent());
    // Where there is much else to do, it may have lost its lease for a moment.
    Consent answer = Consent.NO_MASTER;
    while (answer == Consent.NO_MASTER || answer == Consent.NO_ANSWER) {
      CompletableFuture<Consent> next = new CompletableFuture<>();
      witness.requestHandOver(Duration.ofSeconds(5), next::complete);
      answer = next.get(10, TimeUnit.SECONDS);
    }
    assertEquals(Consent.NO_REPLICA, answer);
    await("the master still", () -> master().equals(Optional.of(ids.get(2))));
  }

  /** A key store of its own for each test, with one key that all nodes have and trust. */
  private Path keys() throws IOException, InterruptedException {
    Path store = directory.resolve("keys.p12");
    Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                tool.toString(),
                "-genkeypair",
                "-alias",
                "node",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=IP:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "of-this-test",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return store;
  }

  @Test
  void itsTrafficCanBeEncrypted() throws Exception {
    String store = keys().toString();
    config =
        ConfigFactory.parseMap(
                Map.of(
                    "transport", "tls-tcp",
                    "ssl.config-ssl-engine.key-store", store,
                    "ssl.config-ssl-engine.trust-store", store,
                    "ssl.config-ssl-engine.key-store-password", "of-this-test",
                    "ssl.config-ssl-engine.key-password", "of-this-test",
                    "ssl.config-ssl-engine.trust-store-password", "of-this-test"))
            .atPath("pekko.remote.artery")
            .withFallback(ConfigFactory.load());
    start(0);
    start(1);
    start(2);
    awaitWhole();
    Data master = data.get(master().orElseThrow());
    assertTrue(master.write());
    await("a majority to have the write", () -> master.safe == master.offset);

    // Whoever speaks TLS there without the key gets nowhere.
    int port = Integer.parseInt(ids.get(0).substring(ids.get(0).indexOf(':') + 1));
    assertThrows(
        IOException.class,
        () -> {
          try (SSLSocket stranger = (SSLSocket) trusting().createSocket("127.0.0.1", port)) {
            stranger.setSoTimeout(10_000);
            stranger.startHandshake();
            stranger.getOutputStream().write("AKKA".getBytes(StandardCharsets.US_ASCII));
            while (stranger.getInputStream().read() >= 0) {
              Thread.onSpinWait();
            }
            throw new EOFException();
          }
        });
    // So does another node with a key of its own.
    String first = master().orElseThrow();
    String other = ids.stream().filter(id -> !id.equals(first)).findFirst().orElseThrow();
    end(other);
    Files.delete(Path.of(store));
    keys();
    start(ids.indexOf(other));
    TimeUnit.MILLISECONDS.sleep(2 * LEASE);
    assertEquals(0, data.get(other).master, "it follows nobody");
  }

  /** Of sockets that believe every server, and have no certificate themselves. */
  private static SSLSocketFactory trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    TrustManager[] anybody = {
      new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[0];
        }
      }
    };
    context.init(null, anybody, null);
    return context.getSocketFactory();
  }

  @Test
  void aDamagedBallotStopsTheNode() throws IOException {
    Path own = Files.createDirectories(directory.resolve("n0"));
    Files.writeString(own.resolve("replica-set-set.ballot"), "sampo-ballot 1 nonsense\n");
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> start(0));
    assertTrue(e.getMessage().contains("is damaged"), e.getMessage());
    assertTrue(e.getMessage().lines().count() == 1);
  }
}
