package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sampo.journal.Journal;
import io.sampo.resp.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCarrierTest {
  @TempDir private Path directory;

  private static final class Silent implements ReplicaLink.Wire {
    @Override
    public void more() {}

    @Override
    public void checkOutput() {}

    @Override
    public void close() {}

    @Override
    public void closeAfterOutput() {}
  }

  /** In a container every process has the same id, and so its files the same names. */
  @Test
  void whatAnotherProcessLeftIsNotInTheWay() throws Exception {
    Path path = directory.resolve("temp-sync-1-1.rdb");
    Files.writeString(path, "what a process left that was killed");
    ReplicaLink link =
        new ReplicaLink(
            new Silent(),
            new Backlog(new Journal(), 1),
            "",
            ReplicaLink.Introduction.NONE,
            false,
            () -> 0);
    FileCarrier carrier = new FileCarrier(List.of(link), path, Runnable::run);
    carrier.chunk(Bytes.ascii("data"));
    assertEquals("data", Files.readString(path));
    carrier.done();
    assertEquals("$4\r\ndata", link.next(100).utf8String() + link.next(100).utf8String());
    assertFalse(Files.exists(path));
  }
}
