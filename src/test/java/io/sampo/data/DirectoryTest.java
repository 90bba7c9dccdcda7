package io.sampo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class DirectoryTest {
  private record Part(int depth) implements Directory.Part {}

  /** It is deeper than its parts, too, after a split for which there was no heap. */
  @Test
  void whatIsDeeperThanItsPartsIsHalvedByALaterJoin() {
    Directory<Part> directory = new Directory<>(1, () -> new Part(1));
    directory.makeRoom(directory.at(0));
    assertEquals(4, directory.places());
    Part both = new Part(0);
    directory.join(both, 0);
    assertEquals(1, directory.places());
    assertSame(both, directory.of(0));
  }
}
