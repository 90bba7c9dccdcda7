package io.sampo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.opentest4j.AssertionFailedError;

/** The oracle notices what it is there to notice. */
class DifferentialTest {
  @AgainstRedis
  void equalRepliesPass(Differential pair) {
    assertEquals("OK", pair.same("SET", "k", "v").text());
    pair.same("GET", "k");
    pair.same("GET", "missing");
    pair.same("INCR", "k");
    pair.samePipelined(List.of(new String[] {"PING"}, new String[] {"GET", "k"}));
    pair.same("NOSUCHCOMMAND", "with", "arguments");
  }

  @AgainstRedis
  void aDifferenceFailsWithTheCommandsBefore(Differential pair) {
    pair.redis().call("SET", "k", "only there");
    pair.same("PING");
    AssertionFailedError failure =
        assertThrows(AssertionFailedError.class, () -> pair.same("GET", "k"));
    assertTrue(failure.getMessage().contains("only there"), failure.getMessage());
    assertTrue(failure.getMessage().contains("PING"), failure.getMessage());
  }

  @AgainstRedis
  void aDifferentTypeIsADifference(Differential pair) {
    pair.redis().call("SET", "k", "1");
    assertThrows(AssertionFailedError.class, () -> pair.sameTypeOnly("GET", "k"));
  }

  @AgainstRedis
  void everyTestFindsTheServersEmpty(Differential pair) {
    assertEquals(0, pair.same("DBSIZE").number());
  }

  @AgainstRedis
  void aBrokenFrameIsAnsweredAndTheConnectionClosed(Differential pair) {
    pair.sameToTheEnd(new byte[] {'*', 'x', '\r', '\n'});
  }

  @AgainstRedis
  void randomCommandsAgree(Differential pair) {
    pair.random(
        1,
        random -> {
          String key = "k" + random.nextInt(5);
          return switch (random.nextInt(4)) {
            case 0 -> new String[] {"SET", key, "" + random.nextInt(10)};
            case 1 -> new String[] {"INCR", key};
            case 2 -> new String[] {"DEL", key};
            default -> new String[] {"GET", key};
          };
        },
        500);
  }
}
