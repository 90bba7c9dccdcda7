package io.sampo.server;

/**
 * What a connection holds, in bytes but for {@code queued}: the requests in its transaction, or -1.
 */
public record Load(int queued, long query, long arguments, long transaction, long output) {
  private static final int SESSION = 1024;

  /** In how many pieces the output will be handed over. */
  public long chunks() {
    return output == 0 ? 0 : 1 + (output - 1) / Output.PIECE;
  }

  public long total() {
    return SESSION + query + arguments + transaction + output;
  }
}
