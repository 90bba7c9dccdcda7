package io.sampo.command;

import io.sampo.keyspace.DbKey;
import java.util.List;

/** Which keys of one shard clients are blocked on. */
public interface Waits {
  Waits NONE =
      new Waits() {
        @Override
        public boolean isEmpty() {
          return true;
        }

        @Override
        public boolean contains(DbKey key) {
          return false;
        }

        @Override
        public List<DbKey> keys(int db) {
          return List.of();
        }
      };

  /** Whether nobody waits for anything. */
  boolean isEmpty();

  /** Whether somebody waits for this key. */
  boolean contains(DbKey key);

  /** The keys of a database that somebody waits for. */
  List<DbKey> keys(int db);
}
