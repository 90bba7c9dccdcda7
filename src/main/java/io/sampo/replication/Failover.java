package io.sampo.replication;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master's hand-over to one of its replicas (FAILOVER): writes are held back until the replica
 * has everything, then the roles are changed over. The {@link Master} moves it on.
 */
public final class Failover {
  /** How far it is, as INFO calls it. */
  public enum State {
    NONE("no-failover"),
    WAIT_FOR_SYNC("waiting-for-sync"),
    IN_PROGRESS("failover-in-progress");

    public final String word;

    State(String word) {
      this.word = word;
    }
  }

  /** The node that gives up its role. */
  public interface Home {
    boolean isReplica();

    /** Holds back writes, and whatever else changes data; runs the task when none is under way. */
    void quiet(Runnable then);

    /** Lets writes go on. */
    void resume();

    /**
     * Becomes a replica of what was our own, which is to become the master.
     *
     * @param then why the other refused, or ""
     */
    void follow(String host, int port, Consumer<String> then);

    /** Becomes a master again. */
    void lead();
  }

  /**
   * What is asked for.
   *
   * @param host that of the replica, or "" for whichever has everything first
   * @param force whether to go on when the time is over, though the replica lacks something
   * @param timeoutMillis 0 for as long as it takes
   */
  public record Request(String host, int port, boolean force, long timeoutMillis) {
    boolean names() {
      return !host.isEmpty();
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Failover.class);
  private static final Request NOTHING = new Request("", 0, false, 0);

  private final Home home;
  private final Replicas replicas;
  private final LongSupplier offset;

  /** Runs what comes later where the {@link Master} runs. */
  private final Executor inside;

  private final BiConsumer<Duration, Runnable> timer;
  private Request request = NOTHING;

  /** Numbers the attempts, so that what concerns an earlier one is told from the present. */
  private int attempt;

  /** Whether no write is under way any more. */
  private boolean quiet;

  /**
   * None yet.
   *
   * @param offset where the stream ends
   * @param inside runs a task where this object is used, later
   * @param timer the same after some time
   */
  Failover(
      Home home,
      Replicas replicas,
      LongSupplier offset,
      Executor inside,
      BiConsumer<Duration, Runnable> timer) {
    this.home = home;
    this.replicas = replicas;
    this.offset = offset;
    this.inside = inside;
    this.timer = timer;
  }

  State state() {
    return replicas.failover();
  }

  private void become(State next) {
    replicas.failover(next);
  }

  /** Begins; returns an error line, or "". */
  String begin(Request asked) {
    String refusal = refusal(asked);
    if (!refusal.isEmpty()) {
      return refusal;
    }
    LOG.info("Failover requested to {}", asked.names() ? asked : "any replica");
    request = asked;
    become(State.WAIT_FOR_SYNC);
    quiet = false;
    int present = ++attempt;
    home.quiet(
        () ->
            inside.execute(
                () -> {
                  quiet |= present == attempt;
                  advance();
                }));
    if (asked.timeoutMillis > 0) {
      timer.accept(Duration.ofMillis(asked.timeoutMillis), () -> timeOut(present));
    }
    return "";
  }

  private String refusal(Request asked) {
    if (state() != State.NONE) {
      return "ERR FAILOVER already in progress.";
    }
    if (home.isReplica()) {
      return "ERR FAILOVER is not valid when server is a replica.";
    }
    if (!replicas.any()) {
      return "ERR FAILOVER requires connected replicas.";
    }
    if (asked.force && (asked.timeoutMillis == 0 || !asked.names())) {
      return "ERR FAILOVER with force option requires both a timeout and target HOST and IP.";
    }
    if (!asked.names()) {
      return "";
    }
    Optional<ReplicaLink> target = replicas.find(asked.host, asked.port);
    if (target.isEmpty()) {
      return "ERR FAILOVER target HOST and PORT is not a replica.";
    }
    return target.get().state() == ReplicaLink.State.ONLINE
        ? ""
        : "ERR FAILOVER target replica is not online.";
  }

  /** Changes over if a replica that may have the role has everything. */
  void advance() {
    if (state() != State.WAIT_FOR_SYNC || !quiet) {
      return;
    }
    for (ReplicaLink link : replicas.all()) {
      boolean meant = !request.names() || link.is(request.host, request.port);
      if (meant && link.acknowledged() == offset.getAsLong()) {
        LOG.info("Failover target {} has everything", link);
        changeOver(link.host(), link.port());
        return;
      }
    }
  }

  private void timeOut(int which) {
    if (which != attempt || state() != State.WAIT_FOR_SYNC) {
      return;
    }
    if (request.force) {
      LOG.warn("Failover to {} takes too long, and goes on nevertheless", request);
      changeOver(request.host, request.port);
    } else {
      abort("the replica has not got everything in time");
    }
  }

  private void changeOver(String host, int port) {
    become(State.IN_PROGRESS);
    int present = attempt;
    home.follow(host, port, error -> inside.execute(() -> followed(present, error)));
  }

  private void followed(int which, String error) {
    if (which != attempt) {
      return;
    }
    if (error.isEmpty()) {
      end();
    } else {
      abort(error);
    }
  }

  /** Gives up, on demand; returns an error line, or "". */
  String abort() {
    if (state() == State.NONE) {
      return "ERR No failover in progress.";
    }
    abort("on demand");
    return "";
  }

  private void abort(String why) {
    LOG.warn("Failover given up while {}: {}", state().word, why);
    if (state() == State.IN_PROGRESS) {
      home.lead();
    }
    end();
  }

  private void end() {
    attempt++;
    become(State.NONE);
    request = NOTHING;
    home.resume();
  }
}
