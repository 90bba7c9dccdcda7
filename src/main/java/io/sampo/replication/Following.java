package io.sampo.replication;

/**
 * What a node knows of the master that it follows, as of a moment ago.
 *
 * @param host the master's; empty where there is none, and this node is one itself
 * @param state how far they have come
 * @param linkChanged when the link last became up or down, in Unix milliseconds; 0 if it never was
 *     up
 * @param heard when the master was last heard, in Unix milliseconds
 * @param read up to where the stream has been received, or the last one while there is none
 * @param transferTotal bytes of the RDB file that is being received; -1 where that is unknown
 * @param transferred how many of them have come
 */
public record Following(
    String host,
    int port,
    State state,
    long linkChanged,
    long heard,
    long read,
    long transferTotal,
    long transferred) {
  /** How far a replica and its master have come. */
  public enum State {
    /** There is no master. */
    NONE("none"),
    /** There is no connection at present. */
    CONNECT("connect"),
    CONNECTING("connecting"),
    HANDSHAKE("handshake"),
    /** All data is being received or loaded. */
    SYNC("sync"),
    /** The stream is being followed. */
    CONNECTED("connected");

    /** As ROLE calls it. */
    public final String word;

    State(String word) {
      this.word = word;
    }
  }

  /** Nobody: the node is a master. */
  public static final Following NOBODY = new Following("", 0, State.NONE, 0, 0, 0, 0, 0);

  /** Some master that is to be followed as soon as this node is ready. */
  public static Following awaited() {
    return of("", 0, 0);
  }

  /** Begins to follow a master. */
  static Following of(String host, int port, long read) {
    return new Following(host, port, State.CONNECT, 0, 0, read, 0, 0);
  }

  /** Whether there is a master, and the node its replica. */
  public boolean isReplica() {
    return state != State.NONE;
  }

  /** Whether there is to be a master, but it is not known which. */
  boolean isAwaiting() {
    return isReplica() && host.isEmpty();
  }

  /** Whether the stream is being followed. */
  public boolean isUp() {
    return state == State.CONNECTED;
  }

  Following with(State next, long now) {
    boolean turned = isUp() != (next == State.CONNECTED);
    return new Following(host, port, next, turned ? now : linkChanged, now, read, -1, 0);
  }

  Following read(long offset, long now) {
    return new Following(host, port, state, linkChanged, now, offset, transferTotal, transferred);
  }

  Following transferred(long total, long bytes, long now) {
    return new Following(host, port, state, linkChanged, now, read, total, bytes);
  }
}
