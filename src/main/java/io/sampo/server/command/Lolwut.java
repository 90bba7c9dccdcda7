package io.sampo.server.command;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The art of LOLWUT. The sampo of the Kalevala is a mill that grinds flour, salt and gold without
 * end, and has a lid of many colours: here it grinds stars, a different sky each time.
 */
final class Lolwut {
  private static final String[] MILL = {
    "            .-~~~~~~~-.",
    "         .-'  ~ ~*~ ~  '-.",
    "        (___________________)",
    "          |  |  (o)  |  |",
    "      ____|__|_______|__|____",
    "     (_______________________)",
    "        /  /    |    \\  \\",
  };
  private static final String STARS = "....··*+✦";
  private static final int WIDTH = 36;
  private static final int SKY = 7;

  private Lolwut() {}

  /** A drawing in UTF-8, ending in a line break. */
  static String draw() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder art = new StringBuilder();
    for (int y = 0; y < SKY; y++) {
      StringBuilder line = new StringBuilder(" ".repeat(WIDTH));
      for (int n = random.nextInt(SKY - y, 2 * SKY - y); n > 0; n--) {
        line.setCharAt(random.nextInt(WIDTH), STARS.charAt(random.nextInt(STARS.length())));
      }
      art.append(line.toString().stripTrailing()).append('\n');
    }
    for (String line : MILL) {
      art.append(line).append('\n');
    }
    return art.append('\n').toString();
  }
}
