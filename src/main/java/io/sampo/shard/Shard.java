package io.sampo.shard;

import io.sampo.keyspace.Watches;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The owner of one part of the data. It runs the batches it is sent, one after the other. When
 * asked to lend its keyspace it parks whatever else arrives until it has been given back; so
 * whoever holds the keyspace is alone with it.
 */
public final class Shard extends AbstractBehavior<Shard.Message> {
  /** What a shard can be told. {@link Batch} is the usual case. */
  public sealed interface Message
      permits Batch,
          Lend,
          GiveBack,
          Tend,
          Expire,
          Unwatch,
          Withdraw,
          LoadGroup,
          Save,
          Saved,
          Abandon {}

  /** Asks for the keyspace; answered with {@link Borrower.Lent}. */
  record Lend(ActorRef<Borrower.Message> borrower) implements Message {}

  /** Ends a loan. */
  record GiveBack() implements Message {}

  /**
   * Time for a slice of what a keyspace needs now and then: eviction and active expiry.
   *
   * @param expiryNanos how long to look for expired keys; 0 for not at all
   * @param sent when this was asked for, in {@link System#nanoTime}
   */
  public record Tend(long expiryNanos, long sent) implements Message {}

  /** Another slice of expiry, since the last left something to do. */
  private record Expire() implements Message {}

  /** A client no longer watches; there is nobody to wait for it. */
  public record Unwatch(Watches.Watch watch) implements Message {}

  /** A client no longer waits for keys; those behind it may have what it left. */
  public record Withdraw(Waiter waiter) implements Message {}

  /** Time for a slice of the snapshot that is being taken. */
  record Save() implements Message {}

  /** So many bytes of the snapshot have arrived where they should. */
  record Saved(long bytes) implements Message {}

  /** The rest of the snapshot is of no use. */
  record Abandon() implements Message {}

  private static final GiveBack GIVE_BACK = new GiveBack();
  private static final Expire EXPIRE = new Expire();
  private static final Save SAVE = new Save();
  private static final Abandon ABANDON = new Abandon();

  /**
   * The length of a slice of a snapshot. Between two of them the loop has a look at its other
   * tasks, and every four or so at its sockets.
   */
  private static final long SAVE_NANOS = 60_000;

  /** How many times as long as it took there is between two slices of expiry. */
  private static final long PAUSE = 3;

  private final Data data;
  private final Executor executor;
  private final ArrayDeque<Message> parked = new ArrayDeque<>();
  private boolean lent;

  /** How long a slice of active expiry is to take in nanoseconds; 0 while there is to be none. */
  private long slice;

  /** Whether another slice has been asked for. */
  private boolean expiring;

  /** Whether the next slice of a snapshot waits for what has been written. */
  private boolean stalled;

  /** Sends the next slice through the executor, so that it does not come in this turn of ours. */
  private final Runnable saveLater = () -> getContext().getSelf().tell(SAVE);

  private Shard(ActorContext<Message> context, Data data, Executor executor) {
    super(context);
    this.data = data;
    this.executor = executor;
  }

  /**
   * A shard.
   *
   * @param executor used by this shard alone
   */
  public static Behavior<Message> create(Data data, Executor executor) {
    return Behaviors.setup(context -> new Shard(context, data, executor));
  }

  static GiveBack giveBack() {
    return GIVE_BACK;
  }

  static Save save() {
    return SAVE;
  }

  static Abandon abandon() {
    return ABANDON;
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::receive).build();
  }

  private Behavior<Message> receive(Message message) {
    if (message instanceof GiveBack) {
      lent = false;
      while (!lent && !parked.isEmpty()) {
        run(parked.poll());
      }
    } else if (lent) {
      parked.add(message);
    } else {
      run(message);
    }
    // Not this: who supervises us would wrap it anew each time.
    return Behaviors.same();
  }

  private void run(Message message) {
    if (message instanceof Batch batch) {
      executor.hold(data);
      executor.run(batch);
      executor.release(data.shard);
      executor.complete(batch);
    } else if (message instanceof Lend lend) {
      lent = true;
      lend.borrower.tell(new Borrower.Lent(data));
    } else if (message instanceof Tend tend) {
      executor.hold(data);
      executor.tend(data.shard, tend);
      executor.release(data.shard);
      slice = tend.expiryNanos();
      expireLater();
    } else if (message instanceof Expire) {
      expiring = false;
      executor.hold(data);
      executor.expire(data.shard, slice);
      executor.release(data.shard);
      expireLater();
    } else if (message instanceof Unwatch unwatch) {
      data.watches.remove(unwatch.watch);
    } else if (message instanceof Withdraw withdraw) {
      executor.hold(data);
      executor.withdraw(data.shard, withdraw.waiter);
      executor.release(data.shard);
    } else if (message instanceof LoadGroup group) {
      executor.hold(data);
      data.keyspace.announcing(false);
      group.into(data.keyspace);
      executor.release(data.shard);
    } else if (data.saving.isPresent()) {
      run(data.saving.get(), message);
    }
  }

  /**
   * Goes on with what a slice of active expiry has left, as Redis does with a quarter of the time.
   */
  private void expireLater() {
    if (slice > 0 && !expiring && data.keyspace.isExpiryBehind()) {
      expiring = true;
      Duration pause = Duration.ofNanos(PAUSE * slice);
      getContext().scheduleOnce(pause, getContext().getSelf(), EXPIRE);
    }
  }

  private void run(Saving saving, Message message) {
    if (message instanceof Save) {
      if (saving.advance(SAVE_NANOS)) {
        data.saving = Optional.empty();
        return;
      }
      stalled = !saving.hasRoom();
      if (!stalled) {
        getContext().getExecutionContext().execute(saveLater);
      }
    } else if (message instanceof Saved saved) {
      saving.written(saved.bytes);
      if (stalled && saving.hasRoom()) {
        stalled = false;
        getContext().getSelf().tell(SAVE);
      }
    } else if (message instanceof Abandon) {
      saving.abandon();
    }
  }
}
