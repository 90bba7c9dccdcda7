package io.sampo.replication;

import io.sampo.command.Command;
import io.sampo.journal.Journal;
import io.sampo.journal.Replay;
import io.sampo.resp.Args;
import org.apache.pekko.util.ByteString;

/**
 * Has a master's stream carried out, and what has been carried out put into the journal as it came,
 * on the threads that did it. One piece is fed at a time.
 */
final class Relay implements Replay.Follower {
  private final Home home;
  private final Journal journal;
  private final Runnable whenReady;
  private Replay replay;

  /** What has been received and not yet been carried out. */
  private ByteString unapplied = ByteString.emptyByteString();

  /** Whether the master has asked for an acknowledgement. */
  private boolean asked;

  /**
   * @param whenReady runs when a piece has been dealt with, on some thread
   */
  Relay(Home home, Journal journal, Runnable whenReady) {
    this.home = home;
    this.journal = journal;
    this.whenReady = whenReady;
  }

  /** Begins at the journal's offset, with this database, or the first if it is negative. */
  void begin(int db) {
    replay = home.replay(journal.offset(), this);
    replay.select(Math.max(0, db));
    journal.relay(new byte[0], replay.db());
    unapplied = ByteString.emptyByteString();
  }

  /** Takes the next piece. */
  void feed(ByteString bytes) {
    unapplied = unapplied.concat(bytes);
    replay.feed(bytes.toArrayUnsafe(), 0, bytes.length());
  }

  /** What is wrong with the stream; or "". */
  String error() {
    return replay.error();
  }

  /** Whether the master has asked for an acknowledgement since this was last called. */
  boolean takeAsked() {
    boolean present = asked;
    asked = false;
    return present;
  }

  @Override
  public void applied(long offset) {
    int length = (int) (offset - journal.offset());
    journal.relay(unapplied.take(length).toArrayUnsafe(), replay.db());
    unapplied = unapplied.drop(length);
  }

  @Override
  public void aside(Command command, Args args) {
    switch (command.name) {
      case "publish", "spublish" ->
          home.published(command.name.equals("spublish"), args.bytes(1), args.bytes(2));
      case "replconf" -> asked |= args.count() > 1 && args.is(1, "getack");
      default -> {
        // PING only says that the master lives.
      }
    }
  }

  @Override
  public void refused(String command, String error) {
    home.refused(command, error);
  }

  @Override
  public void ready() {
    whenReady.run();
  }
}
