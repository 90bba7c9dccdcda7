package io.sampo.bench;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Something that is done to big values.
 *
 * @param copied the value of which {@code big} is made a copy before, or ""
 * @param lines commands, of which the last one counts
 */
record Deed(String copied, List<String> lines) {
  /** A word that comes many times: how many, and what it is. */
  private static final Pattern MANY = Pattern.compile("(\\d+)\\{(.*)}");

  /** Stands for what DUMP has given. */
  static final String DUMPED = "@dumped";

  /** Stands for 100 MiB that cannot be compressed. */
  static final String NOISE = "@noise";

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
      SINTER intset intset
      SINTER intset ints
      SINTERCARD 2 intset intset
      SINTERSTORE to intset ints
      SDIFF intset ints
      SDIFFSTORE to intset ints
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
      lex > ZREMRANGEBYLEX big [element:0100000 [element:0150000
      lex > ZREMRANGEBYLEX big [element:0100000 [element:0400000
      zset > ZREMRANGEBYRANK big 1000 6000
      zset > ZREMRANGEBYRANK big 1000 50000
      zset > ZREMRANGEBYRANK big 1000 110000
      zset > ZREMRANGEBYRANK big 1000 200000
      zset > ZREMRANGEBYSCORE big 1000 6000
      zset > ZREMRANGEBYSCORE big 1000 50000
      zset > ZREMRANGEBYSCORE big 1000 110000
      zset > ZREMRANGEBYSCORE big 1000 300000
      zset > ZREMRANGEBYSCORE big 1000 900000
      zset > ZREMRANGEBYLEX big - +
      zset > ZPOPMIN big 100000
      zset > ZPOPMAX big 100000
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
      MSET big @noise to @noise
      HSET big field @noise
      RPUSH big @noise
      SADD big @noise
      ZADD big 1 @noise
      XADD big * field @noise
      PUBLISH channel @noise
      ECHO @noise
      SETBIT big 838860799 1
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
      string > APPEND big @noise
      string > SETRANGE big 50000000 @noise
      string > SETBIT big 1 1
      string > SETBIT big 1500000000 1
      string > BITFIELD big INCRBY u8 1000 1
      string > GETSET big x
      string > GETSET big @noise
      string > GETDEL big
      """;

  /** What is done in a run of everything, too. */
  private static final List<String> WHOLE =
      """
      DUMP hash
      DUMP intset
      DUMP list
      COPY zset to REPLACE
      RESTORE hash
      RESTORE stream
      RESTORE intset
      RESTORE string
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
      ZPOPMIN zset 500000
      ZREMRANGEBYSCORE zset 1000 50000
      ZREMRANGEBYSCORE zset 1000 900000
      XRANGE stream - +
      XTRIM stream MAXLEN 500000
      XREADGROUP GROUP g c NOACK STREAMS stream >
      XPENDING pending g - + 1000000
      XINFO STREAM pending FULL COUNT 0
      XAUTOCLAIM pending g d 0 0 COUNT 1000000
      GEORADIUS geo 5 5 2000 km
      GEORADIUS geo 5 5 2000 km WITHCOORD WITHDIST WITHHASH
      GET string
      SET big
      APPEND string x
      BITPOS zeros 1
      BITOP AND to string zeros
      """
          .lines()
          .toList();

  private static final List<String> ANY =
      List.of("list", "same", "hash", "set", "intset", "zset", "stream", "string", "zeros");

  /** All, or those of them that are done in a run of everything. */
  static List<Deed> all(boolean picky) {
    return DEEDS
        .lines()
        .flatMap(Deed::each)
        .map(Deed::of)
        .filter(deed -> picky || WHOLE.contains(deed.name()))
        .toList();
  }

  private static Stream<String> each(String line) {
    return line.contains("ANY")
        ? ANY.stream().map(value -> line.replace("ANY", value))
        : Stream.of(line);
  }

  private static Deed of(String text) {
    int arrow = text.indexOf(" > ");
    return new Deed(
        arrow < 0 ? "" : text.substring(0, arrow),
        List.of(text.substring(arrow < 0 ? 0 : arrow + 3).split("; ")));
  }

  String name() {
    return lines
        .get(lines.size() - 1)
        .replace(" 0 " + DUMPED, "")
        .replace(" " + NOISE, "")
        .replace("big", copied.isEmpty() ? "big" : copied);
  }

  String row() {
    return "million " + name();
  }

  boolean needs(BigValue value) {
    return copied.equals(value.key())
        || lines.stream().anyMatch(line -> List.of(line.split("[ *{%]")).contains(value.key()));
  }

  /** The words of a line, those that come many times all written out. */
  static String[] words(String line) {
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
        .mapToObj(BigValue::shuffled)
        .flatMap(n -> Stream.of(words.replace("%d", "" + n).replace("%07d", padded(n)).split(",")));
  }

  private static String padded(int n) {
    return ("" + (10_000_000 + n)).substring(1);
  }
}
