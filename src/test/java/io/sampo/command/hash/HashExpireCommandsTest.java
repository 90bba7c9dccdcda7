package io.sampo.command.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Fields of hashes expire as documented for Redis 7.4, which the real server here is not. */
class HashExpireCommandsTest {
  private static final String LATER = "4000000000";

  private static List<String> ask(RespClient client, String line) {
    return client.call(line.split(" ")).texts();
  }

  private static String error(RespClient client, String line) {
    return client.expect('-', line.split(" ")).text();
  }

  @AgainstRedis
  void setsAsksAndTakesTimes(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1", "b", "2");
    assertEquals(List.of("1", "-2"), ask(c, "HEXPIREAT h " + LATER + " FIELDS 2 a x"));
    assertEquals("listpackex", c.call("OBJECT", "ENCODING", "h").text());
    assertEquals(List.of(LATER, "-1", "-2"), ask(c, "HEXPIRETIME h FIELDS 3 a b x"));
    assertEquals(List.of(LATER + "000"), ask(c, "HPEXPIRETIME h FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HEXPIRE h 100 FIELDS 1 b"));
    assertEquals(List.of("100"), ask(c, "HTTL h FIELDS 1 b"));
    assertTrue(Long.parseLong(ask(c, "HPTTL h FIELDS 1 b").get(0)) > 90_000);
    assertEquals(List.of("1", "-2"), ask(c, "HPERSIST h FIELDS 2 a x"));
    assertEquals(List.of("-1"), ask(c, "HPERSIST h FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HPEXPIRE h 100000 FIELDS 1 a"));
    c.call("HSET", "h", "a", "3");
    assertEquals(List.of("-1"), ask(c, "HTTL h FIELDS 1 a"));
    assertEquals(List.of("-2", "-2"), ask(c, "HTTL none FIELDS 2 a b"));
    assertEquals(List.of("-2"), ask(c, "HEXPIRE none 1 FIELDS 1 a"));
    assertEquals(List.of("-2"), ask(c, "HPERSIST none FIELDS 1 a"));
  }

  @AgainstRedis
  void conditions(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1");
    assertEquals(List.of("0"), ask(c, "HEXPIREAT h " + LATER + " XX FIELDS 1 a"));
    assertEquals(List.of("0"), ask(c, "HEXPIREAT h " + LATER + " GT FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HEXPIREAT h " + LATER + " LT FIELDS 1 a"));
    assertEquals(List.of("0"), ask(c, "HEXPIREAT h " + LATER + " nx FIELDS 1 a"));
    assertEquals(List.of("0"), ask(c, "HEXPIREAT h " + LATER + " gt FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HEXPIREAT h 4000000001 GT FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HEXPIREAT h 4000000002 XX FIELDS 1 a"));
    assertEquals(List.of("0"), ask(c, "HEXPIREAT h 4000000003 LT FIELDS 1 a"));
  }

  @AgainstRedis
  void errors(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1");
    assertEquals(
        "ERR Mandatory argument FIELDS is missing or not at the right position",
        error(c, "HEXPIRE h 1 FIELD 1 a"));
    assertEquals(
        "ERR The `numfields` parameter must match the number of arguments",
        error(c, "HEXPIRE h 1 FIELDS 2 a"));
    assertEquals(
        "ERR Parameter `numFields` should be greater than 0", error(c, "HEXPIRE h 1 FIELDS 0 a"));
    assertEquals("ERR Number of fields must be a positive integer", error(c, "HTTL h FIELDS -1 a"));
    assertEquals("ERR invalid expire time, must be >= 0", error(c, "HEXPIRE h -1 FIELDS 1 a"));
    assertEquals(
        "ERR invalid expire time in 'hpexpire' command",
        error(c, "HPEXPIRE h 9223372036854775807 FIELDS 1 a"));
    c.call("SET", "k", "v");
    assertTrue(error(c, "HTTL k FIELDS 1 a").startsWith("WRONGTYPE"));
    assertTrue(error(c, "HEXPIRE k x FIELDS 1 a").startsWith("WRONGTYPE"));
  }

  @AgainstRedis
  void aTimeInThePastDeletes(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1", "b", "2");
    assertEquals(List.of("2"), ask(c, "HEXPIRE h 0 FIELDS 1 a"));
    assertEquals(1, c.call("HLEN", "h").number());
    assertEquals(List.of("2"), ask(c, "HPEXPIREAT h 1 FIELDS 1 b"));
    assertEquals(0, c.call("EXISTS", "h").number());
  }

