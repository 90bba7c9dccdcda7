package io.sampo.persist;

import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which files make up an append-only file. In the form of Redis 7 each is a line such as {@code
 * file appendonly.aof.1.base.rdb seq 1 type b}.
 *
 * @param increments in the order in which they are loaded
 * @param baseSequence that of the latest base there has been, 0 for none
 * @param incrementSequence that of the latest increment there has been, 0 for none
 */
public record AofManifest(
    Optional<AofFile> base,
    List<AofFile> history,
    List<AofFile> increments,
    long baseSequence,
    long incrementSequence) {
  static final AofManifest EMPTY = new AofManifest(Optional.empty(), List.of(), List.of(), 0, 0);

  private static final int MAX_LINE = 1024;

  /** Whether there is nothing to load. */
  public boolean isEmpty() {
    return base.isEmpty() && increments.isEmpty();
  }

  /** The files to load, in their order. */
  public List<AofFile> parts() {
    return Stream.concat(base.stream(), increments.stream()).toList();
  }

  /** What the next base is called; {@code snapshot} says that it holds an RDB, not commands. */
  AofFile nextBase(String name, boolean snapshot) {
    long next = baseSequence + 1;
    String suffix = snapshot ? ".base.rdb" : ".base.aof";
    return new AofFile(name + "." + next + suffix, next, AofFile.Kind.BASE);
  }

  AofFile nextIncrement(String name) {
    long next = incrementSequence + 1;
    return new AofFile(name + "." + next + ".incr.aof", next, AofFile.Kind.INCREMENT);
  }

  /** With another increment at the end. */
  AofManifest with(AofFile increment) {
    List<AofFile> longer = new ArrayList<>(increments);
    longer.add(increment);
    return new AofManifest(base, history, longer, baseSequence, increment.sequence());
  }

  /** With a new base in place of the one there is and of the increments up to a sequence number. */
  AofManifest rebased(AofFile newBase, long upTo) {
    List<AofFile> old = new ArrayList<>(history);
    base.map(AofFile::superseded).ifPresent(old::add);
    increments.stream()
        .filter(file -> file.sequence() <= upTo)
        .map(AofFile::superseded)
        .forEach(old::add);
    List<AofFile> kept = increments.stream().filter(file -> file.sequence() > upTo).toList();
    return new AofManifest(Optional.of(newBase), old, kept, newBase.sequence(), incrementSequence);
  }

  AofManifest withoutHistory() {
    return new AofManifest(base, List.of(), increments, baseSequence, incrementSequence);
  }

  /** The file's content. */
  String format() {
    StringBuilder text = new StringBuilder();
    Stream.of(base.stream(), history.stream(), increments.stream())
        .flatMap(files -> files)
        .forEach(file -> line(text, file));
    return text.toString();
  }

  private static void line(StringBuilder text, AofFile file) {
    text.append("file ").append(quoted(file.name()));
    text.append(" seq ").append(file.sequence());
    text.append(" type ").append(file.kind().letter).append('\n');
  }

  private static String quoted(String name) {
    boolean plain =
        name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '\\');
    if (plain) {
      return name;
    }
    StringBuilder text = new StringBuilder("\"");
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '"' || b == '\\') {
        text.append('\\').append((char) b);
      } else if (b >= ' ' && b < 0x7f) {
        text.append((char) b);
      } else {
        text.append("\\x%02x".formatted(b & 0xff));
      }
    }
    return text.append('"').toString();
  }

  /**
   * Reads the file's content.
   *
   * @param where what to call the file in a message
   * @throws DamagedFile if it is not what {@link #format} writes
   */
  static AofManifest parse(String where, byte[] content) {
    AofManifest manifest = EMPTY;
    String[] lines = Bytes.text(content).split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        manifest = manifest.plus(file(line));
      } catch (DamagedFile e) {
        throw new DamagedFile(
            "Bad AOF manifest %s, line %d '%s': %s".formatted(where, i + 1, line, e.getMessage()));
      }
    }
    if (manifest.isEmpty() && manifest.history.isEmpty()) {
      throw new DamagedFile("Bad AOF manifest %s: it names no file".formatted(where));
    }
    return manifest;
  }

  private AofManifest plus(AofFile file) {
    return switch (file.kind()) {
      case BASE -> {
        if (base.isPresent()) {
          throw new DamagedFile("Found duplicate base file information");
        }
        yield new AofManifest(
            Optional.of(file), history, increments, file.sequence(), incrementSequence);
      }
      case HISTORY -> {
        List<AofFile> longer = new ArrayList<>(history);
        longer.add(file);
        yield new AofManifest(base, longer, increments, baseSequence, incrementSequence);
      }
      case INCREMENT -> {
        if (file.sequence() <= incrementSequence) {
          throw new DamagedFile("Found a non-monotonic sequence number");
        }
        yield with(file);
      }
    };
  }

  private static AofFile file(String line) {
    if (line.length() > MAX_LINE) {
      throw new DamagedFile("The AOF manifest file contains too long line");
    }
    byte[] bytes = Bytes.ascii(line + "\n");
    Frames words = new Frames();
    // The words are quoted as those of a request typed by hand.
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(bytes, 0, bytes.length, words);
    if (words.count() != 1 || words.arguments(0) < 6 || words.arguments(0) % 2 != 0) {
      throw new DamagedFile("Invalid AOF manifest file format");
    }
    Args args = new Args();
    args.at(words, 0);
    Optional<String> name = Optional.empty();
    Optional<AofFile.Kind> kind = Optional.empty();
    long sequence = 0;
    for (int i = 0; i < args.count(); i += 2) {
      byte[] value = args.bytes(i + 1);
      if (args.is(i, "file")) {
        name = Optional.of(new String(value, StandardCharsets.UTF_8));
      } else if (args.is(i, "seq") && Bytes.isLong(value, 0, value.length)) {
        sequence = Bytes.parseLong(value, 0, value.length);
      } else if (args.is(i, "type")) {
        kind = Optional.of(kind(value));
      }
      // Redis skips what it does not know, for later versions to add to it.
    }
    if (name.isEmpty() || kind.isEmpty() || sequence <= 0) {
      throw new DamagedFile("Invalid AOF manifest file format");
    }
    if (name.get().contains("/")) {
      throw new DamagedFile("File can't be a path, just a filename");
    }
    return new AofFile(name.get(), sequence, kind.get());
  }

  private static AofFile.Kind kind(byte[] value) {
    return Stream.of(AofFile.Kind.values())
        .filter(kind -> value.length == 1 && value[0] == kind.letter)
        .findFirst()
        .orElseThrow(() -> new DamagedFile("Unknown AOF file type"));
  }
}
