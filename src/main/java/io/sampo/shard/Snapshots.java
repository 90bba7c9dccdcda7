package io.sampo.shard;

import io.sampo.keyspace.Db;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Settings;
import io.sampo.persist.Crc64;
import io.sampo.persist.RdbWriter;
import io.sampo.persist.SnapshotSink;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots of all shards, one after the other, and puts together what the shards encode in
 * slices: the bytes of an RDB file. It belongs on a dispatcher that may be blocked, for its sinks
 * may write files.
 */
public final class Snapshots extends AbstractBehavior<Snapshots.Message> {
  /** What it can be told. */
  public sealed interface Message permits Take, Begun, Chunk, Big, GivenUp, ShardDone {}

  /** Take a snapshot, as soon as none is being taken. */
  public record Take(SnapshotSink sink) implements Message {}

  /**
   * The shards have been cut.
   *
   * @param about what the file says about itself
   * @param entries how many there are in each database
   * @param expiring how many of them expire
   */
  record Begun(Map<String, String> about, long[] entries, long[] expiring) implements Message {}

  /**
   * What a shard has encoded, which belongs together.
   *
   * @param kept how many of its bytes were encoded before their turn
   */
  record Chunk(int shard, List<byte[]> parts, long kept) implements Message {}

  /** An entry that is to be encoded here, and the heap its value takes. */
  record Big(int shard, Frozen entry, long bytes) implements Message {}

  /** A shard cannot go on with the present snapshot. */
  record GivenUp(Throwable cause) implements Message {}

  /** There is nothing more from one of the shards. */
  record ShardDone() implements Message {}

  /**
   * How to write.
   *
   * @param compressing whether strings are compressed
   * @param checksum whether there is one at the end
   * @param about what every file says about itself
   * @param settings of the keyspaces that entries come from
   */
  public record Format(
      boolean compressing, boolean checksum, Map<String, String> about, Settings settings) {}

  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final int CHECKSUM_BYTES = 8;
  private static final int PIECE = 1 << 16;
  private static final ShardDone SHARD_DONE = new ShardDone();

  private final List<ActorRef<Shard.Message>> shards;
  private final ActorRef<Borrower.Message> borrower;
  private final Supplier<Format> formats;
  private final SnapshotProgress progress;
  private final Runnable ended;
  private final ArrayDeque<SnapshotSink> waiting = new ArrayDeque<>();

  /** Where the present snapshot goes, unless that has failed. */
  private Optional<SnapshotSink> sink = Optional.empty();

  private boolean busy;
  private Format format = new Format(false, false, Map.of(), new Settings());
  private long checksum;
  private int shardsLeft;

  private Snapshots(
      ActorContext<Message> context,
      List<ActorRef<Shard.Message>> shards,
      ActorRef<Borrower.Message> borrower,
      Supplier<Format> formats,
      SnapshotProgress progress,
      Runnable ended) {
    super(context);
    this.shards = shards;
    this.borrower = borrower;
    this.formats = formats;
    this.progress = progress;
    this.ended = ended;
  }

