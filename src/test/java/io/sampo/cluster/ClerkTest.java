package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClerkTest {
  @TempDir private Path directory;

  /** Otherwise it would wait for that for ever, and take nothing meanwhile. */
  @Test
  void whateverGoesWrongWithTheBallotIsTold() throws IOException {
    BallotFile file;
    try (FileSystem gone =
        FileSystems.newFileSystem(directory.resolve("disk.zip"), Map.of("create", "true"))) {
      file = new BallotFile(gone.getPath("/"), "set", "n0");
    }
    Setup setup = new Setup("n1", List.of("n0", "n1", "n2"), false, 6, 1, 2, 0, 2);
    List<Optional<Exception>> told = new ArrayList<>();
    Clerk clerk =
        new Clerk(
            Elector.start(setup, Ballot.fresh(1), System.nanoTime() - 6),
            file,
            Runnable::run,
            told::add,
            () -> Holding.NOTHING,
            (before, outputs) -> {});
    Message beat = new Message.Beat(2, 5, 0, 0, Map.of());
    clerk.take(new Input.Received("n0", beat));
    assertTrue(told.size() == 1, "" + told);
    assertInstanceOf(ClosedFileSystemException.class, told.get(0).orElseThrow());
  }
}
