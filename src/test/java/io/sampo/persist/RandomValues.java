package io.sampo.persist;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands that make values of every type and encoding, at random. */
final class RandomValues {
  /** How many kinds of values there are. */
  static final int KINDS = 18;

  /** The kind that is a set of many integers, some of them perhaps the same. */
  static final int MANY_INTEGERS = 8;

  private final Random random;

  RandomValues(Random random) {
    this.random = random;
  }

  /** The commands that make a value of a kind at a key. */
  List<String[]> make(String key, int kind) {
    List<String[]> commands = new ArrayList<>();
    switch (kind) {
      case 0 -> commands.add(new String[] {"SET", key, number()});
      case 1 -> commands.add(new String[] {"SET", key, text(40)});
      case 2 -> commands.add(new String[] {"SET", key, text(5000)});
      case 3 -> commands.add(new String[] {"SET", key, text(50).repeat(200)});
      case 4 -> commands.add(many("RPUSH", key, 1 + random.nextInt(20), 1, 20));
      case 5 -> commands.add(many("RPUSH", key, 500, 1, 100));
      case 6 -> commands.add(many("RPUSH", key, 3, 1, 30_000));
      case 7 -> commands.add(integers(key, 1 + random.nextInt(100)));
      case MANY_INTEGERS -> commands.add(integers(key, 700));
      case 9 -> commands.add(many("SADD", key, 1 + random.nextInt(100), 1, 20));
      case 10 -> commands.add(many("SADD", key, 300, 1, 100));
      case 11 -> commands.add(many("HSET", key, 1 + random.nextInt(20), 2, 30));
      case 12 -> commands.add(many("HSET", key, 600, 2, 30));
      case 13 -> commands.add(many("HSET", key, 5, 2, 20_000));
      case 14 -> commands.add(scored(key, 1 + random.nextInt(60)));
      case 15 -> commands.add(scored(key, 300));
      case 16 -> stream(key, 1 + random.nextInt(20), commands);
      default -> stream(key, 400, commands);
    }
    return commands;
  }

  private String[] many(String command, String key, int n, int arguments, int length) {
    String[] all = new String[2 + n * arguments];
    all[0] = command;
    all[1] = key;
    for (int i = 2; i < all.length; i++) {
      all[i] = random.nextInt(3) == 0 ? number() : text(length);
    }
    return all;
  }

  private String[] integers(String key, int n) {
    String[] all = many("SADD", key, n, 1, 1);
    int bits = 1 + random.nextInt(64);
    for (int i = 2; i < all.length; i++) {
      all[i] = Long.toString(random.nextLong() >> 64 - bits);
    }
    return all;
  }

  private String[] scored(String key, int n) {
    String[] all = many("ZADD", key, n, 2, 30);
    for (int i = 2; i < all.length; i += 2) {
      all[i] =
          switch (random.nextInt(5)) {
            case 0 -> random.nextBoolean() ? "inf" : "-inf";
            case 1 -> Double.toString(random.nextGaussian() * 1e10);
            case 2 -> Double.toString(random.nextInt(100) / 10.0);
            default -> Integer.toString(random.nextInt(10) - 5);
          };
    }
    return all;
  }

  private void stream(String key, int n, List<String[]> commands) {
    long ms = 1 + random.nextInt(1000);
    for (int i = 0; i < n; i++) {
      List<String> add = new ArrayList<>(List.of("XADD", key, ms + "-" + (i + 1)));
      for (int f = random.nextInt(4); f >= 0; f--) {
        add.add(random.nextInt(3) == 0 ? text(5) : "field" + f);
        add.add(random.nextBoolean() ? number() : text(30));
      }
      commands.add(add.toArray(String[]::new));
      ms += random.nextInt(3);
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      commands.add(new String[] {"XDEL", key, "1-" + random.nextInt(n + 1)});
    }
    for (int g = random.nextInt(3); g > 0; g--) {
      String group = "group" + g;
      commands.add(new String[] {"XGROUP", "CREATE", key, group, g == 1 ? "0" : "1-1"});
      for (int c = random.nextInt(4); c > 0; c--) {
        String count = Integer.toString(random.nextInt(20));
        commands.add(
            new String[] {
              "XREADGROUP", "GROUP", group, "c" + c, "COUNT", count, "STREAMS", key, ">"
            });
      }
    }
    if (random.nextBoolean()) {
      commands.add(new String[] {"XTRIM", key, "MAXLEN", Integer.toString(1 + n / 2)});
    }
  }

  private String number() {
    return Long.toString(random.nextLong() >> random.nextInt(64));
  }

  private String text(int most) {
    int length = random.nextInt(most + 1);
    StringBuilder text = new StringBuilder();
    boolean plain = random.nextBoolean();
    while (text.length() < length) {
      text.append((char) (plain ? 'a' + random.nextInt(4) : random.nextInt(256)));
    }
    return text.toString();
  }
}
