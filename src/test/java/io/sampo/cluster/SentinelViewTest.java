package io.sampo.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.cluster.SentinelView.Event;
import io.sampo.cluster.Topology.Kind;
import io.sampo.cluster.Topology.Node;
import io.sampo.cluster.Topology.Role;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The events by which one topology becomes another, in the words of a Redis's Sentinel. */
class SentinelViewTest {
  private static final String A_TO_OTHERS = " @ main 10.0.0.1 6379";
  private static final List<Role> FIRST_LEADS = List.of(Role.MASTER, Role.REPLICA, Role.REPLICA);
  private final SentinelView view = new SentinelView("main", 2);

  private static String id(int i) {
    return "10.0.0." + i + ":16379";
  }

  private static String sentinelId(int i) {
    return SentinelView.sentinelId("main", id(i));
  }

  /** Three nodes, the third of which is asked; those that are silent cannot be reached. */
  private static Topology topology(long term, List<Role> roles, Integer... silent) {
    List<Node> nodes =
        IntStream.rangeClosed(1, 3)
            .mapToObj(
                i ->
                    new Node(
                        id(i),
                        "10.0.0." + i,
                        6379,
                        26379,
                        "run" + i,
                        Kind.DATA,
                        roles.get(i - 1),
                        true,
                        term,
                        0,
                        0,
                        false,
                        !List.of(silent).contains(i),
                        0,
                        i == 3))
            .toList();
    return new Topology("main", term, nodes);
  }

  private List<String> next(Topology topology) {
    return view.next(topology).stream().map(SentinelViewTest::line).toList();
  }

  private static String line(Event event) {
    return event.channel() + " " + event.text();
  }

  @Test
  void itTellsOfWhomItSees() {
    assertEquals(
        List.of(
            "+new-epoch 1",
            "+monitor master main 10.0.0.1 6379 quorum 2",
            "+sentinel sentinel " + sentinelId(1) + " 10.0.0.1 26379" + A_TO_OTHERS,
            "+slave slave 10.0.0.2:6379 10.0.0.2 6379" + A_TO_OTHERS,
            "+sentinel sentinel " + sentinelId(2) + " 10.0.0.2 26379" + A_TO_OTHERS,
            "+slave slave 10.0.0.3:6379 10.0.0.3 6379" + A_TO_OTHERS),
        next(topology(1, FIRST_LEADS)));
    assertEquals(List.of(), next(topology(1, FIRST_LEADS)));
  }

  @Test
  void itTellsOfWhoIsDownAndBack() {
    next(topology(1, FIRST_LEADS));
    String replica = "slave 10.0.0.2:6379 10.0.0.2 6379" + A_TO_OTHERS;
    assertEquals(List.of("+sdown " + replica), next(topology(1, FIRST_LEADS, 2)));
    assertEquals(List.of("-sdown " + replica), next(topology(1, FIRST_LEADS)));
    String master = "master main 10.0.0.1 6379";
    assertEquals(
        List.of("+sdown " + master, "+odown " + master + " #quorum 2/2"),
        next(topology(1, FIRST_LEADS, 1)));
    assertEquals(List.of("-sdown " + master, "-odown " + master), next(topology(1, FIRST_LEADS)));
    // Who is alone cannot say that it is the master who is down.
    assertEquals(
        List.of("+sdown " + master, "+sdown " + replica), next(topology(1, FIRST_LEADS, 1, 2)));
    assertTrue(view.master().isPresent());
  }

  @Test
  void itTellsOfASuccessorThatItHasLearntOf() {
    next(topology(1, FIRST_LEADS));
    assertEquals(
        List.of(
            "+new-epoch 2",
            "+config-update-from sentinel " + sentinelId(2) + " 10.0.0.2 26379" + A_TO_OTHERS,
            "+switch-master main 10.0.0.1 6379 10.0.0.2 6379",
            "+slave slave 10.0.0.1:6379 10.0.0.1 6379 @ main 10.0.0.2 6379",
            "+slave slave 10.0.0.3:6379 10.0.0.3 6379 @ main 10.0.0.2 6379"),
        next(topology(2, List.of(Role.REPLICA, Role.MASTER, Role.REPLICA))));
  }

  @Test
  void itTellsHowItHasComeToLeadItself() {
    next(topology(1, FIRST_LEADS));
    String self = "slave 10.0.0.3:6379 10.0.0.3 6379" + A_TO_OTHERS;
    assertEquals(
        List.of(
            "+new-epoch 2",
            "+try-failover master main 10.0.0.1 6379",
            "+elected-leader master main 10.0.0.1 6379",
            "+selected-slave " + self,
            "+promoted-slave " + self,
            "+failover-end master main 10.0.0.1 6379",
            "+switch-master main 10.0.0.1 6379 10.0.0.3 6379",
            "+slave slave 10.0.0.1:6379 10.0.0.1 6379 @ main 10.0.0.3 6379",
            "+sdown slave 10.0.0.1:6379 10.0.0.1 6379 @ main 10.0.0.3 6379",
            "+slave slave 10.0.0.2:6379 10.0.0.2 6379 @ main 10.0.0.3 6379"),
        next(topology(2, List.of(Role.NONE, Role.REPLICA, Role.MASTER), 1)));
  }
}
