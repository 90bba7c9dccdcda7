package io.sampo.server.migrate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int TRIES = 200;

  private final Targets targets = new Targets((delay, task) -> {});

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.count();
    }
  }

  @Test
  void whoeverIsNotThereCostsNoDescriptor() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(DESCRIPTORS));
    InetSocketAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    assertThrows(IOException.class, () -> targets.take(nobody, 1000));
    long before = descriptors();
    for (int i = 0; i < TRIES; i++) {
      assertThrows(IOException.class, () -> targets.take(nobody, 1000));
    }
    long more = descriptors() - before;
    assertTrue(more < TRIES, more + " more");
  }
}
