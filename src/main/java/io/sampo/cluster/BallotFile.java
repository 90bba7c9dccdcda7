package io.sampo.cluster;

import io.sampo.persist.DamagedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file in which a node keeps what it must never forget. There is always a whole one: a new one
 * is written beside it, forced to the disk, and put in its place.
 */
final class BallotFile {
  private static final Pattern LINE =
      Pattern.compile(
          "sampo-ballot 1 (\\S+) (\\S+) term=(\\d+) candidate=(\\S*) fresh=(true|false)"
              + " incarnation=(-?\\d+) reached=(\\d+) start=(\\d+) crc=([0-9a-f]{8})\n");

  private final Path path;
  private final String set;
  private final String self;

  /**
   * @param set the name of the replica set
   * @param self the id of the node
   */
  BallotFile(Path directory, String set, String self) {
    this.path = directory.resolve("replica-set-" + set + ".ballot");
    this.set = set;
    this.self = self;
  }

  /**
   * What was written last; if there is no file, one that says so is written.
   *
   * @throws DamagedFile if there is no making sense of the file, or it is another node's
   * @throws IOException if it cannot be read
   */
  Ballot read() throws IOException {
    if (!Files.exists(path)) {
      Ballot fresh = Ballot.fresh(new SecureRandom().nextLong());
      write(fresh);
      return fresh;
    }
    String text = Files.readString(path, StandardCharsets.US_ASCII);
    Ballot ballot =
        parse(text)
            .orElseThrow(
                () ->
                    new DamagedFile(
                        path
                            + " is damaged, and without it this node may break its promises: put it"
                            + " back, or remove it to have the node join as a new one"));
    return ballot;
  }

  private Optional<Ballot> parse(String text) {
    Matcher m = LINE.matcher(text);
    if (!m.matches() || !m.group(9).equals(sum(text.substring(0, m.start(9))))) {
      return Optional.empty();
    }
    if (!m.group(1).equals(set) || !m.group(2).equals(self)) {
      throw new DamagedFile(
          path
              + " is of node "
              + m.group(2)
              + " of replica set "
              + m.group(1)
              + ", not of "
              + self);
    }
    try {
      return Optional.of(
          new Ballot(
              Long.parseLong(m.group(3)),
              m.group(4),
              Boolean.parseBoolean(m.group(5)),
              Long.parseLong(m.group(6)),
              Long.parseLong(m.group(7)),
              Long.parseLong(m.group(8))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Has reached the disk when it returns. */
  void write(Ballot ballot) throws IOException {
    String line =
        "sampo-ballot 1 %s %s term=%d candidate=%s fresh=%b incarnation=%d reached=%d start=%d crc="
            .formatted(
                set,
                self,
                ballot.term(),
                ballot.candidate(),
                ballot.fresh(),
                ballot.incarnation(),
                ballot.reached(),
                ballot.start());
    Path fresh = path.resolveSibling("temp-" + path.getFileName());
    Files.createDirectories(path.toAbsolutePath().getParent());
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = StandardCharsets.US_ASCII.encode(line + sum(line) + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static String sum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return "%08x".formatted(crc.getValue());
  }
}
