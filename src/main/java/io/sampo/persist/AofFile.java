package io.sampo.persist;

/**
 * One file of an append-only file, as its manifest has it.
 *
 * @param name without any folder
 * @param sequence from 1, counted apart for bases and increments
 */
public record AofFile(String name, long sequence, Kind kind) {
  /** What a file is to the whole; the letter stands for it in the manifest. */
  public enum Kind {
    /** Where loading begins. */
    BASE('b'),
    /** Superseded, and to be deleted. */
    HISTORY('h'),
    /** What was appended to the base and to the increments before. */
    INCREMENT('i');

    final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  AofFile superseded() {
    return new AofFile(name, sequence, Kind.HISTORY);
  }
}
