package io.sampo.server;

import io.sampo.keyspace.Settings;
import io.sampo.persist.AofIncrement;
import io.sampo.persist.CommandBase;
import io.sampo.persist.NewFile;
import io.sampo.persist.SnapshotSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rewrite of the append-only file on its way: the snapshot becomes the new base, and from its cut
 * on everything is appended to another increment.
 */
final class AofRewrite implements SnapshotSink {
  private static final Logger LOG = LoggerFactory.getLogger(AofRewrite.class);

  /** What the rewrite is for. */
  enum Kind {
    /** The present files are replaced while they are appended to. */
    REPLACING,
    /** There are none that count: what is appended meanwhile is in a temporary file. */
    FIRST,
    /** Nothing is appended. */
    ALONE
  }

  /**
   * What it is to do.
   *
   * @param base where the base is to be
   * @param snapshot whether it is to be an RDB rather than commands
   * @param increment what to append to from the cut on; empty if nothing is
   * @param appended where that is
   * @param upTo the last of the increments before it
   */
  record Plan(
      Kind kind,
      Path base,
      boolean snapshot,
      boolean gradual,
      Optional<AofIncrement> increment,
      Path appended,
      long upTo) {}

  final Plan plan;
  private final Predicate<AofIncrement> switchTo;
  private final Settings values;
  private final BiConsumer<AofRewrite, Optional<Throwable>> then;
  private Optional<NewFile> file = Optional.empty();
  private volatile boolean dropped;

  /** Whether the increment is in use. */
  private volatile boolean taken;

  private volatile long copied;

  /**
   * @param switchTo takes an increment over, if it is still wanted
   * @param values how they are kept
   * @param then told how it ended, on some thread
   */
  AofRewrite(
      Plan plan,
      Predicate<AofIncrement> switchTo,
      Settings values,
      BiConsumer<AofRewrite, Optional<Throwable>> then) {
    this.plan = plan;
    this.switchTo = switchTo;
    this.values = values;
    this.then = then;
  }

  /** Has nothing come of it, for there is to be no file any more. */
  void drop() {
    dropped = true;
  }

  boolean isDropped() {
    return dropped;
  }

  boolean hasTaken() {
    return taken;
  }

  /** What {@link #done} was told. */
  long copied() {
    return copied;
  }

  @Override
  public Map<String, String> cut() {
    taken = !dropped && plan.increment.filter(switchTo).isPresent();
    return Map.of("aof-base", "1");
  }

  @Override
  public void chunk(byte[] bytes) throws IOException {
    if (dropped) {
      throw new IOException("the AOF was turned off");
    }
    if (file.isEmpty()) {
      file = Optional.of(new NewFile(plan.snapshot ? plan.base : intermediate(), plan.gradual));
    }
    file.get().write(bytes);
  }

  private Path intermediate() {
    return plan.base.resolveSibling(plan.base.getFileName() + ".rdb");
  }

  @Override
  public void done(long copied) throws IOException {
    file.orElseThrow().commit();
    if (!plan.snapshot) {
      try {
        CommandBase.convert(intermediate(), plan.base, values, plan.gradual);
      } finally {
        Files.deleteIfExists(intermediate());
      }
    }
    this.copied = copied;
    then.accept(this, Optional.empty());
  }

  @Override
  public void failed(Throwable cause) {
    try {
      if (file.isPresent()) {
        file.get().close();
      }
    } catch (IOException e) {
      LOG.error("A temporary file is left beside {}", plan.base, e);
    }
    then.accept(this, Optional.of(cause));
  }
}
