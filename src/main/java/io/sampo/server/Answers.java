package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.resp.Bytes;
import io.sampo.shard.CommandStats;

/**
 * Replies known already when a request is looked at; they go out with the round that is being put
 * together, so that they keep their places.
 */
public final class Answers {
  private static final byte[] OK = Bytes.ascii("+OK\r\n");
  private static final byte[] QUEUED = Bytes.ascii("+QUEUED\r\n");

  private final Node node;
  private final Loop loop;
  private final ClientState state;
  private final Input input;

  Answers(Session session, Loop loop, Input input) {
    this.node = session.node;
    this.loop = loop;
    this.state = session.state;
    this.input = input;
  }

  /** Says that the present request, which has been carried out, was successful. */
  void succeed(Command command) {
    add(command, OK);
    loop.executor.stats().ran(command.id(), 1, 0);
  }

  /** Says that carrying out the present request has failed. */
  void fail(Command command, String error) {
    CommandStats stats = loop.executor.stats();
    stats.ran(command.id(), 1, 0);
    stats.failed[command.id()]++;
    error(command, error);
  }

  /** Says that the present request may not run. */
  void refuse(Command command, String error) {
    if (command != Admission.UNKNOWN) {
      loop.executor.stats().refused(command.id());
    }
    error(Admission.UNKNOWN, error);
  }

  /** Says that the present request was queued. */
  void queued() {
    add(Admission.UNKNOWN, QUEUED);
  }

  private void error(Command shown, String error) {
    node.watchman.failed(error);
    add(shown, Bytes.ascii("-" + error.replace('\r', ' ').replace('\n', ' ') + "\r\n"));
  }

  /** Monitors are to see {@code shown}. */
  private void add(Command shown, byte[] reply) {
    if (!state.takeSkip()) {
      loop.round.add(shown, input.next(), reply, 0);
    }
  }
}
