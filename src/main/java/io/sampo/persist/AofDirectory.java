package io.sampo.persist;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder that holds an append-only file, and the manifest in it. What it changes has reached
 * the disk when it returns, and at no moment in between is there something that cannot be loaded.
 */
public final class AofDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(AofDirectory.class);
  private static final String TEMPORARY = "temp-";

  private final Path parent;
  private final Path folder;
  private final String name;
  private AofManifest manifest = AofManifest.EMPTY;

  /**
   * @param parent the server's working directory
   * @param folder the name of the directory within (appenddirname)
   * @param name what the names of the files begin with (appendfilename)
   */
  public AofDirectory(Path parent, String folder, String name) {
    this.parent = parent;
    this.folder = parent.resolve(folder);
    this.name = name;
  }

  /** What there is, as of the last {@link #read} or change. */
  public AofManifest manifest() {
    return manifest;
  }

  /** Where a file is. */
  public Path path(AofFile file) {
    return folder.resolve(file.name());
  }

  /** The length of a file in bytes; 0 if it is not there. */
  public long size(AofFile file) {
    try {
      return Files.size(path(file));
    } catch (IOException gone) {
      return 0;
    }
  }

  /** A place for a file that is not yet part of the whole. */
  public Path temporary(String suffix) throws IOException {
    create();
    return folder.resolve(TEMPORARY + name + suffix);
  }

  /** The length of all files together, in bytes. */
  public long size() {
    return manifest.parts().stream().mapToLong(this::size).sum();
  }

  /**
   * Reads the manifest. An append-only file of the old form, a single file beside the folder,
   * becomes the base of one of the new form; what superseded files a crash has left are deleted.
   *
   * @throws DamagedFile if there are files but no manifest that tells of them
   */
  public void read() throws IOException {
    Path file = folder.resolve(name + ".manifest");
    if (Files.exists(file)) {
      manifest = AofManifest.parse(file.toString(), Files.readAllBytes(file));
      adopt();
      Optional<AofFile> lost =
          manifest.parts().stream().filter(part -> !Files.exists(path(part))).findFirst();
      if (lost.isPresent()) {
        throw new DamagedFile(
            "Unable to obtain the AOF file " + path(lost.get()) + ": No such file or directory");
      }
      return;
    }
    manifest = AofManifest.EMPTY;
    if (hasStrays()) {
      throw new DamagedFile(
          "The directory " + folder + " has AOF files but no manifest " + file.getFileName());
    }
    if (Files.isRegularFile(parent.resolve(name))) {
      upgrade();
    }
  }

  /** Whether there are files that would be overwritten by beginning anew. */
  private boolean hasStrays() throws IOException {
    // Of a first file that was never finished nothing was promised.
    if (!Files.isDirectory(folder) || Files.exists(temporary(".manifest"))) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String its = file.getFileName().toString();
        if (its.startsWith(name + ".") && (its.endsWith(".aof") || its.endsWith(".rdb"))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Of the old form: the manifest comes first, so that a crash in between loses nothing. */
  private void upgrade() throws IOException {
    write(AofManifest.EMPTY.rebased(new AofFile(name, 1, AofFile.Kind.BASE), 0));
    adopt();
  }

  private void adopt() throws IOException {
    Path old = parent.resolve(name);
    Optional<AofFile> base = manifest.base().filter(file -> file.name().equals(name));
    if (base.isPresent() && Files.isRegularFile(old) && !Files.exists(path(base.get()))) {
      Files.move(old, path(base.get()), StandardCopyOption.ATOMIC_MOVE);
      sync(folder);
      sync(parent);
      LOG.info("Migrated the old-style AOF file {} into the AOF directory {}", name, folder);
    }
  }

  /** Creates an empty increment behind those that there are; returns it. */
  public AofFile addIncrement() throws IOException {
    AofFile next = manifest.nextIncrement(name);
    create();
    Files.deleteIfExists(path(next));
    Files.createFile(path(next));
    write(manifest.with(next));
    return next;
  }

  /**
   * Has a file, which is complete and on the disk, take the place of the present base and of
   * increments.
   *
   * @param snapshot whether it is an RDB, not commands
   * @param upTo the sequence number of the last increment that it includes
   */
  public void rebase(Path file, boolean snapshot, long upTo) throws IOException {
    AofFile base = manifest.nextBase(name, snapshot);
    AofManifest changed = manifest.rebased(base, upTo);
    prepare(changed);
    Files.move(file, path(base), StandardCopyOption.ATOMIC_MOVE);
    commit(changed);
  }

  /** As {@link #rebase}, in place of everything and with what was appended since behind it. */
  public void rebase(Path file, boolean snapshot, Path appended) throws IOException {
    AofFile base = manifest.nextBase(name, snapshot);
    AofFile increment = manifest.nextIncrement(name);
    AofManifest changed = manifest.rebased(base, manifest.incrementSequence()).with(increment);
    prepare(changed);
    Files.move(file, path(base), StandardCopyOption.ATOMIC_MOVE);
    Files.move(appended, path(increment), StandardCopyOption.ATOMIC_MOVE);
    commit(changed);
  }

  /** Deletes what is superseded. */
  public void dropHistory() throws IOException {
    if (manifest.history().isEmpty()) {
      return;
    }
    for (AofFile file : manifest.history()) {
      Files.deleteIfExists(path(file));
    }
    write(manifest.withoutHistory());
  }

  private void create() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      sync(parent);
    }
  }

  private void write(AofManifest changed) throws IOException {
    prepare(changed);
    commit(changed);
  }

  /** Before any file is renamed, so that {@link #hasStrays} knows where one came from. */
  private void prepare(AofManifest changed) throws IOException {
    Path temporary = temporary(".manifest");
    try (FileChannel out =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer text = ByteBuffer.wrap(changed.format().getBytes(StandardCharsets.UTF_8));
      while (text.hasRemaining()) {
        out.write(text);
      }
      out.force(true);
    }
  }

  private void commit(AofManifest changed) throws IOException {
    Files.move(
        temporary(".manifest"),
        folder.resolve(name + ".manifest"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    manifest = changed;
    sync(folder);
  }

  /** What was renamed in a directory is safe only when the directory is. */
  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
