package io.sampo.server;

import io.sampo.persist.AofDirectory;
import io.sampo.persist.AofFile;
import io.sampo.persist.AofIncrement;
import io.sampo.persist.DamagedFile;
import io.sampo.persist.SnapshotSink;
import io.sampo.server.config.Settings;
import io.sampo.server.pubsub.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, renames and deletes the files of the append-only file: turns it on and off while the node
 * runs, and has it rewritten. It belongs on a dispatcher that may be blocked.
 */
final class AofKeeper extends AbstractBehavior<AofKeeper.Message> {
  /** What it can be told. */
  sealed interface Message permits Loaded, Detach, Rewrite, Collect, Ended {}

  /** The files have been loaded at the start, and are being appended to. */
  record Loaded(AofDirectory directory) implements Message {}

  /** Append nothing any more. */
  record Detach() implements Message {}

  /** Rewrite the file. */
  record Rewrite() implements Message {}

  /** Delete files that are superseded, if that is to be done. */
  record Collect() implements Message {}

  /** A rewrite has ended, and why if it failed. */
  record Ended(AofRewrite rewrite, Optional<Throwable> failure) implements Message {}

  private static final Logger LOG = LoggerFactory.getLogger(AofKeeper.class);

  private final AppendOnly aof;
  private final Settings settings;
  private final Consumer<SnapshotSink> snapshots;
  private final io.sampo.keyspace.Settings values;
  private Optional<AofDirectory> directory = Optional.empty();
  private Optional<AofRewrite> present = Optional.empty();

  private AofKeeper(
      ActorContext<Message> context,
      AppendOnly aof,
      Settings settings,
      Consumer<SnapshotSink> snapshots,
      io.sampo.keyspace.Settings values) {
    super(context);
    this.aof = aof;
    this.settings = settings;
    this.snapshots = snapshots;
    this.values = values;
  }

