package io.sampo.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/**
 * A value of a million elements, or of 100 MiB.
 *
 * @param requests how many requests it takes to make it
 * @param request what they are
 */
record BigValue(String key, int requests, IntFunction<String[]> request) {
  static final int ELEMENTS = 1_000_000;

  /** Elements that come with one request. */
  private static final int AT_ONCE = 100;

  static final List<BigValue> ALL =
      List.of(
          elements("list", "RPUSH", n -> List.of(element(n))),
          elements("same", "RPUSH", n -> List.of("element")),
          elements("numbers", "RPUSH", n -> List.of("" + shuffled(n))),
          elements("floats", "RPUSH", n -> List.of(shuffled(n) + ".25")),
          elements("hash", "HSET", n -> List.of("field:%07d".formatted(n), element(n))),
          elements("set", "SADD", n -> List.of(element(n))),
          elements("other", "SADD", n -> List.of(element(n + ELEMENTS / 2))),
          elements("intset", "SADD", n -> List.of("" + 3 * n)),
          elements("ints", "SADD", n -> List.of("" + 2 * n)),
          elements("zset", "ZADD", n -> List.of("" + shuffled(n), element(n))),
          elements("zother", "ZADD", n -> List.of("" + n, element(shuffled(n) + ELEMENTS / 2))),
          elements("lex", "ZADD", n -> List.of("0", element(shuffled(n)))),
          new BigValue("small", 1_000, n -> new String[] {"SADD", "small", element(shuffled(n))}),
          elements("geo", "GEOADD", BigValue::point),
          elements("w:", "MSET", n -> List.of("w:" + n, "" + shuffled(n))),
          new BigValue("stream", ELEMENTS, n -> entry("stream", n)),
          new BigValue("pending", ELEMENTS + 2, BigValue::pending),
          new BigValue("l1", 1, n -> new String[] {"SET", "l1", noise(1).substring(0, 5_000)}),
          new BigValue("l2", 1, n -> new String[] {"SET", "l2", noise(2).substring(0, 5_000)}),
          new BigValue("string", 100, n -> new String[] {"APPEND", "string", noise(n)}),
          new BigValue("zeros", 1, n -> new String[] {"SETRANGE", "zeros", "104857599", "\0"}),
          new BigValue("h1", 40_000, n -> new String[] {"PFADD", "h" + (n % 4 + 1), element(n)}));

  private static BigValue elements(String key, String command, IntFunction<List<String>> element) {
    return new BigValue(
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

  private static String[] entry(String key, int n) {
    return new String[] {"XADD", key, n + 1 + "-1", "field", element(n)};
  }

  /** Entries, and behind them what makes them all pending. */
  private static String[] pending(int n) {
    return n < ELEMENTS
        ? entry("pending", n)
        : (n == ELEMENTS ? "XGROUP CREATE pending g 0" : "XREADGROUP GROUP g c STREAMS pending >")
            .split(" ");
  }

  private static String element(int n) {
    return "element:%07d".formatted(n);
  }

  /** The numbers below a million in an order of no order. */
  static int shuffled(int n) {
    return (int) (n * 611_953L % ELEMENTS);
  }

  private static List<String> point(int n) {
    int place = shuffled(n);
    return List.of("" + place % 1000 / 100.0, "" + place / 1000 / 100.0, element(n));
  }

  /** A MiB that cannot be compressed. */
  static String noise(int seed) {
    Random random = new Random(seed);
    char[] chars = new char[1 << 20];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) random.nextInt(256);
    }
    return new String(chars);
  }
}
