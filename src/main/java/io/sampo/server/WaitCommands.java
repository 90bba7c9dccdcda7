package io.sampo.server;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.shard.Waiter;
import java.time.Duration;
import java.util.List;

/**
 * WAIT and WAITAOF. While a node has neither replicas nor an append-only file, nobody ever
 * acknowledges anything: whoever wants more than that waits in vain.
 */
final class WaitCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("wait", 3, "noscript @connection -@keyspace ~request_policy:all_shards ~response_policy:agg_min on:session", "", "3.0.0", "O(1)", "numreplicas:int timeout:int", "Wait until replicas have the writes of this connection.", WaitCommands::wait),
      cmd("waitaof", 4, "blocking -@keyspace @connection ~request_policy:all_shards ~response_policy:agg_min on:session", "", "7.2.0", "O(1)", "numlocal:int numreplicas:int timeout:int", "Wait until the writes of this connection are in append-only files, here and on replicas.", WaitCommands::waitAof));
  // spotless:on

  private static final byte[] NO_REPLICA = Bytes.ascii(":0\r\n");
  private static final byte[] NO_FILE = Bytes.ascii("*2\r\n:0\r\n:0\r\n");
  private static final RespError NO_TIMEOUT =
      new RespError("ERR timeout is not an integer or out of range");
  private static final RespError NEGATIVE_TIMEOUT = new RespError("ERR timeout is negative");
  private static final RespError NOT_0_OR_1 =
      new RespError("ERR value is out of range, must be between 0 and 1");
  private static final RespError NOT_POSITIVE =
      new RespError("ERR value is out of range, must be positive");
  private static final RespError NO_LOCAL_FILE =
      new RespError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

  /** More than a scheduler can count is for ever. */
  private static final long FOR_EVER = Duration.ofDays(100).toMillis();

  private WaitCommands() {}

  private static void wait(Context c, Args a) {
    long replicas = a.integer(1);
    long timeout = timeout(a, 2);
    reply(c, replicas <= 0, timeout, NO_REPLICA);
  }

  private static void waitAof(Context c, Args a) {
    long local = a.integer(1);
    if (local < 0 || local > 1) {
      throw NOT_0_OR_1;
    }
    long replicas = a.integer(2);
    if (replicas < 0) {
      throw NOT_POSITIVE;
    }
    long timeout = timeout(a, 3);
    if (local > 0) {
      throw NO_LOCAL_FILE;
    }
    reply(c, replicas == 0, timeout, NO_FILE);
  }

  /** Argument {@code i} as milliseconds; 0 for no limit. */
  private static long timeout(Args a, int i) {
    long timeout = a.integer(i, NO_TIMEOUT);
    if (timeout < 0) {
      throw NEGATIVE_TIMEOUT;
    }
    return timeout;
  }

  /** Answers at once if that satisfies, or if nothing may wait here; else when time is up. */
  private static void reply(Context c, boolean satisfied, long timeout, byte[] reply) {
    if (satisfied || c.atomic()) {
      c.out().raw(reply, 0, reply.length);
      return;
    }
    Session session = Session.of(c);
    Waiter waiter = Waiter.of(session, session.waiting, () -> reply);
    session.block(waiter);
    if (timeout > 0 && timeout < FOR_EVER) {
      session.node.later(Duration.ofMillis(timeout), () -> session.waiting.timeOut(waiter));
    }
  }
}
