package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** What MULTI queued for EXEC: the requests, copied, and what the client watched meanwhile. */
public final class Transaction {
  /** A request of this length or more stays in the array it came in, if that is its own. */
  private static final int LONG = 1 << 16;

  /** The requests in their order: those of each part lie in one array. */
  private final List<Frames> parts = new ArrayList<>(1);

  private Frames last = new Frames();
  private long bytesBefore;
  final List<Command> commands = new ArrayList<>();
  private Watches.Watch watch = new Watches.Watch();
  private long shards;
  private int flags;
  private int commonFlags = -1;
  private boolean steering;
  private boolean aside;

  public void queue(Command command, Args args, long itsShards) {
    if (args.isLent() && args.span() >= Math.max(LONG, args.array().length / 2)) {
      begin(Frames.within(args));
    } else {
      if (parts.isEmpty() || last.isShared()) {
        begin(new Frames());
      }
      last.append(args);
    }
    commands.add(command);
    shards |= itsShards;
    flags |= command.flags;
    commonFlags &= command.flags;
    steering |= command.place == Command.Place.SESSION;
    aside |= command.place == Command.Place.ASIDE;
  }

  private void begin(Frames part) {
    bytesBefore += parts.isEmpty() ? 0 : last.bytes();
    parts.add(part);
    last = part;
  }

  /** Moves a view to request {@code i}. */
  void show(Args args, int i) {
    int at = i;
    int part = 0;
    for (; at >= parts.get(part).count(); part++) {
      at -= parts.get(part).count();
    }
    args.at(parts.get(part), at);
  }

  /** Shows each of the requests, with a view of its own. */
  public void each(BiConsumer<Command, Args> visitor) {
    for (int i = 0; i < commands.size(); i++) {
      Args args = new Args();
      show(args, i);
      visitor.accept(commands.get(i), args);
    }
  }

  public int size() {
    return commands.size();
  }

  /** About how many bytes of memory it holds. */
  public long bytes() {
    return bytesBefore + last.bytes();
  }

  /** The flags of all queued commands together. */
  public int flags() {
    return flags;
  }

  /** The flags that each of the queued commands has. */
  public int commonFlags() {
    return commonFlags;
  }

  /**
   * Whether a queued command's place is the session, whose state it may change: then nothing else
   * of the connection may run meanwhile.
   */
  public boolean steering() {
    return steering;
  }

  /** Whether a queued command may wait for others, so that it must not run on a core loop. */
  public boolean aside() {
    return aside;
  }

  /** The shards that the queued commands need, a bit for each. */
  public long shards() {
    return shards;
  }

  public void watching(Watches.Watch watched) {
    watch = watched;
  }

  public Watches.Watch watch() {
    return watch;
  }
}
