package io.sampo.testkit;

import java.util.Random;

/**
 * Random requests that change data of every type, over few enough keys for most of them to find
 * what they are for. All are known to Redis 7.0, too.
 */
public final class Workload {
  private static final int KEYS = 12;

  private final Random random;
  private final String prefix;
  private boolean queueing;

  public Workload(long seed) {
    this(seed, "");
  }

  /**
   * @param prefix what all keys begin with
   */
  public Workload(long seed, String prefix) {
    this.random = new Random(seed);
    this.prefix = prefix;
  }

  /** The next request; some are in transactions, and some in other databases. */
  public String[] next() {
    if (random.nextInt(40) == 0) {
      queueing = !queueing;
      return new String[] {queueing ? "MULTI" : "EXEC"};
    }
    if (random.nextInt(60) == 0) {
      return new String[] {"SELECT", random.nextInt(3) == 0 ? "3" : "0"};
    }
    return line().split(" ");
  }

  /** What has to be sent before the connection is given up. */
  public String[] last() {
    return new String[] {queueing ? "EXEC" : "PING"};
  }

  private String line() {
    int n = random.nextInt(1000);
    return switch (random.nextInt(6)) {
      case 0 -> onStrings(key("s"), key("s"), n);
      case 1 -> onHashes(key("h"), n);
      case 2 -> onLists(key("l"), key("l"), n);
      case 3 -> onSets(key("t"), key("t"), n);
      case 4 -> onSortedSets(key("z"), key("z"), n);
      default -> onStreams(key("x"), n);
    };
  }

  private String key(String kind) {
    return prefix + kind + random.nextInt(KEYS);
  }

  private String onStrings(String key, String other, int n) {
    return switch (random.nextInt(18)) {
      case 0 -> "SET " + key + " " + n;
      case 1 -> "SET " + key + " text" + n + " EX 100000";
      case 2 -> "INCR " + key;
      case 3 -> "INCRBYFLOAT " + key + " " + n + ".25";
      case 4 -> "APPEND " + key + " " + n;
      case 5 -> "SETRANGE " + key + " 3 " + n;
      case 6 -> "GETEX " + key + " EX 50000";
      case 7 -> "GETDEL " + key;
      case 8 -> "MSET " + key + " " + n + " " + other + " " + n;
      case 9 -> "RENAME " + key + " " + other;
      case 10 -> "COPY " + key + " " + other + " REPLACE";
      case 11 -> "MOVE " + key + " 3";
      case 12 -> "SETBIT " + key + " " + n + " 1";
      case 13 -> "BITOP XOR " + key + " " + key + " " + other;
      case 14 -> "EXPIRE " + key + " " + (n - 20);
      case 15 -> "PFADD " + prefix + "p" + n % 3 + " e" + n;
      case 16 -> "PERSIST " + key;
      default -> "SET " + key + " brief PX " + (1 + n % 100);
    };
  }

  private String onHashes(String key, int n) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> "HSET " + key + " f" + n % 200 + " " + n + " g " + n;
      case 2 -> "HINCRBY " + key + " c" + n % 20 + " " + n;
      case 3 -> "HINCRBYFLOAT " + key + " r" + n % 20 + " " + n + ".5";
      case 4 -> "HDEL " + key + " f" + n % 200 + " g";
      default -> n < 30 ? "DEL " + key : "HSETNX " + key + " f" + n + " x";
    };
  }

  private String onLists(String key, String other, int n) {
    return switch (random.nextInt(9)) {
      case 0, 1 -> "RPUSH " + key + " a" + n + " b" + n;
      case 2 -> "LPUSH " + key + " c" + n;
      case 3 -> "LPOP " + key;
      case 4 -> "RPOP " + key + " 2";
      case 5 -> "LMOVE " + key + " " + other + " LEFT RIGHT";
      case 6 -> "LTRIM " + key + " 0 60";
      case 7 -> "LREM " + key + " 0 a" + n;
      default -> "LINSERT " + key + " BEFORE a" + n + " i" + n;
    };
  }

  private String onSets(String key, String other, int n) {
    return switch (random.nextInt(9)) {
      case 0, 1 -> "SADD " + key + " " + n + " " + n / 2;
      case 2 -> "SADD " + key + " m" + n;
      case 3 -> "SPOP " + key;
      case 4 -> "SPOP " + key + " 3";
      case 5 -> "SMOVE " + key + " " + other + " " + n;
      case 6 -> "SUNIONSTORE " + key + " " + key + " " + other;
      case 7 -> "SDIFFSTORE " + other + " " + key + " " + other;
      default -> "SREM " + key + " " + n + " m" + n;
    };
  }

  private String onSortedSets(String key, String other, int n) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> "ZADD " + key + " " + n + " m" + n + " " + n / 7 + ".5 k" + n % 100;
      case 2 -> "ZINCRBY " + key + " 1.5 k" + n % 100;
      case 3 -> "ZREM " + key + " m" + n;
      case 4 -> "ZPOPMIN " + key + " 2";
      case 5 -> "ZREMRANGEBYRANK " + key + " 100 -1";
      case 6 -> "ZUNIONSTORE " + key + " 2 " + key + " " + other + " AGGREGATE MIN";
      default -> "GEOADD " + prefix + "g" + n % 3 + " " + n % 90 + ".5 45.25 place" + n;
    };
  }

  private String onStreams(String key, int n) {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> "XADD " + key + " * a " + n;
      case 3 -> "XADD " + key + " MAXLEN 50 * a b c " + n;
      case 4 -> "XTRIM " + key + " MAXLEN 40";
      case 5 -> "XGROUP CREATE " + key + " g" + n % 2 + " 0 MKSTREAM";
      case 6, 7 -> "XREADGROUP GROUP g" + n % 2 + " c" + n % 3 + " COUNT 3 STREAMS " + key + " >";
      default -> "XAUTOCLAIM " + key + " g" + n % 2 + " c0 0 0 COUNT 2";
    };
  }
}