  @AgainstRedis
  void fieldsExpireByThemselvesAndTakeTheKeyAlong(Differential pair) {
    RespClient c = pair.sampo();
    for (int i = 0; i < 300; i++) {
      c.call("HSET", "big", "f" + i, "v");
      c.call("HPEXPIRE", "big", "20", "FIELDS", "1", "f" + i);
    }
    c.call("HSET", "h", "a", "1", "b", "2");
    c.call("HPEXPIRE", "h", "20", "FIELDS", "1", "a");
    await(() -> c.call("EXISTS", "big").number() == 0);
    await(() -> c.call("HLEN", "h").number() == 1);
    assertEquals(List.of("b"), c.call("HKEYS", "h").texts());
    c.call("HPEXPIRE", "h", "30", "FIELDS", "1", "b");
    c.call("RENAME", "h", "g");
    await(() -> c.call("EXISTS", "g").number() == 0);
  }

  @AgainstRedis
  void whatIsOverIsHiddenAtOnce(Differential pair) {
    RespClient c = pair.sampo();
    for (int round = 0; round < 20; round++) {
      c.call("DEL", "h");
      c.call("HSET", "h", "a", "1", "b", "2");
      c.call("HPEXPIRE", "h", "1", "FIELDS", "1", "a");
      await(() -> c.call("HEXISTS", "h", "a").number() == 0);
      assertEquals(List.of("b"), c.call("HKEYS", "h").texts());
      assertEquals(List.of("b", "2"), c.call("HGETALL", "h").texts());
      assertEquals("b", c.call("HRANDFIELD", "h").text());
      assertEquals(List.of("b"), c.call("HRANDFIELD", "h", "5").texts());
      assertTrue(c.call("HGET", "h", "a").isNull());
      assertEquals(0, c.call("HSTRLEN", "h", "a").number());
      assertEquals(7, c.call("HINCRBY", "h", "a", "7").number());
      assertEquals(List.of("-1"), ask(c, "HTTL h FIELDS 1 a"));
    }
  }

  @AgainstRedis
  void valuesAreReadAndTheirExpirySet(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1", "b", "2", "c", "3");
    assertEquals(List.of("1", "2"), ask(c, "HGETEX h EX 100 FIELDS 2 a b"));
    assertEquals(List.of("100", "100", "-1"), ask(c, "HTTL h FIELDS 3 a b c"));
    assertEquals(List.of("1"), ask(c, "HGETEX h FIELDS 1 a"));
    assertEquals(List.of("1"), ask(c, "HGETEX h persist FIELDS 1 a"));
    assertEquals(List.of("-1", "100"), ask(c, "HTTL h FIELDS 2 a b"));
    assertEquals(List.of("3"), ask(c, "HGETEX h EXAT 4000000000 FIELDS 1 c"));
    assertEquals(List.of("4000000000"), ask(c, "HEXPIRETIME h FIELDS 1 c"));
    assertEquals(List.of("3"), ask(c, "HGETEX h PXAT 4000000000001 FIELDS 1 c"));
    assertEquals(List.of("4000000000001"), ask(c, "HPEXPIRETIME h FIELDS 1 c"));
    List<WireReply> some = c.call("HGETEX", "h", "FIELDS", "2", "a", "none").elements();
    assertTrue(some.get(1).isNull() && !some.get(0).isNull());
    assertEquals(List.of("1", "3"), ask(c, "HGETEX h PX 0 FIELDS 2 a c"));
    assertEquals(List.of("b"), c.call("HKEYS", "h").texts());
    assertTrue(c.call("HGETEX", "none", "FIELDS", "1", "a").elements().get(0).isNull());
    c.call("SET", "k", "v");
    for (String bad :
        List.of(
            "HGETEX h EX 1 PX 1 FIELDS 1 a",
            "HGETEX h KEEPTTL FIELDS 1 a",
            "HGETEX h EX x FIELDS 1 a",
            "HGETEX h EX -1 FIELDS 1 a",
            "HGETEX h FIELDS 2 a",
            "HGETEX h FIELDS 0 a",
            "HGETEX h EX 5 a b",
            "HGETEX k FIELDS 1 a",
            "HGETDEL h FIELDS 2 a",
            "HGETDEL k FIELDS 1 a")) {
      assertEquals('-', c.call(bad.split(" ")).type(), bad);
    }
    assertEquals(List.of("2"), c.call("HVALS", "h").texts());
  }

  @AgainstRedis
  void valuesAreReadAndDeleted(Differential pair) {
    RespClient c = pair.sampo();
    c.call("HSET", "h", "a", "1", "b", "2", "c", "3");
    List<WireReply> replies = c.call("HGETDEL", "h", "FIELDS", "3", "a", "none", "a").elements();
    assertEquals("1", replies.get(0).text());
    assertTrue(replies.get(1).isNull() && replies.get(2).isNull());
    assertEquals(List.of("2", "3"), ask(c, "HGETDEL h FIELDS 2 b c"));
    assertEquals(0, c.call("EXISTS", "h").number());
    assertTrue(c.call("HGETDEL", "h", "FIELDS", "1", "a").elements().get(0).isNull());
  }

