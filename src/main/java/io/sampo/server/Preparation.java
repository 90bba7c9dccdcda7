package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.RespError;
import io.sampo.server.migrate.Approach;
import io.sampo.server.migrate.MigrateOrder;
import io.sampo.server.migrate.Target;
import io.sampo.shard.Batch;
import io.sampo.shard.Borrower;
import io.sampo.shard.Data;
import io.sampo.shard.Transaction;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session's MIGRATEs need before their keys are held: connections to the targets, which
 * answer. So nobody but the session's own client waits for a target that does not.
 */
public final class Preparation {
  private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

  private final Session session;
  private final Loop loop;
  private final Executor blocking;

  /** Why targets are not to be had; for whoever runs the command. */
  private final Map<InetSocketAddress, RespError> failures = new HashMap<>();

  Preparation(Session session, Loop loop, Executor blocking) {
    this.session = session;
    this.loop = loop;
    this.blocking = blocking;
  }

  /**
   * Prepares a request that may wait for others, or a transaction with such ones.
   *
   * @param then is run when that is done, on some thread
   */
  void begin(Round round, Frames frames, Runnable then) {
    failures.clear();
    Object extra = round.extras[0] instanceof Batch.Silent s ? s.extra() : round.extras[0];
    if (extra instanceof Transaction transaction) {
      List<Args> requests = requests(transaction);
      blocking.execute(() -> prepare(requests, then));
    } else if (isMigrate(round.commands[0])) {
      Args args = new Args().at(frames, round.requests[0]);
      long shards = round.shards[0];
      loop.borrower.tell(new Borrower.Cut(shards, data -> prepareIfThere(args, data, then)));
    } else {
      then.run();
    }
  }

  private static boolean isMigrate(Command command) {
    return command.name.equals("migrate");
  }

  private static List<Args> requests(Transaction transaction) {
    List<Args> requests = new ArrayList<>();
    transaction.each(
        (command, args) -> {
          if (isMigrate(command)) {
            requests.add(args);
          }
        });
    return requests;
  }

  /** Without any of its keys a target is of no interest. */
  private void prepareIfThere(Args args, List<Data> data, Runnable then) {
    MigrateOrder order;
    try {
      order = MigrateOrder.parse(args);
    } catch (RespError error) {
      // It will be said when the command is run.
      then.run();
      return;
    }
    int db = session.db();
    boolean there =
        order.keys().stream()
            .map(args::bytes)
            .anyMatch(key -> data.stream().anyMatch(its -> its.has(db, key)));
    if (there) {
      blocking.execute(() -> prepare(List.of(args), then));
    } else {
      then.run();
    }
  }

  private void prepare(List<Args> requests, Runnable then) {
    try {
      for (Args args : requests) {
        prepare(args);
      }
    } finally {
      // The client waits for it, whatever went wrong.
      then.run();
    }
  }

  private void prepare(Args args) {
    try {
      prepare(args, MigrateOrder.parse(args));
    } catch (RespError error) {
      LOG.debug("a MIGRATE is not prepared: {}", error.getMessage());
    }
  }

  private void prepare(Args args, MigrateOrder order) {
    InetSocketAddress address = Approach.address(args);
    try {
      Target target = new Approach(session.node.targets, args, order).target();
      session.node.targets.put(address, target);
    } catch (RespError error) {
      failures.put(address, error);
    }
  }

  /**
   * Fails if a target has been found not to be there.
   *
   * @throws RespError says why
   */
  public void check(InetSocketAddress address) {
    RespError failure = failures.get(address);
    if (failure != null) {
      throw failure;
    }
  }
}
