package io.sampo.replication;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Which history of writes this node's data belongs to. A history is named by 40 hex digits; an
 * offset in it counts the bytes of its stream. Who follows another takes over the other's name; who
 * is promoted begins a new history and keeps the old name as a second one, so that those who
 * followed the same master can go on with the promoted one. (PSYNC2, as in Redis.) Used from any
 * thread.
 */
public final class History {
  /** Stands for no history. */
  public static final String NONE = "0".repeat(40);

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @param id names the present history
   * @param second names the one that it went on from, or is {@link #NONE}
   * @param secondEnd the offset at which it did, up to which both are the same; -1 with {@code
   *     NONE}
   */
  public record Ids(String id, String second, long secondEnd) {
    /** Whether what follows {@code offset} in the history {@code id} is the same in this one. */
    public boolean continues(String itsId, long offset) {
      return itsId.equals(id) || itsId.equals(second) && offset <= secondEnd;
    }
  }

  private volatile Ids ids = new Ids(randomId(), NONE, -1);

  /** A name that no other history has. */
  public static String randomId() {
    byte[] bytes = new byte[20];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  public Ids ids() {
    return ids;
  }

  /** Begins a history that goes on from nothing. */
  public void begin() {
    ids = new Ids(randomId(), NONE, -1);
  }

  /** Takes over a master's history whole, as its data has been. */
  public void adopt(String id) {
    ids = new Ids(id, NONE, -1);
  }

  /** Begins a history that goes on from another one, which we have up to {@code offset}. */
  void inherit(String id, long offset) {
    ids = new Ids(randomId(), id, offset);
  }

  /** Begins a history that goes on from the present one. */
  void branch(long offset) {
    rename(randomId(), offset);
  }

  /**
   * Goes on under another name, for the master has begun a new history.
   *
   * @param offset up to which we have the present one
   */
  public synchronized void rename(String id, long offset) {
    ids = new Ids(id, ids.id, offset);
  }
}
