package io.sampo.cluster;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Has an {@link Elector} take its inputs one after the other. A step of which something is never to
 * be forgotten takes effect when that is on the disk; what comes meanwhile waits, for the disk may
 * take its time, and nothing else is to stand still with it.
 */
final class Clerk {
  /** Of what is lost beyond that, the nodes say the important again. */
  private static final int MOST = 256;

  private final BallotFile file;
  private final Executor disk;
  private final Consumer<Optional<Exception>> written;
  private final Supplier<Holding> holding;
  private final BiConsumer<Elector, List<Output>> effect;
  private final Queue<Input> waiting = new ArrayDeque<>();
  private Elector elector;
  private Optional<Elector.Step> pending = Optional.empty();

  /**
   * @param disk runs what may take long
   * @param written is told, on a thread of that, how writing has gone, and is to have {@link
   *     #remembered} called
   * @param effect is given the elector before each step, and what is to be done
   */
  Clerk(
      Elector elector,
      BallotFile file,
      Executor disk,
      Consumer<Optional<Exception>> written,
      Supplier<Holding> holding,
      BiConsumer<Elector, List<Output>> effect) {
    this.elector = elector;
    this.file = file;
    this.disk = disk;
    this.written = written;
    this.holding = holding;
    this.effect = effect;
  }

  /** As it is after the last step that has taken effect. */
  Elector elector() {
    return elector;
  }

  void take(Input input) {
    if (pending.isPresent()) {
      if (!(input instanceof Input.Tick) && waiting.size() < MOST) {
        waiting.add(input);
      }
      return;
    }
    Elector.Step step = elector.step(System.nanoTime(), holding.get(), input);
    Optional<Ballot> ballot = toRemember(step.outputs());
    if (ballot.isEmpty()) {
      complete(step);
    } else {
      pending = Optional.of(step);
      disk.execute(() -> written.accept(write(ballot.get())));
    }
  }

  private static Optional<Ballot> toRemember(List<Output> outputs) {
    for (Output output : outputs) {
      if (output instanceof Output.Remember remember) {
        return Optional.of(remember.ballot());
      }
    }
    return Optional.empty();
  }

  /** Whatever goes wrong has to be told, or nothing would be taken any more. */
  private Optional<Exception> write(Ballot ballot) {
    try {
      file.write(ballot);
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.of(e);
    }
  }

  /** What was to be remembered is on the disk. */
  void remembered() {
    Elector.Step step = pending.orElseThrow();
    pending = Optional.empty();
    complete(step);
    while (pending.isEmpty() && !waiting.isEmpty()) {
      take(waiting.remove());
    }
  }

  private void complete(Elector.Step step) {
    Elector before = elector;
    elector = step.next();
    effect.accept(before, step.outputs());
  }
}
