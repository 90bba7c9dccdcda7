package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.server.config.ConfigFile;
import io.sampo.server.config.RedisConf;
import io.sampo.server.config.Setting;
import io.sampo.server.config.Settings;
import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A redis.conf means here what it means to Redis. */
@Timeout(60)
class RedisConfTest {
  /** What the file of a distribution has on its lines that are no comments. */
  private static final String STOCK =
      """
      bind 127.0.0.1 -::1
      protected-mode yes
      port 6379
      tcp-backlog 511
      timeout 0
      tcp-keepalive 300
      daemonize no
      pidfile redis.pid
      loglevel notice
      logfile ""
      databases 16
      always-show-logo no
      set-proc-title yes
      proc-title-template "{title} {listen-addr} {server-mode}"
      stop-writes-on-bgsave-error yes
      rdbcompression yes
      rdbchecksum yes
      dbfilename dump.rdb
      rdb-del-sync-files no
      dir ./
      replica-serve-stale-data yes
      replica-read-only yes
      repl-diskless-sync yes
      repl-diskless-sync-delay 5
      repl-diskless-sync-max-replicas 0
      repl-diskless-load disabled
      repl-disable-tcp-nodelay no
      replica-priority 100
      acllog-max-len 128
      lazyfree-lazy-eviction no
      lazyfree-lazy-expire no
      lazyfree-lazy-server-del no
      replica-lazy-flush no
      lazyfree-lazy-user-del no
      lazyfree-lazy-user-flush no
      oom-score-adj no
      oom-score-adj-values 0 200 800
      disable-thp yes
      appendonly no
      appendfilename "appendonly.aof"
      appenddirname "appendonlydir"
      appendfsync everysec
      no-appendfsync-on-rewrite no
      auto-aof-rewrite-percentage 100
      auto-aof-rewrite-min-size 64mb
      aof-load-truncated yes
      aof-use-rdb-preamble yes
      aof-timestamp-enabled no
      slowlog-log-slower-than 10000
      slowlog-max-len 128
      latency-monitor-threshold 0
      notify-keyspace-events ""
      hash-max-listpack-entries 512
      hash-max-listpack-value 64
      list-max-listpack-size -2
      list-compress-depth 1
      set-max-intset-entries 512
      zset-max-listpack-entries 128
      zset-max-listpack-value 64
      hll-sparse-max-bytes 3000
      stream-node-max-bytes 4096
      stream-node-max-entries 100
      activerehashing yes
      client-output-buffer-limit normal 0 0 0
      client-output-buffer-limit replica 256mb 64mb 60
      client-output-buffer-limit pubsub 32mb 8mb 60
      hz 10
      dynamic-hz yes
      aof-rewrite-incremental-fsync yes
      rdb-save-incremental-fsync yes
      jemalloc-bg-thread yes
      """;

