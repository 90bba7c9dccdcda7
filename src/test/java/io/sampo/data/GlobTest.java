package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "*, anything, true",
        "a*c, abbbc, true",
        "a*c, abbb, false",
        "**a**, bab, true",
        "?, a, true",
        "??, a, false",
        "[abc], b, true",
        "[abc], d, false",
        "[^abc], d, true",
        "[a-c]x, bx, true",
        "[c-a]x, bx, true",
        "[a-c, b, true",
        "[, a, false",
        "[^, a, true",
        "\\*, *, true",
        "\\*, a, false",
        "a\\, a\\, true",
        "[\\]], ], true",
        "[a\\-c], b, false",
        "[-a], -, true",
        "a*b*c, aXbXbc, true",
        "*ab, aab, true",
        "*[ab]?c, xxbyc, true",
        "[]a], ], false",
        "a, A, false",
        "h*llo, heeeello, true",
        "a?, a, false"
      })
  void matches(String pattern, String text, boolean expected) {
    assertEquals(expected, Glob.of(bytes(pattern)).matches(bytes(text)));
  }

  @ParameterizedTest
  @CsvSource({"GET*, getdel, true", "get*, GETDEL, true", "[A-C]z, bZ, true", "[x]y, Xz, false"})
  void lettersOfEitherCaseMatchOnRequest(String pattern, String text, boolean expected) {
    byte[] padded = bytes('<' + pattern + '>');
    Glob glob = Glob.of(padded, 1, pattern.length(), true);
    assertEquals(expected, glob.matches(bytes('<' + text + '>'), 1, text.length()));
  }

  @Test
  void anEmptyTextMatchesTheEmptyPatternAlone() {
    assertTrue(Glob.of(bytes("")).matches(bytes("")));
    assertFalse(Glob.of(bytes("")).matches(bytes("a")));
    assertFalse(Glob.of(bytes("*")).matches(bytes("")));
    assertTrue(Glob.of(bytes("*")).isStar());
  }

  @Test
  void manyStarsTakeNoExponentialTime() {
    Glob glob = Glob.of(bytes("*a".repeat(5_000) + "b"));
    byte[] text = bytes("a".repeat(20_000));
    assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(20), () -> glob.matches(text)));
  }

  /** Random patterns over few letters, so that many match, against KEYS of a real server. */
  @Test
  void agreesWithRedis() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    long seed = Seed.of("random patterns");
    Random random = new Random(seed);
    try (RedisProcess redis = RedisProcess.start();
        RespClient client = RespClient.connect(redis.port())) {
      Set<String> texts = new HashSet<>();
      while (texts.size() < 300) {
        texts.add(word(random, "aabbcAB-]^[*?\\\u0080\u00ff", 1 + random.nextInt(6)));
      }
      texts.forEach(text -> client.expect('+', "SET", text, ""));
      for (int i = 0; i < 3_000; i++) {
        String pattern = word(random, "aabcA**??[[]]^-\\\u0080\u00ff", 1 + random.nextInt(8));
        WireReply theirs = client.call("KEYS", pattern);
        Glob glob = Glob.of(bytes(pattern));
        Set<String> ours =
            texts.stream().filter(text -> glob.matches(bytes(text))).collect(Collectors.toSet());
        assertEquals(new HashSet<>(theirs.texts()), ours, pattern + " with seed " + seed);
      }
    }
  }

  /** The same without regard to case, against CONFIG GET. */
  @Test
  void agreesWithConfigGet() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (RedisProcess redis = RedisProcess.start();
        RespClient client = RespClient.connect(redis.port())) {
      client.expect('%', "HELLO", "3");
      Set<String> names = names(client.call("CONFIG", "GET", "*"));
      assertTrue(names.size() > 100);
      for (String pattern :
          new String[] {"MAX*", "*[A-C]*-?", "?*-*-*", "[^A-Y]*", "*\\S*", "[L-A]*", "*[\\M]ax*"}) {
        Glob glob = Glob.of(bytes(pattern), 0, pattern.length(), true);
        Set<String> ours =
            names.stream().filter(name -> glob.matches(bytes(name))).collect(Collectors.toSet());
        assertEquals(names(client.call("CONFIG", "GET", pattern)), ours, pattern);
      }
    }
  }

  private static Set<String> names(WireReply map) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < map.elements().size(); i += 2) {
      names.add(map.elements().get(i).text());
    }
    return names;
  }

  private static String word(Random random, String alphabet, int length) {
    return random
        .ints(length, 0, alphabet.length())
        .mapToObj(i -> alphabet.substring(i, i + 1))
        .collect(Collectors.joining());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
