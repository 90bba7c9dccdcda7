package io.sampo.server.config;

import io.sampo.command.KeyEvent;

/**
 * Which keyspace notifications are wanted, and on which channels.
 *
 * @param keyspace whether on {@code __keyspace@<db>__:<key>}
 * @param keyevent whether on {@code __keyevent@<db>__:<event>}
 * @param classes the bits of the {@link KeyEvent}s
 * @param modules whether events of modules are, which do not occur here
 */
public record NotifiedEvents(boolean keyspace, boolean keyevent, int classes, boolean modules) {
  static final NotifiedEvents NONE = new NotifiedEvents(false, false, 0, false);

  /** What {@code A} stands for, events of modules apart. */
  private static final int ALL =
      KeyEvent.GENERIC.bit
          | KeyEvent.STRING.bit
          | KeyEvent.LIST.bit
          | KeyEvent.SET.bit
          | KeyEvent.HASH.bit
          | KeyEvent.ZSET.bit
          | KeyEvent.STREAM.bit
          | KeyEvent.EXPIRED.bit
          | KeyEvent.EVICTED.bit;

  /** The order in which Redis shows the classes that are not part of {@code A} as a whole. */
  private static final KeyEvent[] SHOWN = {
    KeyEvent.GENERIC,
    KeyEvent.STRING,
    KeyEvent.LIST,
    KeyEvent.SET,
    KeyEvent.HASH,
    KeyEvent.ZSET,
    KeyEvent.EXPIRED,
    KeyEvent.EVICTED,
    KeyEvent.STREAM
  };

  /**
   * Reads the letters of {@code notify-keyspace-events}, in any order.
   *
   * @throws Setting.BadValue in Redis's words
   */
  static NotifiedEvents parse(String text) {
    int classes = 0;
    boolean modules = false;
    for (char letter : text.toCharArray()) {
      switch (letter) {
        case 'K', 'E' -> {}
        case 'A' -> {
          classes |= ALL;
          modules = true;
        }
        case 'd' -> modules = true;
        default -> classes |= of(letter).bit;
      }
    }
    return new NotifiedEvents(text.indexOf('K') >= 0, text.indexOf('E') >= 0, classes, modules);
  }

  private static KeyEvent of(char letter) {
    for (KeyEvent event : KeyEvent.values()) {
      if (event.letter == letter) {
        return event;
      }
    }
    throw new Setting.BadValue("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  }

  /** The letters in Redis's order; like Redis it shows no {@code n} beside an {@code A}. */
  String text() {
    StringBuilder text = new StringBuilder();
    if ((classes & ALL) == ALL && modules) {
      text.append('A');
    } else {
      for (KeyEvent event : SHOWN) {
        text.append(has(event) ? String.valueOf(event.letter) : "");
      }
      text.append(modules ? "d" : "").append(has(KeyEvent.NEW) ? "n" : "");
    }
    text.append(keyspace ? "K" : "").append(keyevent ? "E" : "");
    return text.append(has(KeyEvent.MISS) ? "m" : "").toString();
  }

  boolean has(KeyEvent event) {
    return (classes & event.bit) != 0;
  }

  /** The classes that somebody is told of: none without a kind of channel. */
  public int audible() {
    return keyspace || keyevent ? classes : 0;
  }
}
