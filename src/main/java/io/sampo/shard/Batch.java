package io.sampo.shard;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.Flag;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.Inserts;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests of one connection on their way to the shards they need, and their replies on the way
 * back. It belongs to whoever holds it at the moment: the session, then the shard, then the session
 * again, which may use it anew.
 */
public final class Batch implements Shard.Message, Borrower.Job {
  /**
   * Receives a batch when its replies are complete; called on the thread that ran it, or on that
   * which made the last of them.
   */
  @FunctionalInterface
  public interface Owner {
    void completed(Batch batch);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);
  private static final byte[] NOTHING = new byte[0];
  private static final Frames NO_FRAMES = new Frames();

  private static final int DATA = Flag.WRITE.bit | Flag.READONLY.bit;

  Owner owner;
  Client client;
  Frames frames;

  /** Which shards it needs, a bit for each. */
  long shards;

  private boolean tells;
  private boolean atHome;
  private boolean aside;

  int size;

  /** How many requests have been run. */
  int done;

  /** How many of these had been when it was sent last. */
  private int replied;

  Command[] commands = new Command[8];
  int[] requests = new int[8];

  /** For each request what the command is run with besides its arguments; see {@link #add}. */
  Object[] extras = new Object[8];

  private byte[] replies = NOTHING;
  private Inserts inserts = Inserts.NONE;
  private boolean lost;
  private int[] ends = new int[8];

  /** Prepares the batch for requests of these frames. */
  public Batch of(Owner itsOwner, Client itsClient, Frames itsFrames) {
    owner = itsOwner;
    client = itsClient;
    frames = itsFrames;
    shards = 0;
    tells = false;
    atHome = false;
    aside = false;
    size = 0;
    done = 0;
    return this;
  }

  /** Prepares the batch as one without requests: it is completed when these shards get to it. */
  public Batch barrier(Owner itsOwner, Client itsClient, long itsShards) {
    of(itsOwner, itsClient, NO_FRAMES);
    shards = itsShards;
    return this;
  }

  /**
   * Adds a request.
   *
   * @param request its index in the frames
   * @param extra {@link #PLAIN}; a {@link Transaction} for EXEC; a {@link
   *     io.sampo.keyspace.Watches.Watch} for WATCH; a {@link Waiter} for what may block; what has
   *     been done already as {@link io.sampo.command.Advanced}; what to answer without running
   *     anything, as a byte array that holds an encoded reply; or one of these as {@link Silent}
   */
  public void add(Command command, int request, Object extra, long itsShards) {
    if (size == commands.length) {
      commands = Arrays.copyOf(commands, size * 2);
      requests = Arrays.copyOf(requests, size * 2);
      extras = Arrays.copyOf(extras, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    commands[size] = command;
    requests[size] = request;
    extras[size++] = extra;
    shards |= itsShards;
    tells |= itsShards != 0 && ((command.flags & DATA) != 0 || !command.has(Flag.FAST));
  }

  /** Whether the replies may tell something of data, unlike those to PING and its like. */
  public boolean tells() {
    return tells;
  }

  /** The extra of an ordinary request. */
  public static final Object PLAIN = new Object();

  /** The extra of a request whose reply the client does not want. */
  public record Silent(Object extra) {}

  /** That of an otherwise ordinary one. */
  public static final Object SILENT = new Silent(PLAIN);

  /** The extra of a request whose reply is not wanted, and which would have this one. */
  public static Object silent(Object extra) {
    return extra == PLAIN ? SILENT : new Silent(extra);
  }

  /** Says whether it is to run on the loop of its session, whichever shards it needs. */
  public void atHome(boolean yes) {
    atHome = yes;
  }

  public boolean atHome() {
    return atHome;
  }

  /** Says whether it is to run where there may be waiting; this goes before {@link #atHome}. */
  public void aside(boolean yes) {
    aside = yes;
  }

  public boolean aside() {
    return aside;
  }

  public int size() {
    return size;
  }

  @Override
  public long shards() {
    return shards;
  }

  /** Says that it cannot go on without these shards, too. */
  void need(long more) {
    shards |= more;
  }

  void end(int item, int position) {
    ends[item] = position;
  }

  /** Says that more have been run, up to this one. */
  void ran(int end) {
    replied = done;
    done = end;
  }

  void replies(byte[] bytes, Inserts itsInserts) {
    replies = bytes;
    inserts = itsInserts;
  }

  /** Whether some of the replies have yet to be made, by {@link #makeReplies}. */
  boolean isLate() {
    return inserts.isLate();
  }

  /** Makes what is missing of the replies, on a thread that may take its time. */
  void makeReplies(Watchman watchman) {
    try {
      inserts.make(
          (at, cause) -> {
            String error = failure(at, cause);
            watchman.failed(error);
            return error;
          });
    } catch (OutOfMemoryError error) {
      LOG.error("out of heap for the replies to client {}", client.id(), error);
      lose();
    }
  }

  /** Logs why a reply could not be made; returns what to answer. */
  private String failure(int at, Throwable cause) {
    int item = replied;
    while (end(item) <= at) {
      item++;
    }
    Command command = commands[item];
    if (cause instanceof OutOfMemoryError) {
      LOG.error("out of heap in {}", command, cause);
      return Executor.OUT_OF_HEAP;
    }
    LOG.error("{} failed", command, cause);
    return Executor.internalError(command);
  }

  /** Says that there was no heap for the replies. */
  void lose() {
    lost = true;
  }

  /** Whether the replies are lost, so that the connection cannot go on. */
  public boolean isLost() {
    return lost;
  }

  /** How many of its requests have been run; see {@link Executor#run}. */
  public int done() {
    return done;
  }

  /** Whether all of it has been run; if not it is to be sent again. */
  public boolean isDone() {
    return done == size;
  }

  /**
   * The replies to the requests last run, encoded, in the order of the requests; but for what
   * {@link #eachPiece} shows if they are not {@link #isWhole whole}.
   */
  public byte[] replies() {
    return replies;
  }

  /** How far places in the replies go. */
  public int length() {
    return inserts.before() + replies.length;
  }

  /** Whether {@link #replies} is all there is. */
  public boolean isWhole() {
    return inserts.isEmpty();
  }

  /** Shows all there is from one place in the replies to another. */
  public void eachPiece(int from, int to, Inserts.Taker taker) {
    inserts.each(replies, from, to, taker);
  }

  /** Where the reply to request {@code item} of this batch ends in {@link #replies}. */
  public int end(int item) {
    return ends[item];
  }

  /** Forgets everything that another use does not need. */
  public void clear() {
    replies = NOTHING;
    inserts = Inserts.NONE;
    lost = false;
    Arrays.fill(extras, 0, size, null);
    owner = null;
    client = null;
    frames = null;
    size = 0;
    if (commands.length > 1024) {
      commands = new Command[8];
      requests = new int[8];
      extras = new Object[8];
      ends = new int[8];
    }
  }

  /** Moves {@code args} to request {@code item} of this batch. */
  public void request(int item, Args args) {
    args.at(frames, requests[item]);
  }
}
