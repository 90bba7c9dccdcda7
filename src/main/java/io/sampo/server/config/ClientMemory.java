package io.sampo.server.config;

/**
 * How much all clients together may hold ({@code maxmemory-clients}).
 *
 * @param amount bytes, or percent of maxmemory; 0 for no limit
 */
public record ClientMemory(long amount, boolean percent) {
  static final ClientMemory UNLIMITED = new ClientMemory(0, false);

  /**
   * Reads bytes with Redis's units, or a percentage.
   *
   * @throws Setting.BadValue in Redis's words
   */
  static ClientMemory parse(String text) {
    if (text.matches("[0-9]{1,9}%")) {
      long percent = Long.parseLong(text.substring(0, text.length() - 1));
      if (percent > 100) {
        throw new Setting.BadValue("percentage argument must be less or equal to 100");
      }
      return new ClientMemory(percent, true);
    }
    try {
      return new ClientMemory(Setting.memory(text), false);
    } catch (Setting.BadValue e) {
      throw new Setting.BadValue("argument must be a memory or percent value");
    }
  }

  String format() {
    return percent ? amount + "%" : Long.toString(amount);
  }

  /** The limit in bytes; 0 for none. */
  public long bytes(long maxmemory) {
    return percent ? maxmemory / 100 * amount : amount;
  }
}
