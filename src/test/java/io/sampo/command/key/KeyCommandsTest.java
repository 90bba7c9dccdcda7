package io.sampo.command.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** The commands on keys of any type reply as a real Redis does. */
class KeyCommandsTest {
  private static void each(Differential pair, String commands) {
    commands.lines().filter(line -> !line.isBlank()).forEach(line -> pair.same(words(line)));
  }

  /** The words of a line; {@code ''} is an empty one. */
  private static String[] words(String line) {
    String[] words = line.trim().split(" +");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].equals("''") ? "" : words[i];
    }
    return words;
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void deletesAndCounts(Differential pair) {
    each(
        pair,
        """
        MSET a 1 b 2 c 3 d 4
        EXISTS a b nosuch a
        TOUCH a b nosuch a
        DEL a a nosuch
        UNLINK b c nosuch
        EXISTS a b c d
        TYPE a
        TYPE d
        DEL
        UNLINK
        EXISTS
        TOUCH
        TYPE
        TYPE a b
        DBSIZE
        DBSIZE x
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void renames(Differential pair) {
    each(
        pair,
        """
        RENAME nosuch other
        RENAMENX nosuch other
        RENAMENX nosuch nosuch
        SET a 1
        SET b text
        RENAME a a
        RENAMENX a a
        RENAMENX a b
        RENAME a b
        GET b
        EXISTS a
        PEXPIREAT b 99999999999999
        RENAME b c
        PEXPIRETIME c
        SET d x
        RENAME d c
        PTTL c
        GET c
        RENAMENX c e
        GET e
        DBSIZE
        RENAME e
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void copies(Differential pair) {
    each(
        pair,
        """
        COPY nosuch b
        SET a 12
        SET t text
        COPY a b
        COPY a b
        COPY t b REPLACE
        GET b
        COPY a a
        COPY nosuch nosuch
        COPY a a DB 0
        COPY a a DB 1
        COPY a a DB 1
        COPY a z REPLACE DB 1 REPLACE
        COPY a b DB
        COPY a b DB x
        COPY a b DB 16
        COPY a b DB -1
        COPY a b DB 99999999999
        COPY a b REPLACE NOPE
        PEXPIREAT a 99999999999999
        COPY a e
        PEXPIRETIME e
        APPEND t more
        COPY t u
        APPEND u evenmore
        GET t
        GET u
        SELECT 1
        GET a
        GET z
        DBSIZE
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void moves(Differential pair) {
    each(
        pair,
        """
        MOVE nosuch 1
        SET a 1
        MOVE a 0
        MOVE a 16
        MOVE a -1
        MOVE a x
        MOVE a 99999999999
        PEXPIREAT a 99999999999999
        MOVE a 1
        EXISTS a
        SET a 2
        MOVE a 1
        GET a
        SELECT 1
        GET a
        PEXPIRETIME a
        DBSIZE
        """);
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void swapsAndFlushes(Differential pair) {
    each(
        pair,
        """
        MSET a 1 b 2 c 3
        SWAPDB 0 1
        DBSIZE
        SELECT 1
        DBSIZE
        GET a
        SWAPDB 1 1
        GET a
        SWAPDB x 1
        SWAPDB 1 x
        SWAPDB 99999999999 0
        SWAPDB 0 99999999999
        SWAPDB 0 16
        SWAPDB -1 0
        SELECT 0
        SET d 4
        FLUSHDB NOPE
        FLUSHDB ASYNC SYNC
        FLUSHALL ASYNC ASYNC
        FLUSHDB ASYNC
        DBSIZE
        SELECT 1
        DBSIZE
        FLUSHDB
        DBSIZE
        MSET a 1 b 2 c 3
        FLUSHALL SYNC
        DBSIZE
        FLUSHALL async
        """);
  }

  @AgainstRedis
  void setsExpiries(Differential pair) {
    for (String command : new String[] {"EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"}) {
      boolean at = command.endsWith("AT");
      String late = at ? "99999999999" : "1000000";
      String later = at ? "199999999999" : "2000000";
      each(
          pair,
          """
          DEL k
          CMD k LATE
          CMD k LATE XX
          CMD k x NOPE
          CMD k x
          CMD k
          SET k v
          CMD k LATE XX
          CMD k LATE GT
          CMD k LATE NX
          CMD k LATER NX
          CMD k LATER LT
          CMD k LATER GT
          CMD k LATE GT
          CMD k LATE lt
          CMD k LATER xx
          CMD k LATE XX LT
          CMD k LATER XX GT
          CMD k LATE GT GT
          CMD k LATE NX XX
          CMD k LATE NX GT
          CMD k LATE NX LT
          CMD k LATE GT LT
          CMD k LATE GT NOPE
          CMD k 9223372036854775807
          CMD k -9223372036854775808
          SET k v
          CMD k 9223372036854775
          CMD k 9223372036854776
          CMD k 99999999999999999999
          CMD k 1.5
          SET k v
          PERSIST k
          CMD k LATE LT
          PERSIST k
          PERSIST k
          CMD k -1 GT
          CMD k -1 XX
          CMD k -1 NX
          EXISTS k
          SET k v
          CMD k 0
          EXISTS k
          PERSIST k
          """
              .replace("CMD", command)
              .replace("LATER", later)
              .replace("LATE", late));
    }
  }

  @AgainstRedis
  void tellsExpiries(Differential pair) {
    each(
        pair,
        """
        TTL nosuch
        PTTL nosuch
        EXPIRETIME nosuch
        PEXPIRETIME nosuch
        SET k v
        TTL k
        PTTL k
        EXPIRETIME k
        PEXPIRETIME k
        PEXPIREAT k 99999999999499
        EXPIRETIME k
        PEXPIRETIME k
        PEXPIREAT k 99999999999500
        EXPIRETIME k
        PEXPIREAT k 9223372036854775807
        EXPIRETIME k
        PEXPIRETIME k
        TTL
        PTTL a b
        """);
    pair.sameWithin(50, "PTTL", "k");
    pair.sameWithin(1, "TTL", "k");
    pair.same("EXPIRE", "k", "100");
    pair.sameWithin(50, "PTTL", "k");
    pair.sameWithin(1, "TTL", "k");
    pair.sameWithin(50, "PEXPIRETIME", "k");
    pair.sameWithin(1, "EXPIRETIME", "k");
  }

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void findsKeys(Differential pair) {
    each(pair, "RANDOMKEY\nKEYS *\nMSET one 1 two 2 three 3 four 4 {x}a 5 {x}b 6 '' 7");
    for (String pattern :
        new String[] {
          "*", "t*", "?wo", "[ot]*", "[^ot]*", "nosuch", "one", "{x}?", "", "\\*", "**"
        }) {
      pair.sameUnordered("KEYS", pattern);
    }
    Set<String> keys = Set.copyOf(pair.same("DBSIZE").isError() ? Set.of() : all(pair));
    assertTrue(keys.contains(pair.sameTypeOnly("RANDOMKEY").text()));
    each(pair, "SELECT 3\nRANDOMKEY\nKEYS *\nKEYS\nRANDOMKEY x");
  }

  private static Set<String> all(Differential pair) {
    return new TreeSet<>(pair.sampo().call("KEYS", "*").texts());
  }

  @AgainstRedis
  void scanRemovesWhatHasExpiredAndMatches(Differential pair) {
    each(pair, "DEBUG SET-ACTIVE-EXPIRE 0\nSET a1 v PX 1\nSET b1 v PX 1\nSET a2 v\nDBSIZE");
    long over = System.currentTimeMillis() + 2;
    while (System.currentTimeMillis() <= over) {
      Thread.onSpinWait();
    }
    each(pair, "KEYS *\nDBSIZE\nSCAN 0 MATCH a* COUNT 100\nDBSIZE");
    each(pair, "SCAN 0 TYPE list COUNT 100\nDBSIZE\nDEBUG SET-ACTIVE-EXPIRE 1");
  }

  @AgainstRedis
  void scansWithOptions(Differential pair) {
    each(
        pair,
        """
        SCAN 0
        SET a 1
        SCAN x
        SCAN ''
        SCAN +0
        SCAN -
        SCAN +
        SCAN 0x1
        SCAN 1x
        SCAN 18446744073709551616
        SCAN 99999999999999999999999
        SCAN x COUNT y
        SCAN 0 COUNT 0
        SCAN 0 COUNT -1
        SCAN 0 COUNT x
        SCAN 0 COUNT
        SCAN 0 MATCH
        SCAN 0 TYPE
        SCAN 0 NOPE 1
        SCAN 0 MATCH a NOPE
        SCAN 0 MATCH a COUNT 5 TYPE STRING
        SCAN 0 MATCH b
        SCAN 0 MATCH
        SCAN 0 TYPE list
        SCAN 0 TYPE nosuchtype
        SCAN 0 COUNT 9999999999999
        SCAN 0 MATCH a MATCH b
        SCAN
        """);
    pair.same("SCAN", " 0");
    // Allowed, but where such a cursor lies depends on the seed of the hash.
    for (String cursor : new String[] {"-1", "18446744073709551615"}) {
      pair.sampo().expect('*', "SCAN", cursor);
      pair.redis().expect('*', "SCAN", cursor);
    }
  }

  @AgainstRedis({@On, @On(shards = 2, loops = 2), @On(shards = 5, loops = 2)})
  void scansAllKeysOverTheShards(Differential pair) {
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      pair.sampo().call("SET", "key:" + i, "v");
      expected.add("key:" + i);
    }
    pair.sampo().call("SET", "gone", "v", "PX", "1");
    pair.sampo().call("SELECT", "1");
    pair.sampo().call("SET", "elsewhere", "v");
    pair.sampo().call("SELECT", "0");
    for (String count : new String[] {"1", "7", "10", "100", "100000"}) {
      List<String> seen = pair.sampo().walk("SCAN", "0", "COUNT", count, "MATCH", "key:*");
      assertEquals(expected, new TreeSet<>(seen));
      assertEquals(expected.size(), seen.size());
    }
  }

  @AgainstRedis
  void tellsHowKeysAreKept(Differential pair) {
    each(
        pair,
        """
        OBJECT ENCODING nosuch
        OBJECT FREQ nosuch
        OBJECT IDLETIME nosuch
        OBJECT REFCOUNT nosuch
        SET i 5
        SET j 10000
        SET n -1
        SET e embedded
        SET r 0123456789012345678901234567890123456789012345
        OBJECT ENCODING i
        OBJECT ENCODING e
        OBJECT ENCODING r
        OBJECT REFCOUNT i
        OBJECT REFCOUNT j
        OBJECT REFCOUNT n
        OBJECT REFCOUNT e
        OBJECT FREQ e
        OBJECT NOPE e
        OBJECT
        OBJECT ENCODING
        OBJECT ENCODING a b
        OBJECT HELP x
        """);
    pair.sameWithin(1, "OBJECT", "IDLETIME", "e");
    assertTrue(
        pair.sampo().call("OBJECT", "HELP").texts().get(0).startsWith("OBJECT <subcommand>"));
  }

  @AgainstRedis
  void policiesDecideWhatIsKnownOfUse(Differential pair) {
    pair.config("maxmemory-policy", "allkeys-lfu");
    each(
        pair,
        """
        SET k v
        OBJECT FREQ k
        OBJECT IDLETIME k
        OBJECT FREQ nosuch
        OBJECT IDLETIME nosuch
        TYPE k
        EXISTS k
        TTL k
        OBJECT FREQ k
        COPY k l
        OBJECT FREQ l
        """);
    pair.config("maxmemory-policy", "volatile-lru");
    each(pair, "SET k v\nOBJECT FREQ k");
    pair.sameWithin(1, "OBJECT", "IDLETIME", "k");
    pair.same("TOUCH", "k");
    pair.sameWithin(1, "OBJECT", "IDLETIME", "k");
  }

  /** What is only written is used as well. */
  @AgainstRedis
  void replacingAValueCountsAsUse(Differential pair) {
    pair.config("maxmemory-policy", "allkeys-lfu");
    pair.config("lfu-log-factor", "0");
    each(
        pair,
        """
        SET k v
        SET k w
        OBJECT FREQ k
        SET k w KEEPTTL
        SET k w EX 100
        SETEX k 100 w
        MSET k w l w
        OBJECT FREQ k
        GETSET k w
        OBJECT FREQ k
        SADD s a b
        SUNIONSTORE k s
        OBJECT FREQ k
        OBJECT FREQ s
        """);
  }

  @AgainstRedis({@On, @On(shards = 2, loops = 2), @On(shards = 5, loops = 2)})
  void randomSequencesAgree(Differential pair) {
    pair.random(20_260_101, KeyCommandsTest::command, 4_000);
    for (int db = 0; db < 3; db++) {
      pair.same("SELECT", "" + db);
      pair.sameUnordered("KEYS", "*");
    }
  }

  private static String[] command(Random random) {
    String key = "k" + random.nextInt(12);
    String other = "k" + random.nextInt(12);
    String db = "" + random.nextInt(3);
    // Far enough away, or long gone: what lies between would depend on the clock.
    String when = random.nextInt(6) == 0 ? "1" : "" + (99_999_999_999_000L + random.nextInt(9) * 7);
    return switch (random.nextInt(24)) {
      case 0, 1, 2 -> new String[] {"SET", key, "" + random.nextInt(20_000)};
      case 3 -> new String[] {"SET", key, "text".repeat(random.nextInt(30))};
      case 4 -> new String[] {"APPEND", key, "x"};
      case 5 -> new String[] {"RENAME", key, other};
      case 6 -> new String[] {"RENAMENX", key, other};
      case 7 -> new String[] {"COPY", key, other};
      case 8 -> new String[] {"COPY", key, other, "DB", db, "REPLACE"};
      case 9 -> new String[] {"MOVE", key, db};
      case 10 -> new String[] {"DEL", key, other};
      case 11 -> new String[] {"UNLINK", key};
      case 12 -> new String[] {"EXISTS", key, other, key};
      case 13 -> new String[] {"PEXPIREAT", key, when};
      case 14 -> new String[] {"PEXPIREAT", key, when, random.nextBoolean() ? "GT" : "LT"};
      case 15 -> new String[] {"PEXPIREAT", key, when, random.nextBoolean() ? "NX" : "XX"};
      case 16 -> new String[] {"PERSIST", key};
      case 17 -> new String[] {"PEXPIRETIME", key};
      case 18 -> new String[] {"EXPIRETIME", key};
      case 19 -> new String[] {"DBSIZE"};
      case 20 -> new String[] {"SELECT", db};
      case 21 -> new String[] {"GET", key};
      case 22 -> new String[] {"OBJECT", "ENCODING", key};
      default ->
          switch (random.nextInt(20)) {
            case 0 -> new String[] {"SWAPDB", db, "" + random.nextInt(3)};
            case 1 -> new String[] {"FLUSHDB"};
            default -> new String[] {"TYPE", key};
          };
    };
  }
}
