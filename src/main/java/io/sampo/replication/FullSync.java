package io.sampo.replication;

import io.sampo.journal.Journal;
import io.sampo.persist.SnapshotSink;
import io.sampo.resp.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.util.ByteString;

/**
 * A snapshot that replicas share: those that have joined by the instant it is of, and later ones as
 * long as its carrier still takes them. Each goes on with the stream from that instant.
 */
public final class FullSync implements SnapshotSink {
  /** How the snapshot gets to the replicas. */
  interface Carrier {
    /** Whether one that joins only after the snapshot has begun gets all of it. */
    boolean takesLate();

    /** A replica has been told that a snapshot is coming. */
    void begun(ReplicaLink link);

    void chunk(byte[] bytes) throws IOException;

    /** All has come; the carrier goes on alone. */
    void done() throws IOException;

    void failed();
  }

  private final Stream stream;
  private final List<ReplicaLink> links = new CopyOnWriteArrayList<>();
  private final Carrier carrier;
  private final Consumer<FullSync> whenOver;
  private Optional<Backlog.Cursor> from = Optional.empty();
  private boolean complete;
  private boolean taken;

  /**
   * The stream that follows, and whose it is.
   *
   * @param term of a replica set, the last of which the data has the beginning; 0 if there is none
   */
  public record Stream(Journal journal, Backlog backlog, History history, LongSupplier term) {
    /** Tells a replica that a snapshot is coming, as of this place in the stream. */
    void promise(ReplicaLink link, Backlog.Cursor from) {
      if (!link.old) {
        String words = "+FULLRESYNC " + history.ids().id() + " " + from.offset() + "\r\n";
        link.say(ByteString.fromArrayUnsafe(Bytes.ascii(words)));
      }
      link.begin(from.copy());
    }

    /** What a file is to say of data that is as of now. Nothing may be appended meanwhile. */
    public Map<String, String> lineage() {
      if (!backlog.isOpen()) {
        // Not all that was written is in the stream, so there is no going on from here.
        return Map.of();
      }
      // Without a database of its own the stream begins by choosing one, so that any will do.
      int db = Math.max(0, journal.selected());
      return new Lineage(history.ids().id(), journal.offset(), db, term.getAsLong()).fields();
    }

    /**
     * Goes on where data stands that has been loaded at the start.
     *
     * @param follows whether that is as a replica: a master begins a history of its own
     */
    public void goOn(Lineage from, boolean follows) {
      backlog.open();
      if (follows) {
        history.adopt(from.id());
        journal.relaying(true);
      } else {
        history.inherit(from.id(), from.offset());
      }
      journal.restart(from.offset());
      if (follows) {
        journal.relay(new byte[0], from.db());
      }
    }
  }

  /**
   * @param carriers makes the carrier, over the list of those who have joined
   * @param whenOver told when no more chunks are to come, on any thread
   */
  FullSync(
      Stream stream, Function<List<ReplicaLink>, Carrier> carriers, Consumer<FullSync> whenOver) {
    this.stream = stream;
    this.carrier = carriers.apply(links);
    this.whenOver = whenOver;
  }

  /** Adds a replica; false if it is too late. */
  synchronized boolean join(ReplicaLink link) {
    if (complete || from.isPresent() && !carrier.takesLate()) {
      return false;
    }
    links.add(link);
    from.ifPresent(cursor -> begin(link, cursor));
    return true;
  }

  int size() {
    return links.size();
  }

  /**
   * Whether the snapshot is to be taken now: there is somebody to have it, and it is the first time
   * that this is asked.
   */
  synchronized boolean take() {
    boolean first = !taken;
    taken = true;
    return first && links.stream().anyMatch(link -> !link.isClosed());
  }

  @Override
  public synchronized Map<String, String> cut() {
    stream.journal.selectAnew();
    Backlog.Cursor tail = stream.backlog.tail();
    from = Optional.of(tail);
    links.forEach(link -> begin(link, tail));
    return stream.lineage();
  }

  private void begin(ReplicaLink link, Backlog.Cursor cursor) {
    stream.promise(link, cursor);
    carrier.begun(link);
  }

  @Override
  public void chunk(byte[] bytes) throws IOException {
    carrier.chunk(bytes);
  }

  @Override
  public void done(long copied) throws IOException {
    synchronized (this) {
      complete = true;
    }
    carrier.done();
    whenOver.accept(this);
  }

  @Override
  public void failed(Throwable cause) {
    synchronized (this) {
      complete = true;
    }
    carrier.failed();
    links.forEach(ReplicaLink::close);
    whenOver.accept(this);
  }
}
