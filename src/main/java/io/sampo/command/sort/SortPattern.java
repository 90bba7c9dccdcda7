package io.sampo.command.sort;

import io.sampo.command.Context;
import io.sampo.data.hash.HashValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Bytes;
import java.util.Arrays;

/**
 * What BY and GET of SORT refer to: the key that an element makes, put in place of a star, or a
 * field of the hash at that key; or the element itself.
 *
 * @param self whether it is the element itself, written {@code #}
 * @param hasStar whether it refers to anything
 * @param field the field of the hash; empty for a string
 */
record SortPattern(boolean self, boolean hasStar, byte[] prefix, byte[] suffix, byte[] field) {
  /** The value of what does not exist. */
  static final byte[] NONE = new byte[0];

  private static final byte[] EMPTY = {};

  static SortPattern of(byte[] pattern) {
    String text = Bytes.text(pattern);
    int star = text.indexOf('*');
    if (star < 0) {
      return new SortPattern(text.equals("#"), false, EMPTY, EMPTY, EMPTY);
    }
    int arrow = text.indexOf("->", star + 1);
    boolean dereferences = arrow >= 0 && arrow + 2 < text.length();
    int end = dereferences ? arrow : text.length();
    return new SortPattern(
        false,
        true,
        Arrays.copyOf(pattern, star),
        Arrays.copyOfRange(pattern, star + 1, end),
        dereferences ? Arrays.copyOfRange(pattern, arrow + 2, pattern.length) : EMPTY);
  }

  /** A copy of what this refers to for an element, or {@link #NONE} itself. */
  byte[] value(Context c, byte[] element) {
    if (self) {
      return element;
    }
    if (!hasStar) {
      return NONE;
    }
    byte[] key = Arrays.copyOf(prefix, prefix.length + element.length + suffix.length);
    System.arraycopy(element, 0, key, prefix.length, element.length);
    System.arraycopy(suffix, 0, key, prefix.length + element.length, suffix.length);
    Db db = c.db(key);
    int h = c.read(db, key);
    if (h == Db.NONE) {
      return NONE;
    }
    if (field.length == 0) {
      return db.isString(h) ? db.string(h) : NONE;
    }
    if (!db.isObject(h) || !(db.value(h) instanceof HashValue hash)) {
      return NONE;
    }
    byte[] value = hash.get(field, 0, field.length, c.horizon());
    return value == HashValue.NONE ? NONE : value;
  }
}
