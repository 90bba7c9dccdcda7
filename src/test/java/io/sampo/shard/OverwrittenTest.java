package io.sampo.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.command.CommandTable;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Settings;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.server.command.Families;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What made way for a key is told to be gone, if there is no heap for the key. */
class OverwrittenTest {
  private final CommandTable commands =
      Families.offer(new io.sampo.server.config.Settings()).data();
  private final Notes notes = new Notes(-1);
  private final List<String> effects = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final Data data = new Data(0, new Settings(), System::currentTimeMillis);
  private final Executor executor =
      new Executor(
          new Executor.Services(
              1,
              Families.offer(new io.sampo.server.config.Settings()).sentinel().ids(),
              new Told(),
              new NoRoomForMore(),
              new Memory(1),
              notes,
              System::currentTimeMillis,
              () -> {},
              Runnable::run));

  private boolean full;

  /** Effects in words. */
  private final class Told implements Effects {
    @Override
    public boolean wanted() {
      return true;
    }

    @Override
    public void add(int db, Args request) {
      effects.add(request.text(0) + " " + request.text(1));
    }

    @Override
    public void add(int db, byte[]... request) {
      effects.add(Bytes.text(request[0]) + " " + Bytes.text(request[1]));
    }

    @Override
    public void commit() {}

    @Override
    public void flush() {}
  }

  /** Finds no heap for a new key, which is told of just before it is made. */
  private final class NoRoomForMore implements Events {
    @Override
    public boolean wanted(KeyEvent event) {
      return true;
    }

    @Override
    public void publish(KeyEvent event, String name, int db, byte[] key) {
      if (full && event == KeyEvent.NEW) {
        throw new OutOfMemoryError("on purpose");
      }
      events.add(name + " " + Bytes.text(key));
    }
  }

  private String run(String... words) {
    Frames frames = new Frames();
    Args args = Args.of(Stream.of(words).map(Bytes::ascii).toArray(byte[][]::new));
    frames.append(args);
    Batch batch = new Batch().of(done -> {}, new Nobody(), frames);
    batch.add(commands.find(args.array(), args.offset(0), args.length(0)), 0, Batch.PLAIN, 1);
    executor.run(batch);
    return Bytes.text(batch.replies());
  }

  private void tells(String... request) {
    executor.hold(data);
    run("SET", "key", "value");
    run("SET", "other", "old");
    effects.clear();
    events.clear();
    full = true;
    assertTrue(run(request).startsWith("-OOM "));
    full = false;
    assertTrue(data.has(0, Bytes.ascii("key")));
    assertFalse(data.has(0, Bytes.ascii("other")));
    assertTrue(effects.contains("DEL other"), effects::toString);
    assertTrue(events.contains("del other"), events::toString);
    assertEquals(List.of(), notes.torn());
  }

  @Test
  void byRename() {
    tells("RENAME", "key", "other");
  }

  @Test
  void byCopy() {
    tells("COPY", "key", "other", "REPLACE");
  }
}
