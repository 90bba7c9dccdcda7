package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Layout;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.TestNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Where nodes live, one after the other, that append to a file. */
record AofHome(Path directory) {
  static final Layout ONE = new Layout(1, 1, "core");
  static final Layout TWO = new Layout(2, 2, "core");
  static final String INCREMENT = "appendonlydir/appendonly.aof.1.incr.aof";
  static final String MANIFEST = "appendonlydir/appendonly.aof.manifest";

  /** What somebody does who is connected to a node. */
  interface Visit {
    void to(RespClient client) throws Exception;
  }

  TestNode start(Layout layout, String... directives) {
    Map<String, String> all = new HashMap<>();
    all.put("dir", directory.toString());
    all.put("appendonly", "yes");
    for (int i = 0; i < directives.length; i += 2) {
      all.put(directives[i], directives[i + 1]);
    }
    return TestNode.start(layout, all);
  }

  /** Starts a node, does something with it, and ends it. */
  void run(Layout layout, Visit visit, String... directives) throws Exception {
    try (TestNode node = start(layout, directives);
        RespClient client = RespClient.connect(node.port())) {
      visit.to(client);
    }
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  static String info(RespClient client, String field) {
    return client
        .call("INFO", "persistence")
        .text()
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1))
        .findFirst()
        .orElse("");
  }

  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      try {
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError("waited for too long", e);
      }
    }
  }

  static void awaitRewrite(RespClient client) {
    await(
        () ->
            info(client, "aof_rewrite_in_progress").equals("0")
                && info(client, "aof_rewrite_scheduled").equals("0"));
    assertEquals("ok", info(client, "aof_last_bgrewrite_status"));
  }
}
