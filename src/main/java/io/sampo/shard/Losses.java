package io.sampo.shard;

import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.keyspace.Listener;
import io.sampo.resp.Bytes;
import java.util.List;

/** Lets what leaves the keyspace by itself leave it as if somebody had deleted it. */
final class Losses implements Listener {
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] HDEL = Bytes.ascii("HDEL");

  private final Context context;
  private final Effects effects;

  Losses(Context context, Effects effects) {
    this.context = context;
    this.effects = effects;
  }

  @Override
  public void expired(Db db, byte[] key) {
    gone(db, key, KeyEvent.EXPIRED, "expired");
  }

  @Override
  public void evicted(Db db, byte[] key) {
    gone(db, key, KeyEvent.EVICTED, "evicted");
  }

  private void gone(Db db, byte[] key, KeyEvent event, String name) {
    context.lost(db.index(), key, event, name);
    if (effects.wanted()) {
      effects.add(db.index(), DEL, key);
    }
  }

  @Override
  public void added(Db db, byte[] key) {
    context.added(db.index(), key);
  }

  @Override
  public void partsExpired(Db db, byte[] key, List<byte[]> parts) {
    context.lost(db.index(), key, KeyEvent.HASH, "hexpired");
    if (effects.wanted()) {
      byte[][] request = new byte[parts.size() + 2][];
      request[0] = HDEL;
      request[1] = key;
      for (int i = 0; i < parts.size(); i++) {
        request[i + 2] = parts.get(i);
      }
      effects.add(db.index(), request);
    }
  }

  @Override
  public void emptied(Db db, byte[] key) {
    context.lost(db.index(), key, KeyEvent.GENERIC, "del");
  }
}
