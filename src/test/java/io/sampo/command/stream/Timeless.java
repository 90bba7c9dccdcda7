package io.sampo.command.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.testkit.Differential;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Compares what is told of streams but for what is of the clock. */
final class Timeless {
  private Timeless() {}

  /** What Redis 7.0 does not tell, or what is no business of a user's, or of the clock. */
  private static final Set<String> UNCOMPARED =
      Set.of("active-time", "inactive", "idle", "seen-time");

  /** As {@link Differential#say}, clocks apart. */
  static void sayTimeless(Differential pair, String... lines) {
    for (String line : lines) {
      String[] command = line.split(" ", -1);
      WireReply ours = timeless(pair.sampo().call(command));
      WireReply theirs = timeless(pair.redis().call(command));
      assertEquals(theirs, ours, line);
    }
  }

  private static WireReply timeless(WireReply reply) {
    if (reply.elements().isEmpty()) {
      boolean clock = reply.type() == ':' && reply.number() > 1_000_000_000_000L;
      return clock ? new WireReply(':', "now", List.of()) : reply;
    }
    List<WireReply> elements = new ArrayList<>();
    List<WireReply> from = reply.elements();
    // An entry of XPENDING: ID, consumer, milliseconds, deliveries.
    boolean pending = from.size() == 4 && from.get(2).type() == ':' && from.get(3).type() == ':';
    for (int i = 0; i < from.size(); i++) {
      if (UNCOMPARED.contains(from.get(i).text())) {
        i++;
      } else if (pending && i == 2) {
        elements.add(new WireReply(':', "idle", List.of()));
      } else {
        elements.add(timeless(from.get(i)));
      }
    }
    return new WireReply(reply.type(), reply.text(), elements);
  }

  static void everything(Differential pair, String key) {
    pair.say("XRANGE " + key + " - +", "XREVRANGE " + key + " + -", "XLEN " + key);
    sayTimeless(pair, "XINFO STREAM " + key, "XINFO STREAM " + key + " FULL COUNT 0");
    sayTimeless(pair, "XINFO GROUPS " + key, "XINFO STREAM " + key + " FULL");
  }
}
