package io.sampo.replication;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Of which history the data in an RDB file is, and up to where, so that who loads it can go on from
 * there. In the file these are three fields of Redis's, and one of ours before them.
 *
 * @param db the database that the stream has selected there
 * @param term the last term of a replica set of which the data has the beginning; 0 if none
 */
public record Lineage(String id, long offset, int db, long term) {
  private static final String TERM = "sampo-term";
  private static final String DB = "repl-stream-db";
  private static final String ID = "repl-id";
  private static final String OFFSET = "repl-offset";

  /** The fields by name. */
  Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    if (term > 0) {
      fields.put(TERM, String.valueOf(term));
    }
    fields.put(DB, String.valueOf(db));
    fields.put(ID, id);
    fields.put(OFFSET, String.valueOf(offset));
    return fields;
  }

  /** Gathers the fields, as they are read, among others. */
  public static final class Reader {
    private String id = "";
    private long offset = -1;
    private int db = -1;
    private long term;

    /**
     * Takes a field, if it is one of these.
     *
     * @return all, if this was the last that was missing
     * @throws IOException if it has no such value
     */
    public Optional<Lineage> field(String name, String value) throws IOException {
      try {
        switch (name) {
          case DB -> db = Integer.parseInt(value);
          case ID -> id = value;
          case OFFSET -> offset = Long.parseLong(value);
          case TERM -> term = Long.parseLong(value);
          default -> {
            return Optional.empty();
          }
        }
      } catch (NumberFormatException e) {
        throw new IOException("the field " + name + " is no number: " + value, e);
      }
      // Old versions of Redis wrote a database of -1, and such files do not tell enough.
      return isComplete() ? Optional.of(new Lineage(id, offset, db, term)) : Optional.empty();
    }

    private boolean isComplete() {
      return id.length() == History.NONE.length() && offset >= 0 && db >= 0;
    }

    /** The database, 0 if nothing is said. */
    public int db() {
      return Math.max(0, db);
    }
  }
}
