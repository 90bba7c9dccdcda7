package io.sampo.server;

import io.sampo.command.Command;
import java.util.Arrays;

/**
 * The requests of a session that go to the shards together, before they are parted into batches.
 */
final class Round {
  int size;
  Command[] commands = new Command[64];
  int[] requests = new int[64];
  Object[] extras = new Object[64];
  long[] shards = new long[64];

  /** All shards needed, and whether some request alone needs more than one. */
  long union;

  boolean spanning;

  /** Whether some request has to run where there may be waiting. */
  boolean aside;

  void add(Command command, int request, Object extra, long itsShards) {
    if (size == commands.length) {
      commands = Arrays.copyOf(commands, size * 2);
      requests = Arrays.copyOf(requests, size * 2);
      extras = Arrays.copyOf(extras, size * 2);
      shards = Arrays.copyOf(shards, size * 2);
    }
    commands[size] = command;
    requests[size] = request;
    extras[size] = extra;
    shards[size++] = itsShards;
    union |= itsShards;
    spanning |= (itsShards & itsShards - 1) != 0;
    aside |= command.place == Command.Place.ASIDE;
  }

  void clear() {
    Arrays.fill(extras, 0, size, null);
    size = 0;
    union = 0;
    spanning = false;
    aside = false;
  }
}
