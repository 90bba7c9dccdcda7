package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * How long what is done to values of a million elements, or of 100 MiB, keeps everybody else
 * waiting.
 */
final class Millions {
  private static final int ELEMENTS = 1_000_000;

  /** Elements that come with one request. */
  private static final int AT_ONCE = 100;

  /** How often each deed is done before it counts, by a JVM, which compiles it meanwhile. */
  private static final int WARMING = 4;

  private static final long POLL_NANOS = 100_000;
  private static final long AFTERMATH_MILLIS = 10;

  /** How much longer than in Redis everybody may wait, where it is long enough to be told. */
  private static final double MOST = 1.1;

  private static final double UNTOLD_MILLIS = 5;

  /** Stands for what DUMP has given. */
  private static final String DUMPED = "@dumped";

  /**
   * A command each. Where it changes a value, that stands before a > and is what {@code big} is a
   * copy of; other commands that have to be done before end with a semicolon. {@code ANY} is each
   * of {@link #ANY}.
   */
  private static final String DEEDS =
      """
      DUMP ANY
      DUMP numbers
      DUMP floats
      COPY ANY to REPLACE
      MEMORY USAGE ANY SAMPLES 0
      DEBUG DIGEST-VALUE ANY
      ANY > DEL big
      ANY > UNLINK big
      ANY > PEXPIRE big 1
      ANY > RENAME big to
      ANY > SET big x
      zset > MOVE big 1
      zset > MOVE big 1; SELECT 1; FLUSHDB
      ANY > DUMP ANY; DEL big; RESTORE big 0 @dumped
      LRANGE list 0 -1
      LRANGE numbers 0 -1
      LINDEX list 500000
      LPOS list none
      LPOS list none RANK -1
      list > LREM big 0 none
      list > LREM big 0 element:0500000
      same > LREM big 0 element
      list > LREM big -1 element:0000001
      list > LINSERT big BEFORE element:0999000 x
      list > LTRIM big 500000 500010
      list > LTRIM big 10 -10
      list > LSET big 500000 x
      list > LPOP big 500000
      list > RPOP big 500000
      list > LMPOP 1 big LEFT COUNT 900000
      SORT numbers
      SORT numbers STORE to
      SORT numbers DESC STORE to
      SORT floats STORE to
      SORT numbers LIMIT 0 10
      SORT numbers ALPHA STORE to
      SORT numbers BY nosort STORE to
      SORT numbers BY w:* STORE to
      SORT numbers GET # GET w:* STORE to
      SORT list ALPHA STORE to
      SORT set ALPHA STORE to
      SORT set BY nosort STORE to
      SORT intset STORE to
      SORT zset ALPHA STORE to
      HGETALL hash
      HKEYS hash
      HVALS hash
      HRANDFIELD hash -100000
      HRANDFIELD hash 100000 WITHVALUES
      HRANDFIELD hash 900000
      HSCAN hash 0 COUNT 1000000
      hash > HINCRBY big new 1
      hash > HSET big new 1
      hash > HDEL big field:0000001
      SMEMBERS set
      SMEMBERS intset
      SINTER set other
      SINTERCARD 2 set other
      SINTERSTORE to set other
      SINTERSTORE to intset intset
      SUNION set other
      SUNIONSTORE to set other
      SUNIONSTORE to intset set
      SUNIONSTORE to intset intset
      SDIFF set other
      SDIFFSTORE to set other
      SRANDMEMBER set -100000
      SRANDMEMBER set 100000
      SRANDMEMBER set 900000
      SRANDMEMBER intset 900000
      SSCAN set 0 COUNT 1000000
      set > SPOP big 10
      set > SPOP big 100000
      set > SPOP big 500000
      set > SPOP big 990000
      set > SMOVE big to element:0000001
      intset > SADD big x
      intset > SADD big 1
      intset > SADD big -1
      intset > SREM big 3
      intset > SADD big 10000000000
      intset > SPOP big 500000
      ZRANGE zset 0 -1 WITHSCORES
      ZRANGE zset 0 -1
      ZREVRANGE zset 0 -1
      ZRANGEBYSCORE zset -inf +inf WITHSCORES
      ZRANGEBYSCORE zset -inf +inf LIMIT 500000 10
      ZRANGEBYLEX zset - +
      ZLEXCOUNT zset - +
      ZCOUNT zset -inf +inf
      ZRANGESTORE to zset 0 -1
      ZRANGESTORE to zset -inf +inf BYSCORE
      ZUNIONSTORE to 2 zset zother
      ZUNIONSTORE to 2 zset set WEIGHTS 2 3 AGGREGATE MAX
      ZUNIONSTORE to 1 set
      ZINTERSTORE to 2 zset zother
      ZDIFFSTORE to 2 zset zother
      ZUNION 2 zset zother
      ZINTER 2 zset zother WITHSCORES
      ZDIFF 2 zset zother
      ZINTERCARD 2 zset zother
      ZRANDMEMBER zset -100000
      ZRANDMEMBER zset 100000
      ZRANDMEMBER zset 900000 WITHSCORES
      ZSCAN zset 0 COUNT 1000000
      zset > ZREMRANGEBYRANK big 100 -100
      zset > ZREMRANGEBYSCORE big 1000 50000
      zset > ZREMRANGEBYSCORE big 1000 300000
      zset > ZREMRANGEBYSCORE big 1000 900000
      zset > ZREMRANGEBYLEX big - +
      zset > ZPOPMIN big 500000
      zset > ZPOPMAX big 500000
      zset > ZMPOP 1 big MAX COUNT 900000
      XRANGE stream - +
      XREVRANGE stream + -
      XREAD STREAMS stream 0
      XINFO STREAM stream FULL COUNT 0
      stream > XTRIM big MAXLEN 10
      stream > XTRIM big MAXLEN 500000
      stream > XTRIM big MINID 900000
      stream > XADD big MAXLEN 1000 * f v
      stream > XADD big MAXLEN ~ 1000 * f v
      stream > XGROUP CREATE big g 0
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >; XPENDING big g
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >; XPENDING big g - + 1000000
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >; XGROUP DESTROY big g
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >; XGROUP DELCONSUMER big g c
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c STREAMS big >; XAUTOCLAIM big g d 0 0 COUNT 1000000 JUSTID
      GEORADIUS geo 5 5 2000 km
      GEORADIUS geo 5 5 2000 km COUNT 10
      GEORADIUS geo 5 5 2000 km COUNT 10 ANY
      GEOSEARCH geo FROMLONLAT 5 5 BYRADIUS 300 km ASC WITHDIST
      GEOSEARCHSTORE to geo FROMLONLAT 5 5 BYBOX 2000 2000 km
      GET string
      GETRANGE string 0 -1
      SUBSTR string 1 -2
      BITCOUNT string
      BITCOUNT string 1 -2
      BITPOS zeros 1
      BITPOS zeros 1 1 -1
      BITOP NOT to string
      BITOP AND to string zeros
      BITOP XOR to string zeros zeros
      PFCOUNT h1 h2 h3 h4
      PFMERGE to h1 h2 h3 h4
      string > SETRANGE big 50000000 x
      string > SETRANGE big 150000000 x
      string > APPEND big x
      string > SETBIT big 1 1
      string > SETBIT big 1500000000 1
      string > BITFIELD big INCRBY u8 1000 1
      string > GETSET big x
      string > GETDEL big
      """;

