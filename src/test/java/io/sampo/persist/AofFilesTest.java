package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.resp.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manifest, and how the folder goes from one state to the next. */
class AofFilesTest {
  private static final String NAME = "appendonly.aof";
  private static final String MANIFEST =
      """
      file appendonly.aof.2.base.rdb seq 2 type b
      file appendonly.aof.1.base.rdb seq 1 type h
      file appendonly.aof.1.incr.aof seq 1 type h
      file appendonly.aof.3.incr.aof seq 3 type i
      file "an odd \\"name\\"" seq 4 type i
      """;

  @TempDir Path parent;

  private AofDirectory directory() {
    return new AofDirectory(parent, "appendonlydir", NAME);
  }

  private Path file(String name) {
    return parent.resolve("appendonlydir").resolve(name);
  }

  private String manifest() throws IOException {
    return Files.readString(file(NAME + ".manifest"));
  }

  @Test
  void theManifestIsReadAndWrittenAsItWas() {
    AofManifest manifest = AofManifest.parse("m", Bytes.ascii("# ours\n\n" + MANIFEST));
    assertEquals(MANIFEST, manifest.format());
    assertEquals(
        List.of("appendonly.aof.2.base.rdb", "appendonly.aof.3.incr.aof", "an odd \"name\""),
        manifest.parts().stream().map(AofFile::name).toList());
    assertEquals("appendonly.aof.3.base.aof", manifest.nextBase(NAME, false).name());
    assertEquals("appendonly.aof.5.incr.aof", manifest.nextIncrement(NAME).name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file foo | Invalid AOF manifest file format",
        "file a seq x type b | Invalid AOF manifest file format",
        "file a/b seq 1 type b | File can't be a path, just a filename",
        "file a seq 1 type z | Unknown AOF file type",
        "file b seq 9 type b | Found duplicate base file information",
        "file b seq 1 type i | Found a non-monotonic sequence number",
        "file \"b seq 5 type i | Invalid AOF manifest file format",
      })
  void whatIsNoManifestIsRefusedWithItsLine(String line, String why) {
    byte[] content = Bytes.ascii(MANIFEST + line + "\n");
    DamagedFile refusal =
        assertThrows(DamagedFile.class, () -> AofManifest.parse("my.manifest", content));
    assertEquals(
        "Bad AOF manifest my.manifest, line 6 '" + line + "': " + why, refusal.getMessage());
    assertThrows(DamagedFile.class, () -> AofManifest.parse("m", Bytes.ascii("# nothing\n")));
  }

  @Test
  void aRewriteSupersedesWhatCameBefore() throws IOException {
    AofDirectory directory = directory();
    directory.read();
    assertTrue(directory.manifest().isEmpty());
    directory.rebase(Files.createFile(parent.resolve("temp")), true, 0);
    AofFile first = directory.addIncrement();
    AofFile second = directory.addIncrement();
    directory.rebase(Files.createFile(parent.resolve("temp")), true, first.sequence());
    assertEquals(
        """
        file appendonly.aof.2.base.rdb seq 2 type b
        file appendonly.aof.1.base.rdb seq 1 type h
        file appendonly.aof.1.incr.aof seq 1 type h
        file appendonly.aof.2.incr.aof seq 2 type i
        """,
        manifest());
    // As after a crash, or where that was not wanted: what is superseded can be deleted later.
    AofDirectory anew = directory();
    anew.read();
    assertTrue(Files.exists(directory.path(first)));
    anew.dropHistory();
    assertFalse(Files.exists(file("appendonly.aof.1.base.rdb")));
    assertFalse(Files.exists(directory.path(first)));
    assertEquals(
        """
        file appendonly.aof.2.base.rdb seq 2 type b
        file appendonly.aof.2.incr.aof seq 2 type i
        """,
        manifest());
    assertEquals(List.of(second), anew.manifest().increments());
    assertEquals(3, anew.addIncrement().sequence());
  }

  @Test
  void whatWasAppendedDuringTheFirstRewriteBecomesTheIncrement() throws IOException {
    AofDirectory directory = directory();
    directory.read();
    Path base = Files.writeString(directory.temporary(".base"), "base");
    Path appended = Files.writeString(directory.temporary(".incr"), "appended");
    directory.rebase(base, false, appended);
    assertEquals("appended", Files.readString(file("appendonly.aof.1.incr.aof")));
    assertEquals(12, directory.size());
    assertEquals(
        """
        file appendonly.aof.1.base.aof seq 1 type b
        file appendonly.aof.1.incr.aof seq 1 type i
        """,
        manifest());
  }

  @Test
  void aSingleFileOfOldBecomesTheBase() throws IOException {
    Files.writeString(parent.resolve(NAME), "old");
    directory().read();
    assertEquals("file appendonly.aof seq 1 type b\n", manifest());
    // As after a crash between the manifest and the move.
    Files.move(file(NAME), parent.resolve(NAME));
    AofDirectory anew = directory();
    anew.read();
    assertEquals("old", Files.readString(file(NAME)));
    assertFalse(Files.exists(parent.resolve(NAME)));
    assertEquals("appendonly.aof.2.base.rdb", anew.manifest().nextBase(NAME, true).name());
  }

  @Test
  void filesThatNoManifestTellsOfAreLeftAlone() throws IOException {
    Files.createDirectories(file(""));
    Files.writeString(file("appendonly.aof.1.incr.aof"), "precious");
    assertThrows(DamagedFile.class, directory()::read);
    Files.writeString(file(NAME + ".manifest"), "file gone seq 1 type b\n");
    assertTrue(
        assertThrows(DamagedFile.class, directory()::read)
            .getMessage()
            .endsWith("gone: No such file or directory"));
    try (Stream<Path> files = Files.list(file(""))) {
      assertEquals(2, files.count());
    }
  }
}
