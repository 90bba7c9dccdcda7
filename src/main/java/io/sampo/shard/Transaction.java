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
  final Frames frames = new Frames();
  final List<Command> commands = new ArrayList<>();
  private Watches.Watch watch = new Watches.Watch();
  private long shards;
  private int flags;
  private int commonFlags = -1;
  private boolean steering;
  private boolean aside;

  public void queue(Command command, Args args, long itsShards) {
    frames.append(args);
    commands.add(command);
    shards |= itsShards;
    flags |= command.flags;
    commonFlags &= command.flags;
    steering |= command.place == Command.Place.SESSION;
    aside |= command.place == Command.Place.ASIDE;
  }

  /** Shows each of the requests, with a view of its own. */
  public void each(BiConsumer<Command, Args> visitor) {
    for (int i = 0; i < commands.size(); i++) {
      visitor.accept(commands.get(i), new Args().at(frames, i));
    }
  }

  public int size() {
    return commands.size();
  }

  /** About how many bytes of memory it holds. */
  public long bytes() {
    return frames.bytes();
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