  @TempDir private Path directory;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.ISO_8859_1);
  }

  private static Settings settings(Path file, String... more) {
    String[] args = new String[more.length + 1];
    args[0] = file.toString();
    System.arraycopy(more, 0, args, 1, more.length);
    return Settings.from(CommandLine.parse(args).config());
  }

  /** Has a Redis read the same, in the place where the tests start one. */
  private static void compare(Path file, Settings ours, List<String> names) {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (RedisProcess redis = RedisProcess.start("--include", file.toString());
        RespClient client = RespClient.connect(redis.port())) {
      for (String name : names) {
        String theirs = client.call("CONFIG", "GET", name).texts().get(1);
        assertEquals(theirs, ours.find(name).orElseThrow().format(), name);
      }
    }
  }

  @Test
  void whatEveryFileHasIsTaken() throws IOException {
    Path file = write("redis.conf", STOCK);
    assertTrue(RedisConf.is(STOCK));
    List<String> names =
        STOCK.lines().map(line -> line.split(" ")[0]).distinct().filter(this::isShared).toList();
    compare(write("shared.conf", without(STOCK)), settings(file), names);
  }

  /** But for where it listens and keeps its files. */
  private boolean isShared(String name) {
    return !List.of("bind", "port", "pidfile", "logfile", "dir").contains(name);
  }

  private String without(String text) {
    StringBuilder rest = new StringBuilder();
    text.lines()
        .filter(line -> isShared(line.split(" ")[0]))
        .forEach(line -> rest.append(line).append('\n'));
    return rest.toString();
  }

  @Test
  void linesAreReadAsRedisReadsThem() throws IOException {
    write("first.inc", "hz 44\nsave 77 7\n");
    write("second.inc", "timeout 8\n");
    Path file =
        write(
            "redis.conf",
            """
            # a comment, and "one 'quote
               \t HZ   33\t
            save 900 1
            include %1$s/first.inc
            include %1$s/sec*.inc
            include %1$s/none*.inc
            save 300 10 60 20
            slave-priority 7
            timeout "9"
            slowlog-max-len 5
            slowlog-max-len 6
            client-output-buffer-limit normal 1mb 2kb 3
            client-output-buffer-limit slave 4 5 6 pubsub 1 1 1
            client-output-buffer-limit normal 7 8 9
            masterauth "a b\\x41\\n\\"c"
            masteruser 'it\\'s # me'
            notify-keyspace-events Kx
            maxmemory 1Gb\r
            latency-tracking-info-percentiles 50 99.9
            """
                .formatted(directory));
    List<String> names =
        List.of(
            "hz",
            "save",
            "slave-priority",
            "timeout",
            "slowlog-max-len",
            "client-output-buffer-limit",
            "masterauth",
            "masteruser",
            "notify-keyspace-events",
            "maxmemory",
            "latency-tracking-info-percentiles");
    compare(file, settings(file), names);
  }

  @Test
  void argumentsComeBehindTheFile() throws IOException {
    Path file = write("redis.conf", "save 900 1\nhz 33\ndaemonize yes\n");
    Settings ours = settings(file, "--save", "300", "10", "--hz", "22", "--daemonize", "no");
    assertEquals("22", ours.hz.format());
    assertEquals("900 1 300 10", ours.save.format());
    assertEquals("", settings(file, "--save", "", "--daemonize", "no").save.format());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo bar",
        "port",
        "hz 10 20",
        "hz abc",
        "save \"900",
        "save 900",
        "maxmemory 1zb",
        "client-output-buffer-limit normal 1 2",
        "\"hz\" abc",
        "include",
        "include one two",
        "masterauth \"a\"b"
      })
  void whatIsWrongIsNamedWithItsPlace(String line) throws Exception {
    Path file = write("redis.conf", "# first\nhz 10\n\n" + line + "\ntimeout 3\n");
    String complaint = assertThrows(Setting.BadValue.class, () -> settings(file)).getMessage();
    assertTrue(complaint.startsWith(file + ": 4: "), complaint);
    assertEquals(1, complaint.lines().count());
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    Process redis = new ProcessBuilder("redis-server", file.toString(), "--port", "0").start();
    try {
      assertTrue(redis.waitFor(10, TimeUnit.SECONDS));
      String theirs = new String(redis.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher place = Pattern.compile("at line (\\d+)").matcher(theirs);
      assertTrue(place.find(), theirs);
      assertEquals("4", place.group(1));
    } finally {
      redis.destroy();
    }
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws IOException {
    Path file = write("redis.conf", "hz 10\ninclude " + directory + "/nosuch.inc\n");
    assertEquals(
        "can't open config file '" + directory + "/nosuch.inc'",
        assertThrows(Setting.BadValue.class, () -> settings(file)).getMessage());
    Path round = write("round.conf", "hz 10\ninclude " + directory + "/round.conf\n");
    assertEquals(
        round + ": 2: includes are nested deeper than 32",
        assertThrows(Setting.BadValue.class, () -> settings(round)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing\n",
        "sampo { port = 1 }",
        "sampo {\n port = 1\n}",
        "sampo.port = 1",
        "sampo\n{\n}",
        "include \"other.conf\"\nsampo.hz = 3",
        "port = 1",
        "port: 1",
        "{ sampo { port = 1 } }",
        "// port\nsampo { port = 1 }",
        "\"sampo\" { port = 1 }",
        "pekko.loglevel = DEBUG"
      })
  void hoconIsToldFromIt(String text) {
    assertFalse(RedisConf.is(text));
  }

  /** What is changed while a Redis could not have been told either. */
  @Test
  void redisGoesOnWithWhatIsRewritten() throws IOException {
    String before = without(STOCK) + "# the end\n";
    Path file = write("redis.conf", before);
    Settings ours = settings(file);
    ours.hz.set("77");
    ours.save.set("5 6 7 8");
    ours.clientOutputBufferLimit.set("pubsub 1 2 3");
    ours.masterauth.set("a \"b\\ \u00e9");
    ours.notifyKeyspaceEvents.set("KEA");
    ours.maxmemoryPolicy.set("allkeys-lru");
    ours.timeout.set("9");
    new ConfigFile(file).rewrite(ours);
    String after = Files.readString(file, StandardCharsets.ISO_8859_1);
    String head = before.replace("hz 10", "hz 77").replace("timeout 0", "timeout 9");
    assertEquals(
        head.substring(0, head.indexOf("notify")), after.substring(0, after.indexOf("notify")));
    assertTrue(after.contains("# the end\n# Generated by CONFIG REWRITE\n"), after);
    compare(
        file,
        ours,
        List.of(
            "hz",
            "save",
            "client-output-buffer-limit",
            "masterauth",
            "notify-keyspace-events",
            "maxmemory-policy",
            "timeout"));
    Settings again = settings(file);
    for (Setting<?> setting : ours.all()) {
      assertEquals(setting.format(), again.find(setting.name).orElseThrow().format());
    }
    new ConfigFile(file).rewrite(again);
    assertEquals(after, Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /** What a file does not say of a value that has several parts has to be written, too. */
  @Test
  void aValueIsComparedAsAStartWouldHaveIt() throws IOException {
    for (String text :
        List.of(
            "client-output-buffer-limit pubsub 1 1 1\n",
            "sampo.client-output-buffer-limit = \"pubsub 1 1 1\"\n")) {
      Path file = write("some.conf", text);
      Settings ours = settings(file);
      ours.clientOutputBufferLimit.set("normal 2 2 2");
      new ConfigFile(file).rewrite(ours);
      assertEquals(
          ours.clientOutputBufferLimit.format(), settings(file).clientOutputBufferLimit.format());
    }
  }
}
