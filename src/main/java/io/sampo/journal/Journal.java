package io.sampo.journal;

import io.sampo.command.Effects;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The one order of everything that changes data, and its offset in bytes. Executors append groups
 * of effects through {@link #writer writers} of their own, from any thread and before the replies
 * leave; an append file and replicas read. While nobody reads, nothing is built and the offset
 * stands still.
 */
public final class Journal {
  /** Takes the stream as it grows. Called in order, by one thread at a time, and must be quick. */
  @FunctionalInterface
  public interface Reader {
    /**
     * @param offset of the first of these bytes
     * @param bytes has, from {@code from} on, so many bytes of whole requests, encoded as arrays of
     *     bulk strings; to be neither changed nor kept
     */
    void append(long offset, byte[] bytes, int from, int length);

    /**
     * As {@link #append}, of a request that changes no data: it counts in the offset, as replicas
     * get it, but there is no need to keep it.
     */
    default void signal(long offset, byte[] bytes) {
      append(offset, bytes, 0, bytes.length);
    }

    /** The stream begins, or goes on as that of another history, at this offset. */
    default void restart(long offset) {}
  }

  private static final int NO_DB = -1;
  private static final byte[] MULTI = Bytes.ascii("*1\r\n$5\r\nMULTI\r\n");
  private static final byte[] EXEC = Bytes.ascii("*1\r\n$4\r\nEXEC\r\n");
  private static final byte[] SELECT = Bytes.ascii("SELECT");

  private volatile Reader[] readers = {};

  /** Whether anybody reads, and effects of our own. */
  private volatile boolean read;

  private volatile boolean wanted;
  private volatile boolean relaying;
  private volatile long offset;

  /** The database that the stream's last SELECT chose. */
  private int selected = NO_DB;

  /**
   * Adds a reader of what is appended from now on. The first thing it sees is a SELECT, but for a
   * stream that is {@link #relaying relayed}, of which {@link #selected} tells the database.
   */
  public synchronized void add(Reader reader) {
    reader.restart(offset);
    Reader[] more = Arrays.copyOf(readers, readers.length + 1);
    more[readers.length] = reader;
    readers = more;
    judge();
    selectAnew();
  }

  public synchronized void remove(Reader reader) {
    readers = Stream.of(readers).filter(other -> other != reader).toArray(Reader[]::new);
    judge();
  }

  private void judge() {
    read = readers.length > 0;
    wanted = read && !relaying;
  }

  /** How many bytes have been appended in all, those of the history gone on from included. */
  public long offset() {
    return offset;
  }

  /** The database that the stream's last SELECT chose, or -1 if the next request brings one. */
  public synchronized int selected() {
    return selected;
  }

  /** The SELECT that a file needs which begins here; empty if the next request brings one. */
  public synchronized byte[] selection() {
    ReplyWriter out = new ReplyWriter(32);
    if (selected != NO_DB) {
      select(out, selected);
    }
    return out.toByteArray();
  }

  /** Goes on at an offset of another history. Nothing may be appended meanwhile. */
  public synchronized void restart(long newOffset) {
    offset = newOffset;
    selected = NO_DB;
    for (Reader reader : readers) {
      reader.restart(newOffset);
    }
  }

  /** Has the next group begin with a SELECT, for whoever reads from there on. */
  public synchronized void selectAnew() {
    if (!relaying) {
      selected = NO_DB;
    }
  }

  /**
   * Says whether the stream is a master's from now on, with nothing of our own in it. All data has
   * to stand still meanwhile.
   */
  public synchronized void relaying(boolean yes) {
    relaying = yes;
    judge();
    selectAnew();
  }

  /** Whether the stream is a master's. */
  public boolean isRelaying() {
    return relaying;
  }

  /**
   * Appends a piece of the master's stream as it is.
   *
   * @param db the database that is selected behind it
   */
  public synchronized void relay(byte[] bytes, int db) {
    selected = db;
    long at = offset;
    offset = at + bytes.length;
    if (bytes.length > 0) {
      for (Reader reader : readers) {
        reader.append(at, bytes, 0, bytes.length);
      }
    }
  }

  /**
   * Appends a request that changes no data, such as PING; it is dropped if nobody reads, or if the
   * stream is a master's.
   *
   * @param request encoded
   */
  public synchronized void signal(byte[] request) {
    if (wanted) {
      long at = offset;
      offset = at + request.length;
      for (Reader reader : readers) {
        reader.signal(at, request);
      }
    }
  }

  /** Effects that are appended here; for one executor alone. */
  public Effects writer() {
    return new Writer();
  }

  private synchronized void append(int firstDb, int lastDb, byte[] groups, int from, int length) {
    if (firstDb != selected) {
      ReplyWriter all = new ReplyWriter(length + 64);
      select(all, firstDb);
      all.raw(groups, from, length);
      append(lastDb, all.array(), 0, all.position());
    } else {
      append(lastDb, groups, from, length);
    }
  }

  private void append(int lastDb, byte[] bytes, int from, int length) {
    selected = lastDb;
    long at = offset;
    offset = at + length;
    for (Reader reader : readers) {
      reader.append(at, bytes, from, length);
    }
  }

  private static void select(ReplyWriter out, int db) {
    out.array(2);
    out.bulk(SELECT);
    out.bulk(db);
  }

  /**
   * Gathers groups of effects, each those of one command or transaction, until they are flushed:
   * one look at the journal for a whole batch. Requests that came one behind the other, as they are
   * to be appended, are not even copied here.
   */
  private final class Writer implements Effects {
    private static final byte[] NOTHING = new byte[0];

    private final ReplyWriter out = new ReplyWriter(256);

    /** Where there is more, behind what {@link #out} has: in a buffer that requests came in. */
    private byte[] piece = NOTHING;

    private int pieceFrom;
    private int pieceEnd;

    /** Where the group that has not been committed begins, and how many requests it has. */
    private int group;

    private int requests;

    /** Whether the group begins with MULTI. */
    private boolean opened;

    /** The databases of the first and the last request since the last flush. */
    private int firstDb = NO_DB;

    private int db = NO_DB;

    // As it was before the request that is being added.
    private int oldEnd;
    private byte[] oldPiece = NOTHING;
    private int oldPieceFrom;
    private int oldPieceEnd;
    private int oldGroup;
    private int oldFirstDb;
    private int oldDb;

    @Override
    public boolean wanted() {
      return wanted;
    }

    @Override
    public void add(int dbIndex, Args request) {
      if (!wanted || goesOn(dbIndex, request)) {
        return;
      }
      mark();
      try {
        begin(dbIndex);
        add(request);
      } catch (OutOfMemoryError full) {
        takeBack();
        throw full;
      }
      requests++;
    }

    @Override
    public void add(int dbIndex, byte[]... request) {
      if (!wanted) {
        return;
      }
      mark();
      try {
        begin(dbIndex);
        unite();
        out.array(request.length);
        for (byte[] part : request) {
          out.bulk(part);
        }
      } catch (OutOfMemoryError full) {
        takeBack();
        throw full;
      }
      requests++;
    }

    private void add(Args request) {
      int from = request.encoded();
      if (from >= 0) {
        if (request.array() != piece || from != pieceEnd) {
          unite();
          piece = request.array();
          pieceFrom = from;
        }
        pieceEnd = request.encodedEnd();
        return;
      }
      unite();
      out.array(request.count());
      for (int i = 0; i < request.count(); i++) {
        out.bulk(request.array(), request.offset(i), request.length(i));
      }
    }

    private int position() {
      return out.position() + pieceEnd - pieceFrom;
    }

    /** Has everything in one buffer. */
    private void unite() {
      if (pieceEnd > pieceFrom) {
        out.raw(piece, pieceFrom, pieceEnd - pieceFrom);
        piece = NOTHING;
        pieceFrom = 0;
        pieceEnd = 0;
      }
    }

    /** Has the piece be longer, if this request is a group of its own that is what follows it. */
    private boolean goesOn(int dbIndex, Args request) {
      boolean follows =
          requests == 0
              && db == dbIndex
              && request.array() == piece
              && request.encoded() == pieceEnd;
      if (follows) {
        pieceEnd = request.encodedEnd();
        requests = 1;
      }
      return follows;
    }

    private void mark() {
      if (requests == 1 && !opened) {
        open();
      }
      oldEnd = out.position();
      oldPiece = piece;
      oldPieceFrom = pieceFrom;
      oldPieceEnd = pieceEnd;
      oldGroup = group;
      oldFirstDb = firstDb;
      oldDb = db;
    }

    /** Half of a request would make nonsense of all that follows. */
    private void takeBack() {
      out.truncate(oldEnd);
      piece = oldPiece;
      pieceFrom = oldPieceFrom;
      pieceEnd = oldPieceEnd;
      group = oldGroup;
      firstDb = oldFirstDb;
      db = oldDb;
    }

    private void begin(int dbIndex) {
      if (db == NO_DB) {
        firstDb = dbIndex;
      } else if (db != dbIndex) {
        unite();
        select(out, dbIndex);
        group = requests == 0 ? out.position() : group;
      }
      db = dbIndex;
    }

    /** The group becomes one of several requests, so that MULTI has to stand before it. */
    private void open() {
      unite();
      int length = out.position() - group;
      out.raw(MULTI, 0, MULTI.length);
      System.arraycopy(out.array(), group, out.array(), group + MULTI.length, length);
      System.arraycopy(MULTI, 0, out.array(), group, MULTI.length);
      opened = true;
    }

    @Override
    public void commit() {
      if (opened) {
        unite();
        out.raw(EXEC, 0, EXEC.length);
      }
      opened = false;
      requests = 0;
      group = position();
    }

    @Override
    public void flush() {
      commit();
      if (group > 0) {
        if (out.position() == 0) {
          append(firstDb, db, piece, pieceFrom, pieceEnd - pieceFrom);
        } else {
          unite();
          append(firstDb, db, out.array(), 0, out.position());
        }
        out.clear();
        piece = NOTHING;
        oldPiece = NOTHING;
        pieceFrom = 0;
        pieceEnd = 0;
        group = 0;
        db = NO_DB;
      }
    }
  }
}
