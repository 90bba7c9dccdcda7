package io.sampo.keyspace;

import io.sampo.resp.Bytes;
import java.util.Arrays;

/** A key of a database; equal by value. */
public record DbKey(int db, byte[] key) {
  @Override
  public boolean equals(Object o) {
    return o instanceof DbKey other && other.db == db && Arrays.equals(other.key, key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key) * 31 + db;
  }

  @Override
  public String toString() {
    return db + ":" + Bytes.text(key);
  }
}
