package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HistoryTest {
  private final History history = new History();

  @Test
  void aFreshOneHasANameOfItsOwnAndNoSecond() {
    String id = history.ids().id();
    assertTrue(id.matches("[0-9a-f]{40}"), id);
    assertEquals(History.NONE, history.ids().second());
    assertEquals(-1, history.ids().secondEnd());
    history.begin();
    assertNotEquals(id, history.ids().id());
    assertFalse(history.ids().continues(id, 0));
    assertFalse(history.ids().continues(History.NONE, 0));
  }

  @Test
  void whoFollowedTheSameMasterCanFollowThePromoted() {
    String old = "a".repeat(40);
    history.adopt(old);
    assertTrue(history.ids().continues(old, Long.MAX_VALUE));
    history.branch(100);
    assertNotEquals(old, history.ids().id());
    assertEquals(old, history.ids().second());
    assertTrue(history.ids().continues(old, 100));
    assertFalse(history.ids().continues(old, 101), "that was written after the two parted");
    assertTrue(history.ids().continues(history.ids().id(), 101));
  }

  @Test
  void theMastersNewNameIsTakenOver() {
    history.adopt("a".repeat(40));
    history.rename("b".repeat(40), 7);
    assertEquals(new History.Ids("b".repeat(40), "a".repeat(40), 7), history.ids());
    history.adopt("c".repeat(40));
    assertEquals(new History.Ids("c".repeat(40), History.NONE, -1), history.ids());
  }
}
