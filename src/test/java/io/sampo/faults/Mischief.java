package io.sampo.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * Moves the wall clock of a process and slows its disk down, by a library that is loaded into it
 * before all others. A C compiler makes that, be it the smallest.
 */
final class Mischief {
  private static final String[] COMPILERS = {"cc", "gcc", "tcc", "clang"};

  private final Path library;
  private final Path numbers;

  private Mischief(Path library, Path numbers) throws IOException {
    this.library = library;
    this.numbers = numbers;
    Files.write(numbers, new byte[3 * Long.BYTES]);
  }

  /** Makes the library; why it cannot be made, or nothing. */
  static Optional<String> compile(Path library) throws IOException {
    Path source = library.resolveSibling("mischief.c");
    try (InputStream in = Mischief.class.getResourceAsStream("mischief.c")) {
      Files.write(source, in.readAllBytes());
    }
    Optional<String> failure = Optional.empty();
    for (String compiler : COMPILERS) {
      failure =
          Shell.attempt(
              "", compiler, "-shared", "-fPIC", "-o", library.toString(), source.toString());
      if (failure.isEmpty()) {
        return failure;
      }
    }
    return failure;
  }

  /** For one process. */
  static Mischief of(Path library, Path numbers) {
    try {
      return new Mischief(library, numbers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the process is to be started with. */
  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "MISCHIEF", numbers.toString());
  }

  /**
   * Sets what is wrong, from now on.
   *
   * @param ahead seconds by which the wall clock is ahead
   * @param slow milliseconds that each fsync takes longer
   */
  void set(long ahead, long slow) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(3 * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.putLong(ahead).putLong(slow).putLong(0).flip();
    // In place, for it is mapped.
    try (FileChannel channel = FileChannel.open(numbers, StandardOpenOption.WRITE)) {
      channel.write(bytes);
    }
  }

  /** Whether an fsync has been slowed down since this was last set. */
  boolean hasSlowed() throws IOException {
    byte[] bytes = Files.readAllBytes(numbers);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong(2 * Long.BYTES) > 0;
  }
}
