package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.Client;
import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever was slow is not blamed on others: at worst it is said that it was one of several. */
class StreakTest {
  private static final long SLOW_NANOS = 20_000_000;
  private static final Command GET = constant("get");
  private static final Command SET = constant("set");

  private final Notes notes = new Notes(SLOW_NANOS);
  private final CommandStats stats = new CommandStats(2);
  private final Args args = new Args();
  private long now;
  private final Streak streak = new Streak(stats, notes, args, () -> now);
  private final Client client = new Nobody();

  private static Command constant(String name) {
    return command(name, "", "O(1)");
  }

  private static Command command(String name, String words, String complexity) {
    return Command.cmd(name, 2, words, "", "1.0.0", complexity, "key", "Test.", (c, a) -> {});
  }

  StreakTest() {
    new CommandTable().add("string", List.of(GET, SET));
  }

  private void run(Command command, String key, int millis) {
    args.at(Args.of(Bytes.ascii(command.name), Bytes.ascii(key)));
    streak.begin(client, command);
    now += millis * 1_000_000L;
    streak.ran(client, 5);
  }

  @Test
  void aSlowRequestIsNotConfusedWithTheNextOne() {
    streak.start();
    run(SET, "slow", 25);
    run(GET, "next", 0);
    streak.end(client);
    assertEquals(List.of("set slow after 0"), notes.slow());
  }

  @Test
  void oneOfSeveralIsSaidToBeThat() {
    streak.start();
    run(GET, "a", 0);
    run(GET, "b", 25);
    run(GET, "c", 0);
    run(SET, "d", 0);
    streak.end(client);
    assertEquals(List.of("get c after 2"), notes.slow());
    assertEquals(3, stats.calls[GET.id()]);
  }

  @Test
  void nobodyHidesAmongVeryMany() {
    streak.start();
    for (int i = 1; i <= 1_000; i++) {
      run(GET, "k" + i, i == 500 ? 25 : 0);
    }
    streak.end(client);
    assertEquals(1, notes.slow().size());
    assertEquals("get k512 after 63", notes.slow().get(0));
    assertEquals(1_000, stats.calls[GET.id()]);
  }

  @Test
  void whatDependsOnTheDataIsTimedByItself() {
    List<Command> alone =
        List.of(
            command("lrange", "readonly", "O(S+N)"), command("zremrange", "write", "O(log(N)+M)"));
    List<Command> together =
        List.of(
            command("zadd", "write", "O(log(N))"), command("zrange", "readonly", "O(log(N)+M)"));
    new CommandTable().add("sorted-set", alone).add("list", together);
    for (List<Command> commands : List.of(alone, together)) {
      for (Command command : commands) {
        Streak its = new Streak(new CommandStats(4), notes, args, () -> now);
        its.start();
        for (int i = 0; i < 3; i++) {
          args.at(Args.of(Bytes.ascii(command.name), Bytes.ascii("k" + i)));
          its.begin(client, command);
          now += i == 0 ? SLOW_NANOS : 0;
          its.ran(client, 5);
        }
        its.end(client);
      }
    }
    assertEquals(
        List.of(
            "lrange k0 after 0", "zremrange k0 after 0", "zadd k2 after 2", "zrange k2 after 2"),
        notes.slow());
  }

  @Test
  void bigRequestsAreTimedByThemselves() {
    streak.start();
    run(SET, "a", 0);
    run(SET, "big" + "x".repeat(20_000), 25);
    run(SET, "b", 0);
    streak.end(client);
    assertEquals(1, notes.slow().size());
    assertTrue(
        notes.slow().get(0).startsWith("set big") && notes.slow().get(0).endsWith(" after 0"));
  }
}
