package io.sampo.shard;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Effects;
import io.sampo.command.KeySpec;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.Value;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.SetValue;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Db;
import io.sampo.persist.Crc64;
import io.sampo.persist.Dump;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import java.util.List;

/**
 * Follows a request that ran out of heap when it had changed a part of what it was to change: what
 * its keys hold now is accounted for, and told as a whole to whoever reads effects.
 */
final class HalfDone {
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] RESTORE = Bytes.ascii("RESTORE");
  private static final byte[] REPLACE = Bytes.ascii("REPLACE");
  private static final byte[] ABSTTL = Bytes.ascii("ABSTTL");

  private final Context context;
  private final Effects effects;

  HalfDone(Context context, Effects effects) {
    this.context = context;
    this.effects = effects;
    // Its tables take heap, and there is none when a dump is first wanted.
    Crc64.update(0, DEL, 0, 0);
  }

  /** Returns false if not all that may have changed could be told. */
  boolean follow(Command command, Args args) {
    if (context.isElsewhere()) {
      return false;
    }
    try {
      // The groups of streams are changed by what Redis says to be a reader.
      return follow(command, args, false) || follow(command, args, true);
    } catch (OutOfMemoryError full) {
      // Whoever called knows of the first one, and what to do if nothing helps.
      return false;
    }
  }

  private boolean follow(Command command, Args args, boolean readers) {
    int[] followed = {0};
    command.eachKey(
        args,
        new KeySpec.Visitor() {
          @Override
          public void key(int i) {
            HalfDone.this.follow(args, i);
            followed[0]++;
          }

          @Override
          public void key(int i, List<String> flags) {
            if (flags.contains("RO") == readers) {
              key(i);
            }
          }
        });
    return followed[0] > 0;
  }

  private void follow(Args args, int i) {
    Db db = context.db(args, i);
    int h = db.find(args.array(), args.offset(i), args.length(i));
    if (h != Db.NONE && db.isObject(h)) {
      Value value = db.value(h);
      if (isEmpty(value)) {
        db.remove(h);
        h = Db.NONE;
      } else {
        db.resized(h);
        if (value instanceof PartlyVolatile) {
          db.expiresInPart(h);
        }
      }
    }
    context.altered(args, i);
    if (!effects.wanted()) {
      return;
    }
    byte[] key = args.bytes(i);
    if (h == Db.NONE) {
      effects.add(context.dbIndex(), DEL, key);
    } else {
      byte[] when = Bytes.ascii(Long.toString(Math.max(0, db.expireAt(h))));
      byte[] value = Dump.of(db, h, false);
      effects.add(context.dbIndex(), RESTORE, key, when, value, REPLACE, ABSTTL);
    }
  }

  /** Whether a key with this value should not be. */
  private static boolean isEmpty(Value value) {
    return value instanceof ListValue list && list.size() == 0
        || value instanceof SetValue set && set.isEmpty()
        || value instanceof HashValue hash && hash.isEmpty()
        || value instanceof ZSetValue zset && zset.size() == 0;
  }
}