  @AgainstRedis
  void fieldsAreSetWithTheirExpiry(Differential pair) {
    RespClient c = pair.sampo();
    assertEquals(1, c.call("HSETEX h EX 100 FIELDS 2 a 1 b 2".split(" ")).number());
    assertEquals(List.of("100", "100"), ask(c, "HTTL h FIELDS 2 a b"));
    assertEquals(1, c.call("HSETEX h KEEPTTL FIELDS 2 a 3 c 4".split(" ")).number());
    assertEquals(List.of("100", "100", "-1"), ask(c, "HTTL h FIELDS 3 a b c"));
    assertEquals(1, c.call("HSETEX h FIELDS 1 a 5".split(" ")).number());
    assertEquals(List.of("-1"), ask(c, "HTTL h FIELDS 1 a"));
    assertEquals(0, c.call("HSETEX h FNX FIELDS 2 d 1 a 6".split(" ")).number());
    assertEquals(0, c.call("HSETEX h FXX FIELDS 2 d 1 a 6".split(" ")).number());
    assertEquals(0, c.call("HSETEX none FXX FIELDS 1 a 6".split(" ")).number());
    assertEquals(List.of("5", "2", "4"), c.call("HMGET", "h", "a", "b", "c").texts());
    assertEquals(1, c.call("HSETEX h PXAT 4000000000000 fnx FIELDS 1 d 1".split(" ")).number());
    assertEquals(1, c.call("HSETEX h FXX FIELDS 2 a 7 b 8".split(" ")).number());
    assertEquals(List.of("4000000000"), ask(c, "HEXPIRETIME h FIELDS 1 d"));
    assertEquals(1, c.call("HSETEX h EX 0 FIELDS 1 a 1".split(" ")).number());
    assertEquals(0, c.call("HEXISTS", "h", "a").number());
    assertEquals(0, c.call("EXISTS", "none").number());
    c.call("SET", "k", "v");
    for (String bad :
        List.of(
            "HSETEX h FNX FXX FIELDS 1 a 1",
            "HSETEX h EX 5 KEEPTTL FIELDS 1 a 1",
            "HSETEX h PERSIST FIELDS 1 a 1",
            "HSETEX h FIELDS 1 a",
            "HSETEX h FIELDS 1 a 1 b",
            "HSETEX k FIELDS 1 a 1")) {
      assertEquals('-', c.call(bad.split(" ")).type(), bad);
    }
  }

  @AgainstRedis
  void whatIsWrongWithOptionsIsSaidAsInRedis8(Differential pair) {
    RespClient c = pair.sampo();
    String place = "ERR Mandatory argument FIELDS is missing or not at the right position";
    assertEquals(place, error(c, "HGETEX h EX 1 PX 1 FIELDS 1 a"));
    assertEquals(place, error(c, "HGETEX h EX 1 PERSIST FIELDS 1 a"));
    assertEquals(place, error(c, "HGETEX h KEEPTTL FIELDS 1 a"));
    String condition = "ERR Only one of FXX or FNX arguments can be specified";
    assertEquals(condition, error(c, "HSETEX h FNX FXX FIELDS 1 a 1"));
    assertEquals(condition, error(c, "HSETEX h fnx fnx FIELDS 1 a 1"));
    String expiry = "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";
    assertEquals(expiry, error(c, "HSETEX h EX 5 KEEPTTL FIELDS 1 a 1"));
    assertEquals(expiry, error(c, "HSETEX h KEEPTTL KEEPTTL FIELDS 1 a 1"));
    assertEquals(expiry, error(c, "HSETEX h PX 5 EXAT x FIELDS 1 a 1"));
    assertEquals("ERR unknown argument: NX", error(c, "HSETEX h NX FIELDS 1 a 1"));
    assertEquals("ERR invalid number of fields", error(c, "HSETEX h FIELDS 0 a 1"));
    assertEquals("ERR invalid number of fields", error(c, "HSETEX h FIELDS x a 1"));
    assertEquals("ERR unknown argument: a", error(c, "HSETEX h FNX EX 5 a 1"));
    String arity = "ERR wrong number of arguments for 'hsetex' command";
    assertEquals(arity, error(c, "HSETEX h FIELDS 1 a 1 b"));
    assertEquals(arity, error(c, "HSETEX h FIELDS 1 a 1 b 2"));
    assertEquals(arity, error(c, "HSETEX h FIELDS 2 a 1"));
    assertEquals(arity, error(c, "HSETEX h FNX KEEPTTL FIELDS 1 a"));
    assertEquals(0, c.call("EXISTS", "h").number());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time");
      Thread.onSpinWait();
    }
  }
}
