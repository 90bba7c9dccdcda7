package io.sampo.cluster;

import io.sampo.cluster.Stance.Leading;
import io.sampo.cluster.Stance.Support;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A planned succession: clients' writes pause, the successor gets everything, and then the lead is
 * given up. Used by one thread at a time.
 */
final class Handover {
  /** One that is under way. */
  private record Succession(String to, long until, Consumer<String> outcome, boolean paused) {}

  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  private final Plan plan;
  private final Role role;
  private final Supplier<Elector> elector;
  private final Runnable whenPaused;
  private final Consumer<Input> take;
  private Optional<Succession> succession = Optional.empty();

  /**
   * @param whenPaused is run, on any thread, when no write begins any more; {@link #paused} is to
   *     be called then
   * @param take has the elector take an input
   */
  Handover(
      Plan plan, Role role, Supplier<Elector> elector, Runnable whenPaused, Consumer<Input> take) {
    this.plan = plan;
    this.role = role;
    this.elector = elector;
    this.whenPaused = whenPaused;
    this.take = take;
  }

  boolean isUnderWay() {
    return succession.isPresent();
  }

  /**
   * Begins, if that can be done.
   *
   * @param successor the node, or nothing for whichever has most
   * @param suits which nodes are to be considered
   * @param millis how long writes may have to wait for it
   * @param outcome is told, if it has begun, "" once the lead has been given up, or why it has not
   */
  Consent begin(
      Optional<String> successor, Predicate<String> suits, long millis, Consumer<String> outcome) {
    if (!(elector.get().stance() instanceof Leading leading) || leading.start() < 0) {
      return Consent.NO_MASTER;
    }
    Optional<String> to = successor.or(() -> best(leading, suits));
    if (succession.isPresent()) {
      return Consent.UNDER_WAY;
    }
    if (to.isEmpty() || !isAble(leading.supports().get(to.get()))) {
      return Consent.NO_REPLICA;
    }
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    succession = Optional.of(new Succession(to.get(), until, outcome, false));
    LOG.info("replica-set={} event=hand-over to={}", plan.set(), to.get());
    role.pause(whenPaused);
    return Consent.GIVEN;
  }

  private Optional<String> best(Leading leading, Predicate<String> suits) {
    return leading.supports().entrySet().stream()
        .filter(e -> plan.voters().contains(e.getKey()) && isAble(e.getValue()))
        .filter(e -> suits.test(e.getKey()))
        .max(Comparator.comparingLong(e -> e.getValue().offset()))
        .map(Map.Entry::getKey);
  }

  private boolean isAble(Support support) {
    return support != null
        && support.offset() >= 0
        && System.nanoTime() - support.sentAt() < elector.get().setup().lease();
  }

  /** No write begins any more. */
  void paused() {
    succession = succession.map(s -> new Succession(s.to(), s.until(), s.outcome(), true));
    proceed();
  }

  /** Gives up the lead once the successor has everything; to be called whenever it may have. */
  void proceed() {
    if (succession.isEmpty()) {
      return;
    }
    Succession planned = succession.get();
    if (!(elector.get().stance() instanceof Leading leading)) {
      succession = Optional.empty();
      planned.outcome().accept("this node is not the master any more");
      return;
    }
    long held = role.holding().offset();
    Support support = leading.supports().get(planned.to());
    if (planned.paused() && support != null && support.offset() >= held) {
      succession = Optional.empty();
      take.accept(new Input.HandOver(planned.to()));
      planned.outcome().accept("");
    } else if (System.nanoTime() - planned.until() > 0) {
      succession = Optional.empty();
      role.resume();
      LOG.warn(
          "replica-set={} event=hand-over-failed to={} why=\"it did not catch up in time\"",
          plan.set(),
          planned.to());
      planned.outcome().accept("the replica did not catch up in time");
    }
  }
}
