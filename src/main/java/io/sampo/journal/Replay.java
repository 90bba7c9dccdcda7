package io.sampo.journal;

import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Router;
import io.sampo.shard.Transaction;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Carries out a stream of requests as a journal holds it: a master's, or an append-only file. The
 * requests run in their order, in batches over the shards they need, each of which is a step that
 * everybody else sees whole; so is a transaction.
 *
 * <p>Meanwhile keyspaces are to leave expired keys alone, as on a replica: the stream tells when
 * they go. One piece of it is fed at a time. What follows runs partly on the threads of shards, but
 * never on two at once.
 */
public final class Replay implements Batch.Owner {
  /** Whose stream it is; told on the thread that ran the requests, or that fed them. */
  public interface Follower {
    /**
     * Everything before this offset of the stream has been carried out. If that has changed data,
     * the shards are still held, and nobody has seen it.
     */
    void applied(long offset);

    /**
     * In its place in the stream, a request that is about something other than data, such as PING
     * or PUBLISH: what stands before it has been carried out.
     *
     * @param args valid during the call
     */
    void aside(Command command, Args args);

    /** A request that could not be carried out, though a stream should hold none; it goes on. */
    void refused(String command, String error);

    /** The piece that was fed has been dealt with, and the next one may come. */
    void ready();
  }

  /** So many requests at most run before others may have the shards. */
  private static final int MOST_REQUESTS = 256;

  private static final RequestDecoder.Limits NO_LIMITS =
      new RequestDecoder.Limits(Long.MAX_VALUE, Integer.MAX_VALUE);

  private final CommandTable commands;
  private final Router router;
  private final ActorRef<Borrower.Message> borrower;
  private final Follower follower;
  private final Source source;
  private final RequestDecoder decoder = new RequestDecoder(NO_LIMITS);
  private final Args args = new Args();
  private final Batch batch = new Batch();
  private final Frames frames = new Frames();

  /** The next request to look at, and where in the stream the frames' buffer begins. */
  private int next;

  private long base;

  /** Where in the stream what has been fed, what is under way and what was applied ends. */
  private long fed;

  private long sent;
  private long applied;

  /** The open transaction; null while there is none. */
  private Transaction transaction;

  /** What stood aside in the last transaction, for when it has run. */
  private final Frames asides = new Frames();

  /** How many replies of the batch that is out have been looked at. */
  private int checked;

  /**
   * @param borrower has the requests run; used by others as well
   * @param databases how many there are
   * @param offset where in the stream the first piece begins
   */
  public Replay(
      CommandTable commands,
      Router router,
      ActorRef<Borrower.Message> borrower,
      int databases,
      long offset,
      Follower follower) {
    this.commands = commands;
    this.router = router;
    this.borrower = borrower;
    this.follower = follower;
    this.source = new Source(databases);
    this.fed = offset;
    this.sent = offset;
    this.applied = offset;
  }

  /** The database that the stream has selected; to be asked between two pieces. */
  public int db() {
    return source.db();
  }

  /** Selects a database for what comes; false if there is none of this number. */
  public boolean select(int db) {
    return source.select(db);
  }

  /** Up to where all has been carried out: behind a whole request, or a whole transaction. */
  public long applied() {
    return applied;
  }

  /** What is wrong with the stream, which then cannot go on; or "". */
  public String error() {
    return decoder.error();
  }

  /**
   * Takes the next piece, cut anywhere; to be called when the one before is {@link Follower#ready}.
   *
   * @param bytes not to be changed before this one is ready
   */
  public void feed(byte[] bytes, int from, int to) {
    int pending = decoder.pendingBytes();
    base = pending > 0 ? fed - pending : fed - from;
    fed += to - from;
    next = 0;
    decoder.decode(bytes, from, to, frames);
    advance();
  }

  /** Sends off the next batch; says so if there is nothing left to send. */
  private void advance() {
    while (next < frames.count()) {
      if (fill()) {
        borrower.tell(batch);
        return;
      }
    }
    frames.clear();
    if (transaction == null) {
      sent = fed - decoder.pendingBytes();
    }
    if (applied != sent) {
      commit();
    }
    follower.ready();
  }

  /** Puts the next requests into a batch; false if there is nothing to be run for them. */
  private boolean fill() {
    batch.of(this, source, frames);
    checked = 0;
    for (; next < frames.count() && batch.size() < MOST_REQUESTS; next++) {
      args.at(frames, next);
      Command command = resolve();
      if (command == null) {
        continue;
      }
      if (transaction != null) {
        if (inTransaction(command) && asides.count() > 0) {
          next++;
          break;
        }
      } else if (command.name.equals("multi")) {
        transaction = new Transaction();
      } else if (!isAside(command)) {
        add(command, Batch.PLAIN, router.shards(command, args));
      } else if (batch.size() == 0) {
        end();
        follower.aside(command, args);
      } else {
        break;
      }
    }
    return batch.size() > 0;
  }

  /** Adds a request to the open transaction; returns whether that was its end. */
  private boolean inTransaction(Command command) {
    if (command.name.equals("exec")) {
      add(command, transaction, transaction.shards());
      transaction = null;
      return true;
    }
    if (isAside(command)) {
      asides.append(args);
    } else {
      transaction.queue(command, args, router.shards(command, args));
    }
    return false;
  }

  /** Whether a request is the follower's business rather than that of shards. */
  private static boolean isAside(Command command) {
    return switch (command.name) {
      case "ping" -> true;
      case "select" -> false;
      default -> command.place == Command.Place.SESSION;
    };
  }

  private void add(Command command, Object extra, long shards) {
    // Some shard is always held, and so nobody who holds them all sees half a step.
    batch.add(command, next, extra, shards | 1);
    end();
  }

  /** The command that {@link #args} ask for; null where there is nothing that could run. */
  private Command resolve() {
    if (args.length(0) > 0 && args.array()[args.offset(0)] == '#') {
      // A remark, as append-only files have them to tell the time.
      return null;
    }
    Command command = commands.find(args.array(), args.offset(0), args.length(0));
    if (command != null && !command.subcommands().isEmpty() && args.count() > 1) {
      command = command.subcommand(args, 1).orElse(null);
    }
    if (command == null) {
      follower.refused(args.text(0), "ERR unknown command");
      return null;
    }
    if (!command.accepts(args.count())) {
      follower.refused(
          command.name, "ERR wrong number of arguments for '" + command.name + "' command");
      return null;
    }
    return command;
  }

  /** Notes that the stream is under way up to the end of the request that {@link #args} are on. */
  private void end() {
    int last = args.count() - 1;
    int at = args.offset(last) + args.length(last);
    byte[] bytes = args.array();
    while (bytes[at] != '\n') {
      at++;
    }
    sent = base + at + 1;
  }

  private void commit() {
    applied = sent;
    follower.applied(sent);
  }

  @Override
  public void completed(Batch same) {
    check();
    if (!batch.isDone()) {
      borrower.tell(batch);
      return;
    }
    batch.clear();
    for (int i = 0; i < asides.count(); i++) {
      args.at(asides, i);
      follower.aside(resolve(), args);
    }
    asides.clear();
    commit();
    advance();
  }

  /** Reports the requests that were answered with an error. */
  private void check() {
    byte[] replies = batch.replies();
    int from = 0;
    for (; checked < batch.done(); checked++) {
      int to = batch.end(checked);
      if (to > from && replies[from] == '-') {
        batch.request(checked, args);
        String line = new String(replies, from + 1, to - from - 3, StandardCharsets.ISO_8859_1);
        follower.refused(args.text(0), line);
      }
      from = to;
    }
  }
}
