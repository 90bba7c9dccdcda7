package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.resp.Args;
import java.util.ArrayList;
import java.util.List;

/**
 * Remembers what was slow, and what was torn.
 *
 * @param slowNanos from when on a request is slow; negative for never
 */
record Notes(long slowNanos, List<String> slow, List<String> torn) implements Watchman {
  Notes(long slowNanos) {
    this(slowNanos, new ArrayList<>(), new ArrayList<>());
  }

  @Override
  public boolean monitoring() {
    return false;
  }

  @Override
  public void ran(Client client, Command command, Args args) {}

  @Override
  public void slow(Client client, Command command, Args args, int others, long nanos) {
    assertTrue(nanos >= slowNanos);
    slow.add(command + " " + args.text(1) + " after " + others);
  }

  @Override
  public void delayed(String event, long nanos) {}

  @Override
  public void failed(String error) {}

  @Override
  public void torn(Command command, Throwable cause) {
    torn.add(command.name);
  }
}
