package io.sampo.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.resp.Chunk;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CoreTcpTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static ActorSystem system;

  private final List<CoreTcp.Binding> bindings = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger accepted = new AtomicInteger();

  @BeforeAll
  static void startSystem() {
    system =
        ActorSystem.create(
            "net-test", CoreLoops.dispatcherConfig(2).withFallback(ConfigFactory.load()));
  }

  @AfterAll
  static void stopSystem() throws Exception {
    assertEquals(2, loopThreads());
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
    await("the loops have ended", () -> loopThreads() == 0);
  }

  private static long loopThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("net-test-sampo.loop"))
        .count();
  }

  @AfterEach
  void unbind() throws Exception {
    for (CoreTcp.Binding binding : bindings) {
      binding.unbind().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
    await("all connections have ended", () -> open.get() == 0);
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "never: " + what);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Serves each connection with the handler, on the loops in turn. */
  private InetSocketAddress serve(int loops, Flow<ByteString, ByteString, NotUsed> handler)
      throws Exception {
    return (InetSocketAddress) serve(ANY_PORT, CoreTcp.Options.DEFAULT, loops, handler);
  }

  private SocketAddress serve(
      SocketAddress address,
      CoreTcp.Options options,
      int loops,
      Flow<ByteString, ByteString, NotUsed> handler)
      throws Exception {
    CoreTcp.Binding binding =
        CoreTcp.bind(address, options)
            .to(
                Sink.foreach(
                    connection -> {
                      open.incrementAndGet();
                      connection
                          .flow()
                          .map(CoreTcpTest::bytes)
                          .watchTermination(Keep.right())
                          .mapMaterializedValue(this::countDown)
                          .join(handler)
                          .addAttributes(
                              ActorAttributes.dispatcher(
                                  CoreLoops.dispatcher(accepted.getAndIncrement() % loops)))
                          .run(system);
                    }))
            .addAttributes(ActorAttributes.dispatcher(CoreLoops.dispatcher(0)))
            .run(system)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    bindings.add(binding);
    return binding.localAddress();
  }

  private static ByteString bytes(Chunk chunk) {
    ByteString bytes = ByteString.fromArrayUnsafe(chunk.bytes());
    chunk.free();
    return bytes;
  }

  private NotUsed countDown(CompletionStage<Done> termination) {
    termination.whenComplete((done, error) -> open.decrementAndGet());
    return NotUsed.getInstance();
  }

  private static Flow<ByteString, ByteString, NotUsed> echo() {
    return Flow.create();
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static void send(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** A peer that takes nothing does not hold a connection that is over for ever. */
  @Test
  void whatNobodyTakesIsGivenUpInTheEnd() throws Exception {
    byte[] much = random(16 << 20);
    InetSocketAddress address =
        (InetSocketAddress)
            serve(
                ANY_PORT,
                new CoreTcp.Options(511, () -> 300, true, 0, 1),
                1,
                Flow.fromSinkAndSource(
                    Sink.ignore(), Source.single(ByteString.fromArrayUnsafe(much))));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(1 << 14);
      socket.connect(address);
      await("the connection is there", () -> accepted.get() == 1);
      await("it has been given up", () -> open.get() == 0);
      assertTrue(socket.getInputStream().readAllBytes().length < much.length);
    } catch (SocketException reset) {
      assertEquals(0, open.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void echoes(int loops) throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    InetSocketAddress address =
        serve(
            loops,
            echo()
                .map(
                    bytes -> {
                      threads.add(CoreLoop.current().toString());
                      return bytes;
                    }));
    assertNotEquals(0, address.getPort());
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sockets.add(connect(address));
    }
    for (int round = 0; round < 50; round++) {
      byte[] message = random(1 + round);
      for (Socket socket : sockets) {
        send(socket, message);
      }
      for (Socket socket : sockets) {
        assertArrayEquals(message, socket.getInputStream().readNBytes(message.length));
      }
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    assertEquals(loops, threads.size());
  }

  /** A loop whose gate is closed goes on reading, and writes all when it opens. */
  @Test
  void nothingLeavesWhileTheGateIsClosed() throws Exception {
    AtomicBoolean closed = new AtomicBoolean(true);
    AtomicInteger read = new AtomicInteger();
    Executor loop = system.dispatchers().lookup(CoreLoops.dispatcher(0));
    loop.execute(() -> CoreLoop.current().gate(() -> !closed.get()));
    try {
      InetSocketAddress address =
          serve(
              1,
              echo()
                  .map(
                      bytes -> {
                        read.addAndGet(bytes.length());
                        return bytes;
                      }));
      try (Socket first = connect(address);
          Socket second = connect(address)) {
        send(first, random(100));
        await("all of the first", () -> read.get() == 100);
        send(second, random(7));
        await("the second", () -> read.get() == 107);
        send(first, random(50));
        // Who ends is not written to earlier, either.
        second.shutdownOutput();
        await("all", () -> read.get() == 157);
        assertEquals(0, first.getInputStream().available());
        assertEquals(0, second.getInputStream().available());
        closed.set(false);
        loop.execute(() -> {});
        assertArrayEquals(random(100), first.getInputStream().readNBytes(100));
        assertArrayEquals(random(50), first.getInputStream().readNBytes(50));
        assertArrayEquals(random(7), second.getInputStream().readAllBytes());
      }
    } finally {
      closed.set(false);
      loop.execute(() -> CoreLoop.current().gate(() -> true));
    }
  }

  /** Sends it all while others read, and then says that there is no more, if wanted. */
  private static CompletableFuture<Void> sending(Socket socket, byte[] payload, boolean ends) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            send(socket, payload);
            if (ends) {
              socket.shutdownOutput();
            }
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  @Test
  void carriesBigPayloadsBothWays() throws Exception {
    InetSocketAddress address = serve(2, echo());
    byte[] payload = random(32 << 20);
    try (Socket socket = connect(address)) {
      CompletableFuture<Void> sent = sending(socket, payload, false);
      assertArrayEquals(payload, socket.getInputStream().readNBytes(payload.length));
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void writesOneBigByteString() throws Exception {
    ByteString payload = ByteString.fromArray(random(32 << 20));
    InetSocketAddress address =
        serve(1, Flow.fromSinkAndSource(Sink.cancelled(), Source.single(payload)));
    try (Socket socket = connect(address)) {
      assertArrayEquals(payload.toArray(), socket.getInputStream().readAllBytes());
    }
  }

  @Test
  void slowReaderHoldsBackTheWriter() throws Exception {
    AtomicLong produced = new AtomicLong();
    ByteString chunk = ByteString.fromArray(new byte[16 * 1024]);
    InetSocketAddress address =
        serve(
            1,
            Flow.fromSinkAndSourceCoupled(
                Sink.ignore(),
                Source.repeat(chunk)
                    .map(
                        bytes -> {
                          produced.addAndGet(bytes.length());
                          return bytes;
                        })));
    try (Socket socket = connect(address)) {
      AtomicLong last = new AtomicLong(-1);
      await(
          "the producer stands still",
          () -> {
            LockSupport.parkNanos(100_000_000);
            return produced.get() > 0 && last.getAndSet(produced.get()) == produced.get();
          });
      // The kernel's two buffers hold a few MiB, the stage a quarter of one.
      assertTrue(produced.get() < 32 << 20, () -> "produced " + produced);
      long stood = produced.get();
      assertEquals(stood, socket.getInputStream().readNBytes((int) stood).length);
      await("it goes on", () -> produced.get() > stood);
    }
  }

  @Test
  void writerIsHeldBackByASlowHandler() throws Exception {
    CompletableFuture<Done> gate = new CompletableFuture<>();
    AtomicLong received = new AtomicLong();
    InetSocketAddress address =
        serve(
            1,
            echo()
                .map(
                    bytes -> {
                      received.addAndGet(bytes.length());
                      return bytes;
                    })
                .mapAsync(1, bytes -> gate.thenApply(done -> bytes)));
    byte[] payload = random(8 << 20);
    try (Socket socket = connect(address)) {
      CompletableFuture<Void> sent = sending(socket, payload, true);
      await("some of it has arrived", () -> received.get() > 0);
      LockSupport.parkNanos(100_000_000);
      assertTrue(received.get() < 1 << 20, () -> "received " + received);
      gate.complete(Done.done());
      assertArrayEquals(payload, socket.getInputStream().readAllBytes());
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void repliesArriveAfterTheClientsHalfClose() throws Exception {
    CompletableFuture<Done> gate = new CompletableFuture<>();
    InetSocketAddress address =
        serve(1, echo().mapAsync(64, bytes -> gate.thenApply(done -> bytes.concat(bytes))));
    byte[] request = random(100_000);
    try (Socket socket = connect(address)) {
      send(socket, request);
      socket.shutdownOutput();
      gate.completeAsync(Done::done, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
      assertEquals(2 * request.length, socket.getInputStream().readAllBytes().length);
    }
  }

  /** A server that says its last word to a client that is still sending. */
  @Test
  void lastWordsArriveThoughTheClientGoesOn() throws Exception {
    InetSocketAddress address =
        serve(1, echo().take(1).map(bytes -> ByteString.fromString("-ERR bye\r\n")));
    for (int i = 0; i < 200; i++) {
      try (Socket socket = connect(address)) {
        send(socket, new byte[1000]);
        InputStream in = socket.getInputStream();
        assertEquals("-ERR bye\r\n", new String(in.readAllBytes()));
      }
    }
  }

  @Test
  void aResetEndsTheStreamQuietly() throws Exception {
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    InetSocketAddress address =
        serve(
            1,
            echo()
                .watchTermination(
                    (notUsed, done) -> {
                      done.whenComplete((ok, error) -> seen.complete(error));
                      return notUsed;
                    }));
    Socket socket = connect(address);
    send(socket, new byte[] {1});
    assertEquals(1, socket.getInputStream().read());
    reset(socket);
    assertTrue(seen.get(10, TimeUnit.SECONDS) instanceof IOException);
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Test
  void leaksNoChannel() throws Exception {
    InetSocketAddress address = serve(2, echo());
    long before = descriptors();
    Random random = new Random(42);
    for (int i = 0; i < 3_000; i++) {
      Socket socket = connect(address);
      int kind = random.nextInt(4);
      if (kind > 0) {
        send(socket, random(1 + random.nextInt(100)));
      }
      if (kind == 1) {
        socket.close();
      } else {
        reset(socket);
      }
    }
    await("all were accepted", () -> accepted.get() == 3_000);
    await("all have ended", () -> open.get() == 0);
    await("their descriptors are closed", () -> descriptors() <= before + 2);
  }

  private static long descriptors() {
    String[] files = Path.of("/proc/self/fd").toFile().list();
    return files == null ? 0 : files.length;
  }

  @Test
  void killedStreamsCloseTheirSockets() throws Exception {
    InetSocketAddress address =
        serve(
            1,
            echo()
                .map(
                    bytes -> {
                      throw new IllegalStateException("expected");
                    }));
    try (Socket socket = connect(address)) {
      send(socket, new byte[] {1});
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void holdsAThousandConnections() throws Exception {
    InetSocketAddress address = serve(2, echo());
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      sockets.add(connect(address));
    }
    for (Socket socket : sockets) {
      send(socket, new byte[] {7});
    }
    for (Socket socket : sockets) {
      assertEquals(7, socket.getInputStream().read());
      socket.close();
    }
  }

  /** An actor that always has a slice of a millisecond to do, such as active expiry. */
  @Test
  void busyActorsStarveNoSocket() throws Exception {
    InetSocketAddress address = serve(1, echo());
    Executor loop = system.dispatchers().lookup(CoreLoops.dispatcher(0));
    AtomicBoolean stop = new AtomicBoolean();
    Runnable slice =
        new Runnable() {
          @Override
          public void run() {
            long end = System.nanoTime() + 1_000_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
            if (!stop.get()) {
              loop.execute(this);
            }
          }
        };
    loop.execute(slice);
    try (Socket socket = connect(address)) {
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        send(socket, new byte[] {3});
        assertEquals(3, socket.getInputStream().read());
      }
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
    } finally {
      stop.set(true);
    }
  }

  @Test
  void unbindFreesThePortAndLeavesConnections() throws Exception {
    InetSocketAddress address = serve(1, echo());
    try (Socket socket = connect(address)) {
      send(socket, new byte[] {1});
      assertEquals(1, socket.getInputStream().read());
      bindings.get(0).unbind().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThrows(IOException.class, () -> connect(address));
      send(socket, new byte[] {2});
      assertEquals(2, socket.getInputStream().read());
    }
    assertEquals(address, serve(address, CoreTcp.Options.DEFAULT, 1, echo()));
  }

  @Test
  void bindingTwiceFails() throws Exception {
    InetSocketAddress address = serve(1, echo());
    Exception e =
        assertThrows(Exception.class, () -> serve(address, CoreTcp.Options.DEFAULT, 1, echo()));
    assertTrue(e.getCause() instanceof BindException);
  }

  @Test
  void aSystemsEndClosesItsConnectionsAndHarmsNoOther() throws Exception {
    InetSocketAddress ours = serve(2, echo());
    ActorSystem other =
        ActorSystem.create(
            "net-other", CoreLoops.dispatcherConfig(1).withFallback(ConfigFactory.load()));
    Attributes loop = ActorAttributes.dispatcher(CoreLoops.dispatcher(0));
    CoreTcp.Binding binding =
        CoreTcp.bind(ANY_PORT, CoreTcp.Options.DEFAULT)
            .to(
                Sink.foreach(
                    c ->
                        c.flow()
                            .map(CoreTcpTest::bytes)
                            .join(echo())
                            .addAttributes(loop)
                            .run(other)))
            .addAttributes(loop)
            .run(other)
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    InetSocketAddress theirs = (InetSocketAddress) binding.localAddress();
    try (Socket here = connect(ours);
        Socket there = connect(theirs)) {
      send(there, new byte[] {1});
      assertEquals(1, there.getInputStream().read());
      other.terminate();
      assertEquals(-1, there.getInputStream().read());
      other.getWhenTerminated().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThrows(IOException.class, () -> connect(theirs));
      binding.unbind().toCompletableFuture().get(10, TimeUnit.SECONDS);
      send(here, new byte[] {2});
      assertEquals(2, here.getInputStream().read());
    }
  }

  @Test
  void servesUnixSockets(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("sampo.sock");
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
    CoreTcp.Options options = new CoreTcp.Options(511, () -> 300, true, 0700, 60);
    serve(address, options, 1, echo());
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    // A second server replaces the file, as after a crash.
    serve(address, options, 1, echo());
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      ByteBuffer reply = ByteBuffer.allocate(3);
      while (reply.hasRemaining() && channel.read(reply) >= 0) {}
      assertArrayEquals(new byte[] {1, 2, 3}, reply.array());
    }
    unbind();
    assertFalse(Files.exists(path));
  }

  @Test
  void neverRemovesAnotherKindOfFile(@TempDir Path directory) throws Exception {
    Path path = Files.writeString(directory.resolve("precious"), "data");
    assertThrows(
        Exception.class,
        () -> serve(UnixDomainSocketAddress.of(path), CoreTcp.Options.DEFAULT, 1, echo()));
    assertEquals("data", Files.readString(path));
  }

  @Test
  void refusesToRunElsewhere() {
    Pair<CompletionStage<CoreTcp.Binding>, CompletionStage<Done>> run =
        CoreTcp.bind(ANY_PORT, CoreTcp.Options.DEFAULT)
            .toMat(Sink.ignore(), Keep.both())
            .run(system);
    Exception e =
        assertThrows(CompletionException.class, () -> run.first().toCompletableFuture().join());
    assertTrue(e.getCause() instanceof IllegalStateException);
  }
}