  /** What is done in a run of everything, too. */
  private static final List<String> WHOLE =
      """
      DUMP hash
      DUMP intset
      COPY zset to REPLACE
      RESTORE hash
      RESTORE stream
      UNLINK zset
      FLUSHDB
      LRANGE list 0 -1
      LPOS list none
      LREM list 0 none
      LPOP list 500000
      SORT numbers STORE to
      HGETALL hash
      HRANDFIELD hash 100000 WITHVALUES
      SMEMBERS set
      SINTERSTORE to set other
      SUNIONSTORE to set other
      SPOP set 100000
      SADD intset x
      ZRANGE zset 0 -1 WITHSCORES
      ZRANGESTORE to zset 0 -1
      ZREMRANGEBYSCORE zset 1000 50000
      ZREMRANGEBYSCORE zset 1000 900000
      XRANGE stream - +
      XTRIM stream MAXLEN 500000
      GEORADIUS geo 5 5 2000 km
      GET string
      BITPOS zeros 1
      BITOP AND to string zeros
      """
          .lines()
          .toList();

  private static final List<String> ANY =
      List.of("list", "same", "hash", "set", "intset", "zset", "stream", "string", "zeros");

  /** A value that is there from the beginning: its key, and how it comes about. */
  private record Value(String key, int requests, IntFunction<String[]> request) {}

