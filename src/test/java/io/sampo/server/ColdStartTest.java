package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import io.sampo.testkit.TestSet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replica sets none of whose nodes runs, and of which some have files: the best ones count. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ColdStartTest {
  @TempDir private Path directory;

  private static Map<String, Object> directives(boolean appendonly) {
    Map<String, Object> directives = new HashMap<>();
    directives.put("appendonly", appendonly ? "yes" : "no");
    directives.put("save", appendonly ? "" : "3600 1");
    return directives;
  }

  private static void eventually(TestSet set, int node, String... request) {
    try (RespClient client = RespClient.connect(set.port(node))) {
      TestSet.await("a write", () -> client.call(request).text().equals("OK"));
    }
  }

  private static String value(TestSet set) {
    try (RespClient client = RespClient.connect(set.port(set.awaitMaster()))) {
      return client.call("GET", "k").text();
    }
  }

  /** Nodes that are ended one after the other have kept more, the later they did. */
  @ParameterizedTest
  @CsvSource({"false, 0", "false, 1", "true, 1"})
  void whoEndedLastLeads(boolean appendonly, int firstToCome) {
    try (TestSet set = TestSet.in(directory, directives(appendonly))) {
      for (int i = 0; i < 3; i++) {
        set.start(i);
      }
      set.awaitWhole();
      int last = set.awaitMaster();
      eventually(set, last, "SET", "k", "old");
      TestSet.await("replicas", () -> acknowledged(set, last) == 2);
      set.stop((last + 1) % 3);
      eventually(set, last, "SET", "k", "new");
      TestSet.await("a replica", () -> acknowledged(set, last) == 1);
      set.stop((last + 2) % 3);
      set.stop(last);
      for (int i = 0; i < 3; i++) {
        set.start((last + 1 + firstToCome + i) % 3);
      }
      set.awaitWhole();
      assertEquals("new", value(set));
    }
  }

  private static long acknowledged(TestSet set, int master) {
    try (RespClient client = RespClient.connect(set.port(master))) {
      return client.call("WAIT", "2", "100").number();
    }
  }

  /** A file of a server that was in no replica set is worth more than none. */
  @Test
  void aFileFromElsewhereIsNotDropped() {
    Map<String, Object> alone = new HashMap<>(directives(false));
    try (TestSet set = TestSet.in(directory, directives(false))) {
      alone.put("dir", set.directory(2).toString());
      try (TestNode node = TestNode.start(new Layout(2, 1, "core"), alone);
          RespClient client = RespClient.connect(node.port())) {
        assertEquals("OK", client.call("SET", "k", "brought").text());
      }
      assertTrue(set.directory(2).resolve("dump.rdb").toFile().exists());
      for (int i : List.of(0, 1, 2)) {
        set.start(i);
      }
      set.awaitWhole();
      assertEquals("brought", value(set));
    }
  }
}
