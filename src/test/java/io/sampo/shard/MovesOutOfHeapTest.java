package io.sampo.shard;

import static io.sampo.testkit.FullHeap.check;

import io.sampo.testkit.FullHeap;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes from one list or set to another is not lost on its way when the heap runs out. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MovesOutOfHeapTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 24);

  @TempDir private Path directory;

  @Test
  void nothingIsLost() throws Exception {
    FullHeap.run(Trial.class, ROUNDS, directory, "-Xmx32m");
  }

  /** What runs in a JVM of its own. */
  static final class Trial implements CommandTrial.Script {
    private static final int ELEMENTS = 400;
    private static final List<String> LISTS = List.of("list:a", "list:b", "list:c");
    private static final List<String> SETS = List.of("set:a", "set:b", "set:c");
    private static final List<String> ENDS = List.of("LEFT", "RIGHT");

    private boolean filled;

    public static void main(String[] args) {
      FullHeap.main(args, seed -> new CommandTrial(seed, new Trial()));
    }

    @Override
    public List<String> keys() {
      return java.util.stream.Stream.of(LISTS, SETS).flatMap(List::stream).toList();
    }

    private static String pick(Random random, List<String> from) {
      return from.get(random.nextInt(from.size()));
    }

    private static String element(int i) {
      return i + "x".repeat(i % 7 == 0 ? 3000 : i % 100);
    }

    @Override
    public List<String> next(Random random) {
      String from = pick(random, LISTS);
      return switch (random.nextInt(4)) {
        case 0 -> List.of("RPOPLPUSH", from, pick(random, LISTS));
        case 1 ->
            List.of("SMOVE", pick(random, SETS), pick(random, SETS), element(random.nextInt(9)));
        case 2 ->
            List.of(
                "SMOVE", pick(random, SETS), pick(random, SETS), element(random.nextInt(ELEMENTS)));
        default ->
            List.of("LMOVE", from, pick(random, LISTS), pick(random, ENDS), pick(random, ENDS));
      };
    }

    @Override
    public void verify(CommandTrial trial) {
      if (!filled) {
        filled = true;
        for (int i = 0; i < ELEMENTS; i++) {
          trial.run("RPUSH", "list:a", element(i));
          trial.run("SADD", "set:a", element(i));
        }
      }
      int elements = LISTS.stream().mapToInt(key -> size(trial.run("LLEN", key))).sum();
      check(elements == ELEMENTS, elements + " elements of lists");
      for (int i = 0; i < ELEMENTS; i++) {
        String member = element(i);
        int in = SETS.stream().mapToInt(key -> size(trial.run("SISMEMBER", key, member))).sum();
        check(
            in == 1,
            "member " + member.substring(0, Math.min(9, member.length())) + " is in " + in);
      }
    }

    private static int size(String reply) {
      return Integer.parseInt(reply.substring(1).trim());
    }
  }
}
