package io.sampo.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Runs the batches that need several shards at once, for all connections of one core loop. It
 * borrows the shards in ascending order, so that no two borrowers can wait for each other, runs
 * every batch that has gathered meanwhile, and gives them back: the hand-over between threads is
 * paid once for all of them.
 */
public final class Borrower extends AbstractBehavior<Borrower.Message> {
  /** What a borrower can be told. */
  public sealed interface Message permits Job, Lent {}

  /** Something to be done with shards at hand. */
  public sealed interface Job extends Message permits Batch, Serve, Cut {
    /** Those that it needs, a bit for each. */
    long shards();
  }

  /** There may be what a client waits for. */
  public record Serve(Waiter waiter) implements Job {
    @Override
    public long shards() {
      return waiter.shards();
    }
  }

  /**
   * Something to be done while shards stand still.
   *
   * @param then is given the data of those shards, in their order; it must be quick
   */
  public record Cut(long shards, Consumer<List<Data>> then) implements Job {}

  /** A shard hands over its data until {@link Shard.GiveBack}. */
  record Lent(Data data) implements Message {}

  private final List<ActorRef<Shard.Message>> shards;
  private final Executor executor;
  private final ArrayDeque<Job> waiting = new ArrayDeque<>();

  /** Shards that the waiting batches need, and those that have been lent. */
  private long needed;

  private long held;
  private final Data[] lent;
  private boolean borrowing;

  private Borrower(
      ActorContext<Message> context, List<ActorRef<Shard.Message>> shards, Executor executor) {
    super(context);
    this.shards = shards;
    this.executor = executor;
    this.lent = new Data[shards.size()];
  }

  /**
   * A borrower.
   *
   * @param executor used by this borrower alone
   */
  public static Behavior<Message> create(List<ActorRef<Shard.Message>> shards, Executor executor) {
    return Behaviors.setup(context -> new Borrower(context, shards, executor));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::receive).build();
  }

  private Behavior<Message> receive(Message message) {
    if (message instanceof Job job) {
      waiting.add(job);
      needed |= job.shards();
      if (!borrowing) {
        borrowing = true;
        borrow(-1);
      }
    } else if (message instanceof Lent its) {
      int shard = its.data.shard;
      held |= 1L << shard;
      lent[shard] = its.data;
      executor.hold(its.data);
      borrow(shard);
    }
    // Not this: who supervises us would wrap it anew each time.
    return Behaviors.same();
  }

  /** Asks for the next shard above {@code last}, or runs what can be run if there is none. */
  private void borrow(int last) {
    long above = last == 63 ? 0 : needed & -1L << last + 1;
    if (above != 0) {
      shards.get(Long.numberOfTrailingZeros(above)).tell(new Shard.Lend(getContext().getSelf()));
      return;
    }
    runAll();
    for (long rest = held; rest != 0; rest &= rest - 1) {
      int shard = Long.numberOfTrailingZeros(rest);
      executor.release(shard);
      shards.get(shard).tell(Shard.giveBack());
    }
    held = 0;
    borrowing = !waiting.isEmpty();
    if (borrowing) {
      borrow(-1);
    }
  }

  /** Does the waiting jobs whose shards are all held; the others came too late and stay. */
  private void runAll() {
    needed = 0;
    for (int i = waiting.size(); i > 0; i--) {
      Job job = waiting.poll();
      if ((job.shards() & ~held) != 0) {
        waiting.add(job);
        needed |= job.shards();
      } else if (job instanceof Batch batch) {
        executor.run(batch);
        executor.complete(batch);
      } else if (job instanceof Serve serve) {
        executor.serve(serve.waiter);
      } else if (job instanceof Cut cut) {
        List<Data> data = data(cut.shards);
        cut.then.accept(data);
        // A snapshot may have begun, which the jobs behind this one have to respect.
        data.forEach(executor::hold);
      }
    }
  }

  private List<Data> data(long wanted) {
    List<Data> data = new ArrayList<>();
    for (long rest = wanted; rest != 0; rest &= rest - 1) {
      data.add(lent[Long.numberOfTrailingZeros(rest)]);
    }
    return data;
  }
}
