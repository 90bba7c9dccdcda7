package io.sampo.command;

/** The classes of keyspace notifications, by the letters of {@code notify-keyspace-events}. */
public enum KeyEvent {
  GENERIC('g'),
  STRING('$'),
  LIST('l'),
  SET('s'),
  HASH('h'),
  ZSET('z'),
  STREAM('t'),
  EXPIRED('x'),
  EVICTED('e'),
  NEW('n'),
  MISS('m');

  public final char letter;
  public final int bit = 1 << ordinal();

  KeyEvent(char letter) {
    this.letter = letter;
  }
}