  /**
   * The taker of snapshots.
   *
   * @param borrower any one, to stop the shards for an instant
   * @param formats asked at the beginning of each snapshot
   * @param progress told how each goes
   * @param ended called at the end of each, before its sink is told
   */
  public static Behavior<Message> create(
      List<ActorRef<Shard.Message>> shards,
      ActorRef<Borrower.Message> borrower,
      Supplier<Format> formats,
      SnapshotProgress progress,
      Runnable ended) {
    return Behaviors.setup(
        context -> new Snapshots(context, shards, borrower, formats, progress, ended));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Take.class, this::take)
        .onMessage(Begun.class, this::begun)
        .onMessage(Chunk.class, this::chunk)
        .onMessage(Big.class, this::big)
        .onMessage(GivenUp.class, this::givenUp)
        .onMessage(ShardDone.class, done -> shardDone())
        .build();
  }

  private Behavior<Message> take(Take take) {
    waiting.add(take.sink);
    next();
    return this;
  }

  private void next() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    SnapshotSink next = waiting.poll();
    sink = Optional.of(next);
    format = formats.get();
    boolean compressing = format.compressing;
    ActorRef<Message> self = getContext().getSelf();
    borrower.tell(
        new Borrower.Cut(
            -1L >>> Long.SIZE - shards.size(), all -> cut(all, next, self, progress, compressing)));
  }

  /** Runs where the shards are held. */
  private static void cut(
      List<Data> all,
      SnapshotSink sink,
      ActorRef<Message> self,
      SnapshotProgress progress,
      boolean compressing) {
    Map<String, String> about = sink.cut();
    int databases = all.get(0).keyspace.databases();
    long[] entries = new long[databases];
    long[] expiring = new long[databases];
    for (Data data : all) {
      Keyspace keyspace = data.keyspace;
      for (int i = 0; i < databases; i++) {
        Db db = keyspace.db(i);
        entries[i] += db.size();
        expiring[i] += db.volatileSize();
      }
      data.saving = Optional.of(new Saving(data.shard, keyspace, self, progress, compressing));
    }
    progress.begin(LongStream.of(entries).sum());
    self.tell(new Begun(about, entries, expiring));
  }

  private Behavior<Message> begun(Begun begun) {
    checksum = 0;
    shardsLeft = shards.size();
    RdbWriter head = new RdbWriter(false);
    head.header();
    Map<String, String> about = new LinkedHashMap<>(format.about);
    about.putAll(begun.about);
    about.forEach(head::aux);
    for (int i = 0; i < begun.entries.length; i++) {
      if (begun.entries[i] > 0) {
        head.selectDb(i);
        head.resizeDb(begun.entries[i], begun.expiring[i]);
      }
    }
    write(head.take());
    shards.forEach(shard -> shard.tell(Shard.save()));
    return this;
  }

  private Behavior<Message> chunk(Chunk chunk) {
    long bytes = 0;
    for (byte[] part : chunk.parts) {
      write(part);
      bytes += part.length;
    }
    progress.written(chunk.kept);
    shards.get(chunk.shard).tell(new Shard.Saved(bytes));
    return this;
  }

  private Behavior<Message> big(Big big) {
    if (sink.isPresent()) {
      RdbWriter out = new RdbWriter(format.compressing, PIECE, this::write);
      out.selectDb(big.entry.db());
      // A writer reads entries from databases, so it gets one.
      Db desk = new Keyspace(format.settings, System::currentTimeMillis).db(0);
      byte[] key = big.entry.key();
      out.entry(desk, desk.put(key, 0, key.length, big.entry.entry()));
      write(out.take());
    }
    shards.get(big.shard).tell(new Shard.Saved(big.bytes));
    return this;
  }

  private Behavior<Message> givenUp(GivenUp message) {
    sink.ifPresent(to -> giveUp(to, message.cause));
    return this;
  }

  private Behavior<Message> shardDone() {
    if (--shardsLeft == 0) {
      end();
    }
    return this;
  }

  static ShardDone shardDoneMessage() {
    return SHARD_DONE;
  }

  private void write(byte[] bytes) {
    if (sink.isPresent()) {
      checksum = format.checksum ? Crc64.update(checksum, bytes, 0, bytes.length) : 0;
      attempt(to -> to.chunk(bytes));
    }
  }

  private void end() {
    RdbWriter tail = new RdbWriter(false);
    tail.end();
    write(tail.take());
    if (sink.isPresent()) {
      long sum = checksum;
      byte[] bytes = new byte[CHECKSUM_BYTES];
      for (int i = 0; i < CHECKSUM_BYTES; i++) {
        bytes[i] = (byte) (sum >>> 8 * i);
      }
      attempt(to -> to.chunk(bytes));
    }
    progress.end();
    ended.run();
    attempt(to -> to.done(progress.peak()));
    sink = Optional.empty();
    busy = false;
    next();
  }

  private interface Step {
    void run(SnapshotSink to) throws IOException;
  }

  /** Does something with the sink, if it has not failed; if it does the rest goes nowhere. */
  private void attempt(Step step) {
    if (sink.isEmpty()) {
      return;
    }
    SnapshotSink to = sink.get();
    try {
      step.run(to);
    } catch (IOException | RuntimeException e) {
      giveUp(to, e);
    }
  }

  private void giveUp(SnapshotSink to, Throwable cause) {
    LOG.debug("a snapshot is given up", cause);
    sink = Optional.empty();
    shards.forEach(shard -> shard.tell(Shard.abandon()));
    to.failed(cause);
  }
}
