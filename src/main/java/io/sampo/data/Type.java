package io.sampo.data;

/** The types a key's value may have, by the names TYPE and SCAN use. */
public enum Type {
  STRING("string"),
  LIST("list"),
  SET("set"),
  ZSET("zset"),
  HASH("hash"),
  STREAM("stream");

  private final String text;

  Type(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
