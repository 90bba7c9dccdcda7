package io.sampo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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

  /** A word that comes many times: how many, and what it is. */
  private static final Pattern MANY = Pattern.compile("(\\d+)\\{(.*)}");

  /** Stands for what DUMP has given. */
  private static final String DUMPED = "@dumped";

  /** Stands for 100 MiB that cannot be compressed. */
  private static final String NOISE = "@noise";

  /**
   * A command each. Where it changes a value, that stands before a > and is what {@code big} is a
   * copy of; other commands that have to be done before end with a semicolon. {@code ANY} is each
   * of {@link #ANY}. What stands in braces behind a number comes so many times, {@code %d} being
   * another number below a million each time, in an order of no order; its commas are spaces.
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
      DEBUG OBJECT hash
      DEBUG OBJECT zset
      DEBUG OBJECT stream
      KEYS w:*
      KEYS w:*x
      SCAN 0 MATCH w:* COUNT 1000000
      SCAN 0 MATCH w:*x COUNT 1000000
      MGET 100000{w:%d}
      EXISTS 100000{w:%d}
      TOUCH 100000{w:%d}
      MSET 100000{k:%d,x}
      DEL 100000{k:%d}; MSETNX 100000{k:%d,x}
      MSET 100000{k:%d,x}; DEL 100000{k:%d}
      MSET 100000{k:%d,x}; UNLINK 100000{k:%d}
      SELECT 2; DEBUG POPULATE 1000000; FLUSHDB ASYNC
      SELECT 2; DEBUG POPULATE 1000000; FLUSHDB SYNC
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
      list > LPUSH big 100000{new:%d}
      list > RPUSH big 100000{new:%d}
      list > RPUSHX big 100000{%d}
      RPUSH to 100000{new:%d}
      LRANGE list 400000 600000
      LPOS list element:0999999 COUNT 0
      LPOS same element COUNT 0
      LPOS numbers 1000001
      list > LINSERT big AFTER none x
      list > LINSERT big AFTER element:0500000 x
      same > LREM big -500000 element
      numbers > LREM big 0 1000001
      floats > LREM big 0 none
      list > LTRIM big 0 0
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
      hash > HDEL big 100000{field:%07d}
      hash > HSET big 100000{new:%d,x}
      hash > HSET big 100000{field:%07d,x}
      hash > HSET big 100000{field:%07d,element:0000000}
      HSET to 100000{new:%d,x}
      HMGET hash 100000{field:%07d}
      HMGET hash 100000{none:%d}
      HRANDFIELD hash -1000000 WITHVALUES
      HSCAN hash 0 MATCH none COUNT 1000000
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
      SDIFFSTORE to set intset
      SDIFFSTORE to intset intset
      SDIFFSTORE to set small
      SDIFF small set
      SINTER small set
      SINTER intset set
      SINTER set set
      SINTERSTORE to intset small
      SINTERCARD 2 intset set
      SUNION intset small
      SUNIONSTORE to set
      SUNIONSTORE to small set
      SMISMEMBER set 100000{element:%07d}
      SMISMEMBER set 100000{none:%d}
      SMISMEMBER intset 100000{%d}
      SRANDMEMBER set -100000
      SRANDMEMBER set 100000
      SRANDMEMBER set 900000
      SRANDMEMBER intset 900000
      SSCAN set 0 COUNT 1000000
      SSCAN intset 0 COUNT 1000000
      SSCAN set 0 MATCH none COUNT 1000000
      SRANDMEMBER set -1000000
      SRANDMEMBER intset -1000000
      SADD to 100000{new:%d}
      SADD to 100000{%d}
      set > SADD big 100000{new:%d}
      set > SREM big 100000{element:%07d}
      set > SPOP big 1000000
      intset > SADD big 1000{%d}
      intset > SREM big 1000{%d}
      intset > SREM big 100000{x%d}
      intset > SPOP big 990000
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
      ZSCAN zset 0 MATCH none COUNT 1000000
      ZRANDMEMBER zset -1000000 WITHSCORES
      ZMSCORE zset 100000{element:%07d}
      ZMSCORE zset 100000{none:%d}
      ZREVRANGEBYSCORE zset +inf -inf LIMIT 500000 10
      ZREVRANGEBYLEX lex + - LIMIT 500000 10
      ZRANGEBYLEX lex - + LIMIT 500000 10
      ZRANGEBYLEX lex - +
      ZLEXCOUNT lex - +
      ZRANGESTORE to lex + - BYLEX REV LIMIT 10 900000
      ZRANGESTORE to zset +inf -inf BYSCORE REV LIMIT 10 900000
      ZUNIONSTORE to 2 lex zset AGGREGATE MIN
      ZUNIONSTORE to 1 zset WEIGHTS 0
      ZUNIONSTORE to 1 intset
      ZUNIONSTORE to 2 zset intset
      ZUNION 2 set intset
      ZINTERSTORE to 2 zset set
      ZINTERSTORE to 2 set intset
      ZINTERSTORE to 2 zset small
      ZINTERCARD 2 lex zset
      ZDIFFSTORE to 2 zset small
      ZDIFFSTORE to 2 small zset
      ZDIFFSTORE to 2 zset set
      ZDIFF 2 set zother
      ZADD to 100000{%d,new:%d}
      zset > ZADD big 100000{%d,new:%d}
      zset > ZADD big 100000{-%d,element:%07d}
      zset > ZADD big GT CH 100000{%d,element:%07d}
      zset > ZREM big 100000{element:%07d}
      zset > ZPOPMIN big 1000000
      lex > ZREMRANGEBYLEX big [element:0000100 [element:0999900
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
      XRANGE stream - + COUNT 100000
      XREVRANGE stream + - COUNT 100000
      XREAD COUNT 100000 STREAMS stream 500000
      stream > XTRIM big MAXLEN 0
      stream > XTRIM big MAXLEN ~ 500000
      stream > XTRIM big MAXLEN ~ 1000 LIMIT 0
      stream > XTRIM big MINID ~ 900000
      stream > XADD big MINID 900000 * f v
      stream > XDEL big 100000{%d-1}
      stream > XDEL big 1000000{%d-1}
      stream > XSETID big 2000000-1
      stream > XGROUP CREATE big g 0; XREADGROUP GROUP g c NOACK STREAMS big >
      stream > XGROUP CREATE big g 0; XGROUP SETID big g $
      stream > XDEL big 500000-1; XGROUP CREATE big g 0; XREADGROUP GROUP g c COUNT 10 STREAMS big >; XINFO GROUPS big
      XINFO STREAM pending
      XINFO STREAM pending FULL
      XINFO STREAM pending FULL COUNT 0
      XINFO GROUPS pending
      XINFO CONSUMERS pending g
      XPENDING pending g
      XPENDING pending g - + 1000000
      XPENDING pending g - + 1000000 c
      XPENDING pending g - + 10 d
      XPENDING pending g IDLE 100000000 - + 10
      XREADGROUP GROUP g c STREAMS pending 0
      DUMP pending
      COPY pending to REPLACE
      MEMORY USAGE pending SAMPLES 0
      DEBUG DIGEST-VALUE pending
      pending > UNLINK big
      pending > XTRIM big MAXLEN 0
      pending > XTRIM big MAXLEN 0; XREADGROUP GROUP g c COUNT 1000000 STREAMS big 0
      pending > XTRIM big MAXLEN 0; XAUTOCLAIM big g d 0 0 COUNT 900000
      pending > XTRIM big MAXLEN 0; XCLAIM big g d 0 100000{%d-1} RETRYCOUNT 1
      pending > XDEL big 100000{%d-1}
      pending > XACK big g 100000{%d-1}
      pending > XACK big g 1000000{%d-1}
      pending > XCLAIM big g d 0 100000{%d-1}
      pending > XCLAIM big g d 0 100000{%d-1} JUSTID
      pending > XCLAIM big g c 0 100000{%d-1} JUSTID
      pending > XAUTOCLAIM big g d 0 0 COUNT 1000000
      pending > XAUTOCLAIM big g d 0 0 COUNT 1000000 JUSTID
      pending > XAUTOCLAIM big g d 100000000 0 COUNT 100000
      pending > XGROUP DESTROY big g
      pending > XGROUP DELCONSUMER big g c
      pending > XGROUP SETID big g 0; XREADGROUP GROUP g d STREAMS big >
      GEORADIUS geo 5 5 2000 km
      GEORADIUS geo 5 5 2000 km COUNT 10
      GEORADIUS geo 5 5 2000 km COUNT 10 ANY
      GEOSEARCH geo FROMLONLAT 5 5 BYRADIUS 300 km ASC WITHDIST
      GEOSEARCHSTORE to geo FROMLONLAT 5 5 BYBOX 2000 2000 km
      GEORADIUS geo 5 5 2000 km WITHCOORD WITHDIST WITHHASH
      GEORADIUS geo 5 5 2000 km ASC
      GEORADIUS geo 5 5 2000 km DESC COUNT 1000
      GEORADIUS geo 5 5 500 km STORE to
      GEORADIUSBYMEMBER geo element:0500000 2000 km STOREDIST to
      GEOSEARCH geo FROMMEMBER element:0500000 BYBOX 2000 500 km ASC WITHCOORD
      GEOSEARCH geo FROMLONLAT 5 5 BYBOX 20 20 km
      GEOSEARCHSTORE to geo FROMLONLAT 5 5 BYRADIUS 2000 km STOREDIST
      GEOSEARCHSTORE to geo FROMLONLAT 5 5 BYRADIUS 2000 km DESC COUNT 1000
      GEOPOS geo 100000{element:%07d}
      GEOHASH geo 100000{element:%07d}
      GEOADD to 100000{%de-5,%de-5,new:%d}
      geo > GEOADD big 100000{%de-5,%de-5,element:%07d}
      GET string
      GETRANGE string 0 -1
      SUBSTR string 1 -2
      MGET string zeros string
      SET big @noise
      BITCOUNT string
      BITCOUNT string 1 -2
      BITPOS zeros 1
      BITPOS zeros 1 1 -1
      BITCOUNT string 1 -2 BIT
      BITPOS zeros 1 1 -2 BIT
      BITFIELD_RO string 100000{GET,u8,%d}
      string > BITFIELD big 100000{INCRBY,u7,%d,1}
      LCS l1 l2
      LCS l1 l2 LEN
      LCS l1 l2 IDX WITHMATCHLEN
      BITOP NOT to string
      BITOP AND to string zeros
      BITOP XOR to string zeros zeros
      PFCOUNT h1 h2 h3 h4
      PFMERGE to h1 h2 h3 h4
      PFADD to 100000{element:%d}
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
  record Value(String key, int requests, IntFunction<String[]> request) {}

  static final List<Value> VALUES =
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
          elements("lex", "ZADD", n -> List.of("0", element(shuffled(n)))),
          new Value("small", 1_000, n -> new String[] {"SADD", "small", element(shuffled(n))}),
          elements("geo", "GEOADD", Millions::point),
          elements("w:", "MSET", n -> List.of("w:" + n, "" + shuffled(n))),
          new Value("stream", ELEMENTS, n -> entry("stream", n)),
          new Value("pending", ELEMENTS + 2, Millions::pending),
          new Value("l1", 1, n -> new String[] {"SET", "l1", noise(1).substring(0, 5_000)}),
          new Value("l2", 1, n -> new String[] {"SET", "l2", noise(2).substring(0, 5_000)}),
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
          || lines.stream().anyMatch(line -> List.of(line.split("[ *{%]")).contains(value.key));
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

  /** The words of a line, those that come many times all written out. */
  private static String[] words(String line) {
    return Stream.of(line.split(" "))
        .flatMap(
            word -> {
              Matcher many = MANY.matcher(word);
              return many.matches()
                  ? repeated(many.group(2), number(many.group(1)))
                  : Stream.of(word);
            })
        .toArray(String[]::new);
  }

  private static int number(String digits) {
    return Integer.parseInt(digits);
  }

  private static Stream<String> repeated(String words, int times) {
    return IntStream.range(0, times)
        .mapToObj(Millions::shuffled)
        .flatMap(n -> Stream.of(words.replace("%d", "" + n).replace("%07d", padded(n)).split(",")));
  }

  private static String padded(int n) {
    return ("" + (10_000_000 + n)).substring(1);
  }

  private static String[] entry(String key, int n) {
    return new String[] {"XADD", key, n + 1 + "-1", "field", element(n)};
  }

  /** Entries, and behind them what makes them all pending. */
  private static String[] pending(int n) {
    return n < ELEMENTS
        ? entry("pending", n)
        : words(
            n == ELEMENTS ? "XGROUP CREATE pending g 0" : "XREADGROUP GROUP g c STREAMS pending >");
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
          client.exchange(words(line));
        }
      }
      String[] last = words(deed.lines.get(deed.lines.size() - 1));
      for (int i = 0; i < last.length; i++) {
        last[i] = last[i].equals(DUMPED) ? dumped : last[i];
        last[i] = last[i].equals(NOISE) ? noise(0).repeat(100) : last[i];
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