  private static final List<Value> VALUES =
      List.of(
          elements("list", "RPUSH", n -> List.of(element(n))),
          elements("same", "RPUSH", n -> List.of("element")),
          elements("numbers", "RPUSH", n -> List.of("" + shuffled(n))),
          elements("floats", "RPUSH", n -> List.of(shuffled(n) + ".25")),
          elements("hash", "HSET", n -> List.of("field:%07d".formatted(n), element(n))),
          elements("set", "SADD", n -> List.of(element(n))),
          elements("other", "SADD", n -> List.of(element(n + ELEMENTS / 2))),
          elements("intset", "SADD", n -> List.of("" + 3 * n)),
          elements("zset", "ZADD", n -> List.of("" + shuffled(n), element(n))),
          elements("zother", "ZADD", n -> List.of("" + n, element(shuffled(n) + ELEMENTS / 2))),
          elements("geo", "GEOADD", Millions::point),
          elements("w:", "MSET", n -> List.of("w:" + n, "" + shuffled(n))),
          new Value(
              "stream",
              ELEMENTS,
              n -> new String[] {"XADD", "stream", n + 1 + "-1", "field", element(n)}),
          new Value("string", 100, n -> new String[] {"APPEND", "string", noise(n)}),
          new Value("zeros", 1, n -> new String[] {"SETRANGE", "zeros", "104857599", "\0"}),
          new Value("h1", 40_000, n -> new String[] {"PFADD", "h" + (n % 4 + 1), element(n)}));

  /**
   * What is done.
   *
   * @param copied the value of which {@code big} is made a copy before, or ""
   * @param lines commands, of which the last one counts
   */
  record Deed(String copied, List<String> lines) {
    static Deed of(String text) {
      int arrow = text.indexOf(" > ");
      return new Deed(
          arrow < 0 ? "" : text.substring(0, arrow),
          List.of(text.substring(arrow < 0 ? 0 : arrow + 3).split("; ")));
    }

    String name() {
      return lines
          .get(lines.size() - 1)
          .replace(" 0 " + DUMPED, "")
          .replace("big", copied.isEmpty() ? "big" : copied);
    }

    String row() {
      return "million " + name();
    }

    private boolean needs(Value value) {
      return copied.equals(value.key)
          || lines.stream().anyMatch(line -> List.of(line.split("[ *]")).contains(value.key));
    }
  }

  /** The longest somebody else waited, in milliseconds, at the median of the rounds. */
  record Row(String name, double ours, double theirs) {
    String ratio() {
      double most = ours < UNTOLD_MILLIS ? Double.NaN : MOST;
      return Limits.atMost(most, ours / theirs);
    }
  }

  private final List<Deed> deeds;

  /** Those that were asked for. */
  Millions(Options options) {
    deeds =
        DEEDS
            .lines()
            .flatMap(Millions::each)
            .map(Deed::of)
            .filter(deed -> options.only().matcher(deed.row()).find())
            .filter(deed -> options.isPicky() || WHOLE.contains(deed.name()))
            .toList();
  }

