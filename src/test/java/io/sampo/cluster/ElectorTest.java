package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** If all were killed then, the disks alone would have to tell who has it. */
  @Test
  void acknowledgesNothingOfTermThatTheDiskDoesNotNameYet() {
    Setup setup = new Setup("n1", List.of("n0", "n1", "n2"), false, LEASE, 1, 2, 0, 2);
    Ballot ballot = Ballot.fresh(3).promise(2, "n0#1").settle();
    Elector voter = Elector.start(setup, ballot, 10);
    Message beat = new Message.Beat(2, 5, 0, 0, Map.of());
    Elector.Step followed =
        voter.step(10, new Holding(2, 5, 1, true), new Input.Received("n0", beat));
    assertTrue(followed.outputs().contains(new Output.Reached(2)));
    assertEquals(2, followed.next().ballot().reached());
    assertEquals(-1, followed.next().offset(new Holding(2, 5, 1, true), 2));
    assertEquals(5, followed.next().offset(new Holding(2, 5, 2, true), 2));
    assertEquals(-1, followed.next().offset(new Holding(2, 5, 2, false), 2));
  }

  /** A witness has no data that would have to be synchronised first; its lease alone binds it. */
  @Test
  void whoHasJustStartedPromisesNothingForAsLongAsALease() {
    Setup setup = new Setup("n2", List.of("n0", "n1", "n2"), true, LEASE, 1, 2, 0, 2);
    Ballot ballot = Ballot.fresh(3).promise(1, "n0#1").settle();
    Elector voter = Elector.start(setup, ballot, 10);
    assertFalse(promises(voter, 10));
    assertFalse(promises(voter, 9 + LEASE));
    assertTrue(promises(voter, 10 + LEASE));
  }

  @Test
  void aMasterBeatsOftenAtFirst() {
    long lease = 1200;
    Setup setup = Setup.of("n0", List.of("n0"), false, lease);
    Elector elector = Elector.start(setup, Ballot.fresh(1), 0);
    Holding data = new Holding(0, 0, 0, true);
    List<Long> beats = new ArrayList<>();
    long now = 0;
    while (now < 12 * lease) {
      now = elector.wakeAt(now);
      Elector.Step step = elector.step(now, data, new Input.Tick());
      elector = step.next();
      for (Output output : step.outputs()) {
        if (output instanceof Output.Lead lead) {
          elector = elector.step(now, data, new Input.Led(lead.term(), 0)).next();
        } else if (output instanceof Output.Tell tell && tell.message() instanceof Message.Beat) {
          beats.add(now);
        }
      }
    }
    long settled = beats.get(0) + setup.eager();
    assertEquals(setup.beat() / 12, beats.get(2) - beats.get(1));
    assertEquals(
        setup.beat(), beats.get(beats.size() - 1) - beats.get(beats.size() - 2), "in the end");
    assertTrue(beats.stream().filter(at -> at < settled).count() > 250, beats.toString());
    assertTrue(beats.stream().filter(at -> at >= settled).count() < 12, beats.toString());
  }
}
