package io.sampo.resp;

import static java.math.RoundingMode.HALF_EVEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.RedisProcess;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.Seed;
import io.sampo.testkit.WireReply;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NumbersTest {
  private static final List<String> TEXTS =
      List.of(
          "0",
          "-0",
          "+0",
          "5",
          "+5",
          "-5",
          "0.1",
          ".5",
          "5.",
          "-.5",
          "-5.",
          ".",
          "-",
          "+",
          "-.",
          "1..2",
          "--5",
          "+-5",
          "",
          " 1",
          "1 ",
          "\t1",
          "1\0",
          "1_0",
          "1,0",
          "01",
          "00.10",
          "1e5",
          "1E5",
          "1e+5",
          "1e-5",
          "1e",
          "1e+",
          "e5",
          "1e5.0",
          "inf",
          "+inf",
          "-inf",
          "INF",
          "infinity",
          "-Infinity",
          "InFiNiTy",
          "i",
          "in",
          "infx",
          "infinit",
          "nan",
          "NaN",
          "-nan",
          "nan(1)",
          "Infinity",
          "0x10",
          "0X1P3",
          "0x1p3",
          "0x1.8",
          "0x.8p1",
          "0x1.p1",
          "0x",
          "0x.",
          "0x.p1",
          "0x1p",
          "0x1p+",
          "-0x1F",
          "1p3",
          "0x1e400",
          "1.0f",
          "1f",
          "1d",
          "1D",
          "1L",
          "1e308",
          "1.7976931348623157e308",
          "1.7976931348623159e308",
          "1e309",
          "-1e400",
          "1e4000",
          "1e4932",
          "1.2e4932",
          "1e4933",
          "1e5000",
          "1e99999999999",
          "-1e-99999999999",
          "0e99999",
          "0e-99999",
          "0x0p99999",
          "1e-320",
          "5e-324",
          "2e-324",
          "1e-400",
          "1e-4940",
          "4e-4951",
          "1e-4952",
          "0x1p1023",
          "0x1p1024",
          "0x1p16383",
          "0x1p16384",
          "0x1p-1074",
          "0x1p-1076",
          "0x1p-16445",
          "0x1p-16447",
          "0x1.fffffffffffffffffp0",
          "0.3",
          "3.0e3",
          "1.00",
          "100",
          "9007199254740993",
          "18446744073709551617",
          "123456789012345",
          "999999999999999.9",
          "0.000000000000001",
          "0.00000000000000001",
          "0.000000000000000005",
          "-0.000000000000000004",
          "1".repeat(400),
          "0." + "0".repeat(400) + "1",
          "0.1" + "0".repeat(5000),
          "é");

  private static double parse(String text) {
    return Numbers.parseDouble(Bytes.ascii(text), 0, text.length());
  }

  private static String increment(String a, String b) {
    LongDouble left = LongDouble.parse(Bytes.ascii(a), 0, a.length());
    LongDouble right = LongDouble.parse(Bytes.ascii(b), 0, b.length());
    if (left.isNaN() || right.isNaN()) {
      return "ERR value is not a valid float";
    }
    LongDouble sum = left.plus(right);
    return sum.isNaN() || sum.isInfinite()
        ? "ERR increment would produce NaN or Infinity"
        : sum.toString();
  }

  @Test
  void canonicalIntegers() {
    for (String text :
        List.of("0", "1", "-1", "9223372036854775807", "-9223372036854775808", "10", "-1000000")) {
      byte[] a = Bytes.ascii("x" + text + "x");
      assertTrue(Bytes.isLong(a, 1, text.length()), text);
      assertEquals(Long.parseLong(text), Args.of(Bytes.ascii(text)).integer(0));
    }
    for (String text :
        List.of(
            "",
            "-",
            "-0",
            "00",
            "01",
            "+1",
            " 1",
            "1 ",
            "1a",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
            "9999999999999999999",
            "-01")) {
      assertFalse(Bytes.isLong(Bytes.ascii(text), 0, text.length()), text);
      assertThrows(RespError.class, () -> Args.of(Bytes.ascii(text)).integer(0), text);
    }
  }

  @Test
  void decimalDigits() {
    Random random = new Random(7);
    for (int n = 0; n < 100_000; n++) {
      long value = random.nextLong() >> random.nextInt(64);
      check(value);
    }
    for (long power = 1, i = 0; i < 19; i++, power *= 10) {
      for (long d = -1; d <= 1; d++) {
        check(power + d);
        check(-power + d);
      }
    }
    check(Long.MIN_VALUE);
    check(Long.MAX_VALUE);
    check(Integer.MIN_VALUE);
  }

  private static void check(long value) {
    byte[] a = new byte[20];
    int end = Bytes.putLong(a, 0, value);
    assertEquals(Long.toString(value), Bytes.text(java.util.Arrays.copyOf(a, end)));
    assertEquals(end, Bytes.digits(value));
  }

  @Test
  void fastAndSlowParsingAgree() {
    Random random = new Random(11);
    for (int n = 0; n < 50_000; n++) {
      String digits = Long.toString(Math.abs(random.nextLong() >> random.nextInt(64)));
      int point = random.nextInt(digits.length() + 1);
      String text = digits.substring(0, point) + "." + digits.substring(point);
      assertEquals(Double.parseDouble(text), parse(text), text);
    }
  }

  @Test
  void extendedPrecision() {
    BigInteger beyond = BigInteger.ONE.shiftLeft(63).add(BigInteger.ONE);
    assertEquals(beyond.toString(), increment(beyond.toString(), "0"));
    assertEquals("18446744073709551616", increment("18446744073709551615", "0.5"));
    assertEquals("18446744073709551615", increment("18446744073709551615", "0.25"));
    assertEquals("0", LongDouble.of(-1e-30).toString());
    assertTrue(LongDouble.INFINITY.plus(LongDouble.MINUS_INFINITY).isNaN());
    assertEquals("0.10000000000000001", Bytes.text(Numbers.formatHuman(0.1)));
  }

  @Test
  void fixedDecimals() {
    long seed = Seed.of("random decimals");
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double value =
          switch (i % 5) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextDouble() * 360 - 180;
            case 2 -> random.nextInt(2_000_000) / 32.0 / 1024;
            case 3 -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(130) - 80);
            default -> random.nextInt(1000) - 1e-4 * random.nextInt(2) - 1e-17;
          };
      if (Double.isFinite(value)) {
        int decimals = 1 + random.nextInt(17);
        String expected = new BigDecimal(value).setScale(decimals, HALF_EVEN).toPlainString();
        String fixed = Bytes.text(Numbers.fixed(value, decimals));
        assertEquals(expected, fixed, () -> "" + value);
        assertEquals(LongDouble.of(value).toString(), Bytes.text(Numbers.formatHuman(value)));
      }
    }
  }

  @Test
  void readingAndPrintingAsRedisDoes() {
    Assumptions.assumeTrue(RedisProcess.available(), "no redis-server on the PATH");
    try (RedisProcess redis = RedisProcess.start();
        RespClient client = RespClient.connect(redis.port())) {
      for (String text : TEXTS) {
        scores(client, text);
        increments(client, "0", text);
        increments(client, text, "0");
      }
      long seed = System.nanoTime();
      Random random = new Random(seed);
      for (int n = 0; n < 1000; n++) {
        scores(client, Double.toString(Double.longBitsToDouble(random.nextLong())));
        scores(client, number(random));
      }
      for (int n = 0; n < 3000; n++) {
        increments(client, number(random), number(random));
      }
    }
  }

  /** Numbers of the sort that counters hold, and sometimes of any other. */
  private static String number(Random random) {
    long digits = random.nextLong() >> random.nextInt(64);
    return switch (random.nextInt(6)) {
      case 0 -> Long.toString(digits);
      case 1 -> digits / 1000 + "." + Math.abs(digits % 1000);
      case 2 -> digits + "e" + (random.nextInt(80) - 40);
      case 3 -> Double.toString(random.nextGaussian());
      case 4 -> Float.toString(random.nextFloat() * 1000);
      default -> digits + "e" + (random.nextInt(10_000) - 5_000);
    };
  }

  private static void scores(RespClient client, String text) {
    client.call("DEL", "z");
    WireReply added = client.call("ZADD", "z", text, "m");
    double value = parse(text);
    if (Double.isNaN(value)) {
      assertEquals("ERR value is not a valid float", added.text(), text);
    } else {
      assertEquals(":1", added.toString(), text);
      // A small sorted set keeps whole scores as integers, without the sign of zero.
      String format = Numbers.format(value);
      assertEquals(
          format.equals("-0") ? "0" : format, client.call("ZSCORE", "z", "m").text(), text);
    }
  }

  private static void increments(RespClient client, String a, String b) {
    client.call("SET", "s", a);
    assertEquals(
        client.call("INCRBYFLOAT", "s", b).text(), increment(a, b), () -> a + " plus " + b);
  }
}
