package io.sampo.server.command;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.Events;
import io.sampo.journal.Source;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.persist.AofDirectory;
import io.sampo.persist.DamagedFile;
import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RequestDecoder;
import io.sampo.resp.RespError;
import io.sampo.server.Admission;
import io.sampo.server.AofLoad;
import io.sampo.server.Node;
import io.sampo.server.Session;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG LOADAOF: drops all data and loads what the append-only file has, which stops the whole
 * server for as long as it takes. All of it happens here, for all shards are held.
 */
final class AofReload implements AofLoad.Into {
  private static final Logger LOG = LoggerFactory.getLogger(AofReload.class);
  private static final RespError FAILED =
      new RespError("ERR Error trying to load the AOF files, check server logs.");
  private static final RequestDecoder.Limits NO_LIMITS =
      new RequestDecoder.Limits(Long.MAX_VALUE, Integer.MAX_VALUE);

  private final Node node;
  private final Context lent;
  private final ReplyWriter out = new ReplyWriter(1 << 12);
  private final Context context;
  private final Args args = new Args();
  private final Source source;
  private long entries;
  private String wrong = "";

  private AofReload(Context lent) {
    this.lent = lent;
    node = Session.of(lent).node;
    source = new Source(lent.databases());
    context = new Context(out, lent.shards(), Effects.NONE, Events.NONE, new Context.Counters());
  }

  static void run(Context c, Args a) {
    AofReload reload = new AofReload(c);
    reload.hold(true);
    try {
      reload.load();
    } catch (IOException | DamagedFile e) {
      LOG.warn("DEBUG LOADAOF: {}", e.getMessage());
      throw FAILED;
    } finally {
      reload.hold(false);
    }
    LOG.warn("Append Only File loaded by DEBUG LOADAOF");
    c.out().ok();
  }

  private void hold(boolean yes) {
    for (int s = 0; s < lent.shards(); s++) {
      context.lend(s, lent.keyspace(s), lent.watches(s), lent.waits(s));
      lent.keyspace(s).showExpired(yes);
    }
  }

  private void load() throws IOException {
    node.aof.flush();
    AofDirectory directory = node.settings.appendDirectory();
    directory.read();
    for (int s = 0; s < lent.shards(); s++) {
      for (int i = 0; i < lent.databases(); i++) {
        lent.keyspace(s).db(i).clear();
      }
    }
    AofLoad.load(node, directory, this);
  }

  // --- where it goes

  @Override
  public void entry(int index, byte[] key, Entry entry) throws IOException {
    if (index >= lent.databases()) {
      throw new IOException("there is no database " + index);
    }
    Db into = lent.db(key, index);
    into.put(key, 0, key.length, entry);
    entries++;
  }

  @Override
  public long entriesEnd() {
    return entries;
  }

  @Override
  public void begin() {
    source.select(0);
  }

  @Override
  public void requests(byte[] run) {
    Frames frames = new Frames();
    new RequestDecoder(NO_LIMITS).decode(run, 0, run.length, frames);
    for (int i = 0; i < frames.count(); i++) {
      args.at(frames, i);
      Command command = Admission.resolve(node.commands, args);
      if (command == Admission.UNKNOWN || !command.accepts(args.count())) {
        wrong = "Unknown command '" + args.text(0) + "'";
      } else if (command.place != Command.Place.DISPATCH) {
        context.begin(source, lent.now());
        run(command);
      }
    }
  }

  private void run(Command command) {
    try {
      command.handler.run(context, args);
    } catch (RespError e) {
      LOG.warn("{} in the append only file was refused: {}", command, e.getMessage());
    }
    out.truncate(0);
  }

  @Override
  public void requestsEnd() {
    // They have been carried out one by one.
  }

  @Override
  public void place(String where) {
    // The stream goes on where it is, with what has been there before.
  }

  @Override
  public String wrong() {
    return wrong;
  }
}
