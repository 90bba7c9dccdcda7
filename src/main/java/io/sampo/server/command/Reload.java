package io.sampo.server.command;

import io.sampo.command.Context;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Entry;
import io.sampo.persist.Crc64;
import io.sampo.persist.NewFile;
import io.sampo.persist.RdbReader;
import io.sampo.persist.RdbWriter;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DEBUG RELOAD: saves all data, drops it, and loads it again, which stops the whole server for as
 * long as it takes.
 */
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
  private static final RespError OPTIONS =
      new RespError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
  private static final RespError NOT_SAVED = new RespError("ERR");
  private static final RespError NOT_LOADED =
      new RespError("ERR Error trying to load the RDB dump");
  private static final int CHUNK = 1 << 16;
  private static final int STEP = 256;

  private final Context c;
  private final Node node;
  private long checksum;

  private Reload(Context c) {
    this.c = c;
    node = Session.of(c).node;
  }

  static void run(Context c, Args a) {
    boolean save = true;
    boolean flush = true;
    boolean merge = false;
    for (int i = 2; i < a.count(); i++) {
      if (a.is(i, "nosave")) {
        save = false;
      } else if (a.is(i, "noflush")) {
        flush = false;
      } else if (a.is(i, "merge")) {
        merge = true;
      } else {
        throw OPTIONS;
      }
    }
    Reload reload = new Reload(c);
    Path file = reload.node.saves.file();
    if (save) {
      reload.save(file);
    }
    if (flush) {
      reload.flush();
    }
    reload.load(file, merge);
    LOG.warn("DB reloaded by DEBUG RELOAD");
    c.out().ok();
  }

  private void save(Path file) {
    try (NewFile to = new NewFile(file, false)) {
      write(to);
      to.commit();
    } catch (IOException e) {
      LOG.warn("Saving the DB to {} failed: {}", file, e.toString());
      throw NOT_SAVED;
    }
  }

  private void write(NewFile file) throws IOException {
    RdbWriter out = new RdbWriter(node.settings.rdbcompression.get());
    out.header();
    for (int s = 0; s < c.shards(); s++) {
      // What has expired unseen is kept: to drop it would be a change.
      c.keyspace(s).showExpired(true);
      for (int i = 0; i < c.databases(); i++) {
        write(c.keyspace(s).db(i), out, file);
      }
      c.keyspace(s).showExpired(false);
    }
    out.end();
    write(out, file);
    byte[] sum = new byte[Long.BYTES];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = (byte) (checksum >>> 8 * i);
    }
    file.write(sum);
  }

  private void write(Db db, RdbWriter out, NewFile file) throws IOException {
    if (db.size() == 0) {
      return;
    }
    out.selectDb(db.index());
    long cursor = 0;
    do {
      cursor = db.scan(cursor, STEP, h -> out.entry(db, h));
      if (out.size() > CHUNK) {
        write(out, file);
      }
    } while (cursor != 0);
  }

  private void write(RdbWriter out, NewFile file) throws IOException {
    byte[] bytes = out.take();
    if (node.settings.rdbchecksum.get()) {
      checksum = Crc64.update(checksum, bytes, 0, bytes.length);
    }
    file.write(bytes);
  }

  private void flush() {
    for (int s = 0; s < c.shards(); s++) {
      for (int i = 0; i < c.databases(); i++) {
        c.keyspace(s).db(i).clear();
      }
    }
  }

  private void load(Path file, boolean merge) {
    try (InputStream in = Files.newInputStream(file)) {
      new RdbReader(in, node.keyspaces.limits(), node.settings.rdbchecksum.get())
          .read((db, key, entry) -> put(db, key, entry, merge));
    } catch (IOException e) {
      LOG.warn("Loading {} failed: {}", file, e.toString());
      throw NOT_LOADED;
    }
  }

  private void put(int index, byte[] key, Entry entry, boolean merge) throws IOException {
    if (index >= c.databases()) {
      throw new IOException("there is no database " + index);
    }
    boolean expires = entry.expireAt() != Db.NO_EXPIRY;
    if (expires && entry.expireAt() <= c.now() && !c.db(key, index).replica()) {
      return;
    }
    Db db = c.db(key, index);
    if (!merge && db.find(key, 0, key.length) != Db.NONE) {
      throw new IOException("a key is there twice");
    }
    db.put(key, 0, key.length, entry);
  }
}