  private static Stream<String> each(String line) {
    return line.contains("ANY")
        ? ANY.stream().map(value -> line.replace("ANY", value))
        : Stream.of(line);
  }

  boolean isEmpty() {
    return deeds.isEmpty();
  }

  private static Value elements(String key, String command, IntFunction<List<String>> element) {
    return new Value(
        key,
        ELEMENTS / AT_ONCE,
        n -> {
          List<String> words = new ArrayList<>(List.of(command));
          if (!command.equals("MSET")) {
            words.add(key);
          }
          for (int i = n * AT_ONCE; i < (n + 1) * AT_ONCE; i++) {
            words.addAll(element.apply(i));
          }
          return words.toArray(String[]::new);
        });
  }

  private static String element(int n) {
    return "element:%07d".formatted(n);
  }

  /** The numbers below a million in an order of no order. */
  private static int shuffled(int n) {
    return (int) (n * 611_953L % ELEMENTS);
  }

  private static List<String> point(int n) {
    int place = shuffled(n);
    return List.of("" + place % 1000 / 100.0, "" + place / 1000 / 100.0, element(n));
  }

  /** A MiB that cannot be compressed. */
  private static String noise(int seed) {
    Random random = new Random(seed);
    char[] chars = new char[1 << 20];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) random.nextInt(256);
    }
    return new String(chars);
  }

  /** Gives a server the values that are needed. */
  void fill(Server server) throws IOException {
    try (Client client = Client.connect(server.port())) {
      client.command("CONFIG", "SET", "set-max-intset-entries", "2000000");
      for (Value value : VALUES) {
        if (deeds.stream().anyMatch(deed -> deed.needs(value))) {
          client.pipeline(value.requests, value.request);
        }
      }
    }
  }

  /** Does everything to both servers in turn, which have been filled. */
  void measure(Server a, Server b, int rounds, Report report)
      throws IOException, InterruptedException {
    for (Deed deed : deeds) {
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      for (int i = 0; i < WARMING; i++) {
        waited(deed, a);
        if (b.isJvm() || i == 0) {
          waited(deed, b);
        }
      }
      for (int i = 0; i < rounds; i++) {
        ours.add(waited(deed, a));
        theirs.add(waited(deed, b));
      }
      report.million(new Row(deed.name(), Report.median(ours), Report.median(theirs)));
    }
  }

  /** The longest in milliseconds for which a second client waits. */
  private static double waited(Deed deed, Server server) throws IOException, InterruptedException {
    try (Client client = Client.connect(server.port());
        Client other = Client.connect(server.port())) {
      if (!deed.copied.isEmpty()) {
        client.command("COPY", deed.copied, "big", "REPLACE");
      }
      String dumped = "";
      for (String line : deed.lines.subList(0, deed.lines.size() - 1)) {
        if (line.startsWith("DUMP")) {
          dumped = client.command(line.split(" "));
        } else {
          client.exchange(line.split(" "));
        }
      }
      String[] last = deed.lines.get(deed.lines.size() - 1).split(" ");
      for (int i = 0; i < last.length; i++) {
        last[i] = last[i].equals(DUMPED) ? dumped : last[i];
      }
      other.command("PING");
      AtomicLong longest = new AtomicLong();
      Thread watching = new Thread(() -> watch(other, longest));
      watching.start();
      TimeUnit.MILLISECONDS.sleep(2);
      client.exchange(last);
      TimeUnit.MILLISECONDS.sleep(AFTERMATH_MILLIS);
      watching.interrupt();
      watching.join();
      client.command("DEL", "to", "big");
      return longest.get() / 1e6;
    }
  }

  private static void watch(Client client, AtomicLong longest) {
    try {
      while (!Thread.interrupted()) {
        long before = System.nanoTime();
        client.command("PING");
        longest.accumulateAndGet(System.nanoTime() - before, Math::max);
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
