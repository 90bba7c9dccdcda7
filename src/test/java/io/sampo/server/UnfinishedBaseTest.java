package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.command.Effects;
import io.sampo.journal.Barrier;
import io.sampo.journal.Journal;
import io.sampo.persist.AofIncrement;
import io.sampo.resp.Bytes;
import io.sampo.server.config.Settings;
import io.sampo.testkit.Followers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is appended to a file without a base would not be found again, so it counts for nothing. */
class UnfinishedBaseTest {
  @TempDir Path directory;
  private final Settings settings =
      Settings.from(ConfigFactory.parseString("sampo { appendfsync = always }"));
  private final Journal journal = new Journal();
  private final Barrier barrier = new Barrier();
  private final List<AofKeeper.Message> keeper = new ArrayList<>();
  private final AppendOnly aof =
      new AppendOnly(
          settings, journal, barrier, keeper::add, () -> false, () -> "", AssertionError::new);
  private final Effects effects = journal.writer();

  @AfterEach
  void end() {
    aof.detach();
  }

  private void attach(boolean based) throws IOException {
    assertTrue(aof.attach(AofIncrement.open(directory.resolve("incr")), based));
  }

  /** Appends something; returns where it ends when the writer has forced it to the disk. */
  private long append() {
    effects.add(0, Bytes.ascii("SET"), Bytes.ascii("k"), Bytes.ascii("v"));
    effects.flush();
    long end = journal.offset();
    aof.flush();
    Followers.await("written", () -> barrier.isSafe(end));
    return end;
  }

  @Test
  void isNotOnTheDiskBeforeItsBaseIs() throws IOException {
    aof.turn(true);
    assertEquals(List.of(new AofKeeper.Rewrite()), keeper);
    attach(false);
    long end = append();
    AtomicBoolean forced = new AtomicBoolean();
    AtomicBoolean disclosed = new AtomicBoolean();
    aof.awaitForced(end, () -> forced.set(true));
    aof.awaitDisclosable(end, () -> disclosed.set(true));
    assertEquals(-1, aof.forced());
    assertEquals(0, aof.disclosable());
    assertEquals(0, aof.safe());
    assertFalse(aof.isForced(end) || forced.get() || disclosed.get());
    aof.rewritten(0);
    assertTrue(aof.isForced(end) && forced.get() && disclosed.get());
    assertEquals(end, aof.forced());
    assertEquals(end, aof.disclosable());
    assertEquals(end, aof.safe());
  }

  @Test
  void whatIsReplacedCountsNoLonger() throws IOException {
    aof.enable();
    attach(true);
    long end = append();
    assertTrue(aof.isForced(end));
    aof.beginAnew();
    assertFalse(aof.isForced(end));
    assertEquals(-1, aof.forced());
    aof.detach();
    AtomicBoolean forced = new AtomicBoolean();
    aof.awaitForced(end, () -> forced.set(true));
    assertFalse(forced.get(), "there is no file at all");
    aof.turn(false);
    aof.detach();
    assertTrue(forced.get(), "nobody is to wait for a file that is not wanted");
    assertFalse(aof.isForced(end));
  }
}
