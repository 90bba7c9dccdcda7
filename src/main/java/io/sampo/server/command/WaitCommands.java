package io.sampo.server.command;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.replication.Master;
import io.sampo.replication.Replicas;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.AppendOnly;
import io.sampo.server.Session;
import io.sampo.shard.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** WAIT and WAITAOF: what replicas have acknowledged of the writes of a connection. */
final class WaitCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("wait", 3, "noscript @connection -@keyspace ~request_policy:all_shards ~response_policy:agg_min on:session", "", "3.0.0", "O(1)", "numreplicas:int timeout:int", "Wait until replicas have the writes of this connection.", WaitCommands::wait),
      cmd("waitaof", 4, "blocking -@keyspace @connection ~request_policy:all_shards ~response_policy:agg_min on:session", "", "7.2.0", "O(1)", "numlocal:int numreplicas:int timeout:int", "Wait until the writes of this connection are in append-only files, here and on replicas.", WaitCommands::waitAof));
  // spotless:on

  private static final RespError NO_TIMEOUT =
      new RespError("ERR timeout is not an integer or out of range");
  private static final RespError NEGATIVE_TIMEOUT = new RespError("ERR timeout is negative");
  private static final RespError NOT_0_OR_1 =
      new RespError("ERR value is out of range, must be between 0 and 1");
  private static final RespError NOT_POSITIVE =
      new RespError("ERR value is out of range, must be positive");
  private static final RespError NO_LOCAL_FILE =
      new RespError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

  private static final RespError WAIT_ON_REPLICA =
      new RespError(
          "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if"
              + " a replica is configured to be writable (which is not the default) writes to"
              + " replicas are just local and are not propagated.");
  private static final RespError WAITAOF_ON_REPLICA =
      new RespError(
          "ERR WAITAOF cannot be used with replica instances. Please also note that writes to"
              + " replicas are just local and are not propagated.");

  /** More than a scheduler can count is for ever. */
  private static final long FOR_EVER = Duration.ofDays(100).toMillis();

  private WaitCommands() {}

  private static boolean isReplica(Context c) {
    return Session.of(c).node.replication.following.isReplica();
  }

  private static void wait(Context c, Args a) {
    if (isReplica(c)) {
      throw WAIT_ON_REPLICA;
    }
    long wanted = a.integer(1);
    long timeout = timeout(a, 2);
    Session session = Session.of(c);
    Replicas replicas = session.node.replication.replicas;
    long offset = session.disclosure.written();
    await(
        c,
        timeout,
        () -> replicas.acknowledged(offset) >= wanted,
        () -> Bytes.ascii(":" + replicas.acknowledged(offset) + "\r\n"));
  }

  private static void waitAof(Context c, Args a) {
    if (isReplica(c)) {
      throw WAITAOF_ON_REPLICA;
    }
    long local = a.integer(1);
    if (local < 0 || local > 1) {
      throw NOT_0_OR_1;
    }
    long wanted = a.integer(2);
    if (wanted < 0) {
      throw NOT_POSITIVE;
    }
    long timeout = timeout(a, 3);
    Session session = Session.of(c);
    AppendOnly aof = session.node.aof;
    if (local > 0 && !aof.isEnabled()) {
      throw NO_LOCAL_FILE;
    }
    Replicas replicas = session.node.replication.replicas;
    long offset = session.disclosure.written();
    BooleanSupplier here = () -> aof.isForced(offset);
    BooleanSupplier enough =
        () -> (local == 0 || here.getAsBoolean()) && replicas.acknowledgedOnDisk(offset) >= wanted;
    Supplier<byte[]> reply =
        () ->
            Bytes.ascii(
                "*2\r\n:%d\r\n:%d\r\n"
                    .formatted(here.getAsBoolean() ? 1 : 0, replicas.acknowledgedOnDisk(offset)));
    Optional<Waiter> waiter = await(c, timeout, enough, reply);
    if (local > 0 && waiter.isPresent()) {
      aof.awaitForced(offset, () -> forced(aof, waiter.get(), enough));
    }
  }

  private static void forced(AppendOnly aof, Waiter waiter, BooleanSupplier enough) {
    if (!aof.isEnabled()) {
      waiter.end(Bytes.ascii("-" + NO_LOCAL_FILE.getMessage() + "\r\n"));
    } else if (enough.getAsBoolean()) {
      waiter.timeOut();
    }
  }

  /** Argument {@code i} as milliseconds; 0 for no limit. */
  private static long timeout(Args a, int i) {
    long timeout = a.integer(i, NO_TIMEOUT);
    if (timeout < 0) {
      throw NEGATIVE_TIMEOUT;
    }
    return timeout;
  }

  /**
   * Answers as soon as there is enough, at once if nothing may wait here, or when time is up;
   * returns what waits for that.
   */
  private static Optional<Waiter> await(
      Context c, long timeout, BooleanSupplier enough, Supplier<byte[]> reply) {
    if (enough.getAsBoolean() || c.atomic()) {
      byte[] bytes = reply.get();
      c.out().raw(bytes, 0, bytes.length);
      return Optional.empty();
    }
    Session session = Session.of(c);
    Waiter waiter = Waiter.of(session, session.waiting, timeout, reply);
    session.block(waiter);
    if (timeout > 0 && timeout < FOR_EVER) {
      session.node.later(Duration.ofMillis(timeout), () -> session.waiting.timeOut(waiter));
    }
    session.node.replication.master.tell(
        new Master.Await(() -> waiter.isOver() || enough.getAsBoolean() && waiter.timeOut()));
    return Optional.of(waiter);
  }
}
