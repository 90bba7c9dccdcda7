package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Single rules, where a walk through the model would seldom come by. */
class ElectorTest {
  private static final long LEASE = 6;

  private static boolean promises(Elector voter, long now) {
    Message canvass = new Message.Canvass(2, false, new Rank(1, 5), 2, "", 0);
    return voter.step(now, Holding.NOTHING, new Input.Received("n1", canvass)).outputs().stream()
        .anyMatch(
            output ->
                output instanceof Output.Send send
                    && send.message() instanceof Message.Vote vote
                    && vote.granted());
  }

  /** A witness has no data that would have to be synchronised first; its lease alone binds it. */
  @Test
  void whoHasJustStartedPromisesNothingForAsLongAsALease() {
    Setup setup = new Setup("n2", List.of("n0", "n1", "n2"), true, LEASE, 1, 2, 2);
    Ballot ballot = Ballot.fresh(3).promise(1, "n0#1").settle();
    Elector voter = Elector.start(setup, ballot, 10);
    assertFalse(promises(voter, 10));
    assertFalse(promises(voter, 9 + LEASE));
    assertTrue(promises(voter, 10 + LEASE));
  }
}
