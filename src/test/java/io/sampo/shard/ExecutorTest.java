package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.Advance;
import io.sampo.command.Advanced;
import io.sampo.command.Command;
import io.sampo.command.CommandTable;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.data.Limits;
import io.sampo.journal.Source;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.Late;
import io.sampo.resp.RespError;
import io.sampo.server.command.Families;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
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

  private Executor executor(java.util.concurrent.Executor aside) {
    return new Executor(
        new Executor.Services(
            1,
            Families.offer(new io.sampo.server.config.Settings()).sentinel().ids(),
            new Full(),
            Events.NONE,
            new Memory(1),
            notes,
            System::currentTimeMillis,
            () -> {},
            aside));
  }

  private String run(String... words) {
    Executor executor = executor(Runnable::run);
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

  /** A command whose reply is made late, by this. */
  private static Command late(Supplier<List<byte[]>> reply) {
    Late late =
        new Late() {
          @Override
          public long size() {
            return 10;
          }

          @Override
          public List<byte[]> make() {
            return reply.get();
          }
        };
    return Command.cmd(
        "late", 1, "", "", "1.0.0", "O(1)", "", "None.", (c, a) -> c.out().late(late));
  }

  @Test
  void whatCannotBeMadeIsAnsweredWithAnError() {
    List<Runnable> tasks = new ArrayList<>();
    Executor executor = executor(tasks::add);
    executor.hold(new Data(0, new Settings(), System::currentTimeMillis));
    Command made = late(() -> List.of(Bytes.ascii(":"), Bytes.ascii("1")));
    Command full =
        late(
            () -> {
              throw new OutOfMemoryError("on purpose");
            });
    Command wrong =
        late(
            () -> {
              throw new AssertionError("on purpose");
            });
    Command echo = commands.find(Bytes.ascii("echo"), 0, 4);
    List<Batch> done = new ArrayList<>();
    Frames frames = new Frames();
    Args args = Args.of(Bytes.ascii("ECHO"), Bytes.ascii("x"));
    frames.append(args);
    Batch batch = new Batch().of(done::add, new Nobody(), frames);
    Transaction transaction = new Transaction();
    for (Command command : List.of(made, full, wrong, echo)) {
      if (command != echo) {
        new CommandTable().add("string", List.of(command));
      }
      batch.add(command, 0, Batch.PLAIN, 1);
      transaction.queue(command, args, 1);
      batch.add(command, 0, Batch.SILENT, 1);
    }
    batch.add(commands.find(Bytes.ascii("exec"), 0, 4), 0, transaction, 1);
    executor.run(batch);
    executor.complete(batch);
    assertEquals(List.of(), done);
    tasks.forEach(Runnable::run);
    assertEquals(List.of(batch), done);
    assertFalse(batch.isLost());
    StringBuilder replies = new StringBuilder();
    batch.eachPiece(
        0,
        batch.replies().length,
        (a, offset, length) ->
            replies.append(Bytes.text(Arrays.copyOfRange(a, offset, offset + length))));
    String each =
        ":1\r\n-OOM the heap is too small for this command\r\n"
            + "-ERR internal error in '%s'\r\n$1\r\nx\r\n";
    assertEquals(each.formatted("late") + "*4\r\n" + each.formatted("exec"), replies.toString());
    assertEquals(List.of(), notes.torn());
  }

  /** A write command of which all is done in advance, by this. */
  private static Command ahead(Supplier<Object> work) {
    Advance advance =
        new Advance() {
          @Override
          public boolean pays(Args a) {
            return true;
          }

          @Override
          public Object work(Args a, Limits limits) {
            return work.get();
          }
        };
    Command command =
        Command.cmd(
            "ahead",
            2,
            "write",
            "",
            "1.0.0",
            "O(1)",
            "",
            "None.",
            (c, a) -> c.out().simple(c.advanced(String.class).orElse("none")));
    new CommandTable().add("string", List.of(command.advance(advance)));
    return command;
  }

  @Test
  void whatGoesWrongInAdvanceIsAnsweredWithAnError() {
    Executor executor = executor(Runnable::run);
    executor.hold(new Data(0, new Settings(), System::currentTimeMillis));
    Frames frames = new Frames();
    Args args = Args.of(Bytes.ascii("AHEAD"), Bytes.ascii("x"));
    frames.append(args);
    Batch batch = new Batch().of(done -> {}, new Nobody(), frames);
    List<Supplier<Object>> works =
        List.of(
            () -> "done",
            () -> {
              throw new RespError("WRONG argument");
            },
            () -> {
              throw new OutOfMemoryError("on purpose");
            },
            () -> {
              throw new AssertionError("on purpose");
            });
    for (Supplier<Object> work : works) {
      Command command = ahead(work);
      batch.add(command, 0, Advanced.of(command, args, new Limits()), 1);
      batch.add(command, 0, Batch.PLAIN, 1);
    }
    executor.run(batch);
    assertEquals(
        "+done\r\n+none\r\n-WRONG argument\r\n+none\r\n"
            + "-OOM the heap is too small for this command\r\n+none\r\n"
            + "-ERR internal error in 'ahead'\r\n+none\r\n",
        Bytes.text(batch.replies()));
    assertEquals(List.of(), notes.torn());
  }

  @Test
  void withoutAChangeNothingIsTorn() {
    assertEquals(":0\r\n", run("DEL", "key"));
    assertEquals(List.of(), notes.torn());
  }
}