  /**
   * A keeper.
   *
   * @param snapshots takes a snapshot
   * @param values how they are kept
   */
  static Behavior<Message> create(
      AppendOnly aof,
      Settings settings,
      Consumer<SnapshotSink> snapshots,
      io.sampo.keyspace.Settings values) {
    return Behaviors.setup(context -> new AofKeeper(context, aof, settings, snapshots, values));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Loaded.class, this::loaded)
        .onMessage(Detach.class, detach -> detach())
        .onMessage(Rewrite.class, rewrite -> rewrite())
        .onMessage(Collect.class, collect -> collect())
        .onMessage(Ended.class, this::ended)
        .build();
  }

  private Behavior<Message> loaded(Loaded loaded) {
    directory = Optional.of(loaded.directory);
    return collect();
  }

  private Behavior<Message> detach() {
    present.ifPresent(AofRewrite::drop);
    aof.detach();
    return this;
  }

  /** The files as they are; what was there before is read when it is first needed. */
  private AofDirectory directory() throws IOException {
    if (directory.isEmpty()) {
      AofDirectory its = settings.appendDirectory();
      its.read();
      directory = Optional.of(its);
    }
    return directory.get();
  }

  private Behavior<Message> collect() {
    if (directory.isPresent() && !settings.aofDisableAutoGc.get()) {
      try {
        directory.get().dropHistory();
      } catch (IOException e) {
        LOG.warn("Cannot delete what is superseded of the AOF: {}", e.toString());
      }
    }
    return this;
  }

  private Behavior<Message> rewrite() {
    try {
      AofRewrite next = new AofRewrite(plan(), this::switchTo, values, this::tell);
      present = Optional.of(next);
      LOG.info("Background append only file rewriting started");
      snapshots.accept(next);
    } catch (IOException | DamagedFile e) {
      LOG.error("Can't rewrite the append only file: {}", e.getMessage());
      aof.rewriteFailed();
    }
    return this;
  }

  private AofRewrite.Plan plan() throws IOException {
    AofDirectory its = directory();
    boolean snapshot = settings.aofUseRdbPreamble.get();
    if (!aof.isEnabled()) {
      return plan(AofRewrite.Kind.ALONE, snapshot, Optional.empty(), its.temporary(".incr"));
    }
    if (aof.isAttached()) {
      AofFile increment = its.addIncrement();
      Path path = its.path(increment);
      return plan(AofRewrite.Kind.REPLACING, snapshot, Optional.of(AofIncrement.open(path)), path);
    }
    Path path = its.temporary(".incr");
    Files.deleteIfExists(path);
    return plan(AofRewrite.Kind.FIRST, snapshot, Optional.of(AofIncrement.open(path)), path);
  }

  private AofRewrite.Plan plan(
      AofRewrite.Kind kind, boolean snapshot, Optional<AofIncrement> increment, Path appended)
      throws IOException {
    long last = directory().manifest().incrementSequence();
    long upTo = kind == AofRewrite.Kind.REPLACING ? last - 1 : last;
    boolean gradual = settings.aofRewriteIncrementalFsync.get();
    return new AofRewrite.Plan(
        kind, directory().temporary(".base"), snapshot, gradual, increment, appended, upTo);
  }

  /** Called at the cut. */
  private boolean switchTo(AofIncrement increment) {
    return aof.isAttached() ? aof.goOnIn(increment) : aof.attach(increment, false);
  }

  private void tell(AofRewrite rewrite, Optional<Throwable> failure) {
    getContext().getSelf().tell(new Ended(rewrite, failure));
  }

  private Behavior<Message> ended(Ended ended) {
    AofRewrite rewrite = ended.rewrite;
    present = Optional.empty();
    Optional<Throwable> failure = ended.failure;
    try {
      if (failure.isEmpty() && !rewrite.isDropped()) {
        accept(rewrite.plan);
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    if (rewrite.isDropped() || failure.isPresent()) {
      cleanUp(rewrite);
    }
    if (rewrite.isDropped()) {
      LOG.info("Background AOF rewrite given up");
      aof.rewriteDropped();
      return this;
    }
    if (failure.isPresent()) {
      LOG.error("Background AOF rewrite failed: {}", failure.get().toString());
    } else {
      LOG.info("Background AOF rewrite finished successfully");
    }
    if (failure.isEmpty()) {
      aof.rewritten(rewrite.copied());
    } else {
      aof.rewriteFailed();
    }
    return this;
  }

  private void accept(AofRewrite.Plan plan) throws IOException {
    AofDirectory its = directory();
    if (plan.kind() == AofRewrite.Kind.FIRST) {
      its.rebase(plan.base(), plan.snapshot(), plan.appended());
    } else {
      its.rebase(plan.base(), plan.snapshot(), plan.upTo());
    }
    if (!settings.aofDisableAutoGc.get()) {
      its.dropHistory();
    }
    long all = its.size();
    aof.based(all, all - (plan.increment().isPresent() ? Files.size(last(its)) : 0));
  }

  private static Path last(AofDirectory its) {
    AofFile[] increments = its.manifest().increments().toArray(AofFile[]::new);
    return its.path(increments[increments.length - 1]);
  }

  /** Of a rewrite that came to nothing, only what was appended to the present files is kept. */
  private void cleanUp(AofRewrite rewrite) {
    AofRewrite.Plan plan = rewrite.plan;
    try {
      Files.deleteIfExists(plan.base());
      if (!rewrite.hasTaken() && plan.increment().isPresent()) {
        plan.increment().get().close();
      }
      if (plan.kind() == AofRewrite.Kind.FIRST) {
        if (rewrite.hasTaken() && !rewrite.isDropped()) {
          aof.detach();
        }
        Files.deleteIfExists(plan.appended());
      }
    } catch (IOException e) {
      LOG.warn("Cannot clean up after a rewrite of the AOF: {}", e.toString());
    }
  }
}
