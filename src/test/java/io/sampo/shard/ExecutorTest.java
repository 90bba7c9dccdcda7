package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.CommandTable;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.journal.Source;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.server.command.Families;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExecutorTest {
  private final CommandTable commands =
      Families.offer(new io.sampo.server.config.Settings()).data();
  private final Notes notes = new Notes(-1);

  /** Effects for which there is never room. */
  private static final class Full implements Effects {
    @Override
    public boolean wanted() {
      return true;
    }

    @Override
    public void add(int db, Args request) {
      throw new OutOfMemoryError("on purpose");
    }

    @Override
    public void add(int db, byte[]... request) {
      throw new OutOfMemoryError("on purpose");
    }

    @Override
    public void commit() {}

    @Override
    public void flush() {}
  }

  private String run(String... words) {
    Executor executor =
        new Executor(
            new Executor.Services(
                1,
                Families.offer(new io.sampo.server.config.Settings()).sentinel().ids(),
                new Full(),
                Events.NONE,
                new Memory(1),
                notes,
                System::currentTimeMillis,
                () -> {}));
    executor.hold(new Data(0, new Settings(), System::currentTimeMillis));
    Frames frames = new Frames();
    Args args = Args.of(Stream.of(words).map(Bytes::ascii).toArray(byte[][]::new));
    frames.append(args);
    Batch batch = new Batch().of(done -> {}, new Source(16), frames);
    batch.add(commands.find(args.array(), args.offset(0), args.length(0)), 0, Batch.PLAIN, 1);
    executor.run(batch);
    return Bytes.text(batch.replies());
  }

  /** Else replicas and files would go on without what the data has. */
  @Test
  void aChangeThatNobodyCanBeToldOfTearsTheData() {
    assertTrue(run("SET", "key", "value").startsWith("-OOM "));
    assertEquals(List.of("set"), notes.torn());
  }

  @Test
  void withoutAChangeNothingIsTorn() {
    assertEquals(":0\r\n", run("DEL", "key"));
    assertEquals(List.of(), notes.torn());
  }
}
