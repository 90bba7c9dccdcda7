package io.sampo.data.stream;

import io.sampo.data.ListPack;
import io.sampo.data.NodePage;
import io.sampo.data.Words;
import io.sampo.resp.Args;
import java.util.Arrays;

/**
 * Some consecutive entries of a stream in one {@link ListPack}, laid out as Redis does (described
 * at the head of its t_stream.c), so that snapshots take it as it is. The first entry's fields are
 * the master fields; an entry that has the same ones holds its values only. IDs are kept as
 * differences from the node's.
 *
 * <pre>
 * master  entries, deleted entries, number of fields, fields, 0
 * entry   flags, ms, seq, [number of fields,] [field,] value ..., number of elements before this
 * </pre>
 */
final class StreamNode implements IdIndex.Item {
  static final StreamNode NONE = new StreamNode(0, 0, ListPack.create());

  static final int DELETED = 1;
  static final int SAME_FIELDS = 2;

  /** Object header, ID and reference. */
  static final int OBJECT_BYTES = 40;

  /** Elements of an entry beside fields and values; its number of fields is another one. */
  private static final int OWN_ELEMENTS = 3;

  /** A guess at what an element takes beside its bytes. */
  private static final int ELEMENT_OVERHEAD = 3;

  private final long ms;
  private final long seq;
  private byte[] pack;

  /** Where in the array the pack is. */
  private int base;

  /** By this {@link StreamNodes} tell whether it may be changed. */
  private NodePage home = NodePage.NOWHERE;

  StreamNode(long ms, long seq, byte[] pack) {
    this.ms = ms;
    this.seq = seq;
    this.pack = pack;
  }

  /** An empty node whose master fields are those of an entry to come. */
  static StreamNode create(long ms, long seq, Args a, int from) {
    int fields = (a.count() - from) / 2;
    byte[] pack = ListPack.create();
    pack = ListPack.append(pack, 0);
    pack = ListPack.append(pack, 0);
    pack = ListPack.append(pack, fields);
    for (int i = from; i < a.count(); i += 2) {
      pack = ListPack.append(pack, a.array(), a.offset(i), a.length(i));
    }
    return new StreamNode(ms, seq, ListPack.append(pack, 0));
  }

  /** A copy without bytes to spare. */
  StreamNode copy() {
    int end = base + NodePage.aligned(used());
    return new StreamNode(ms, seq, Arrays.copyOfRange(pack, base, end));
  }

  /** A copy in an array of its own that has the room that this one has. */
  StreamNode own() {
    return home.isPage() ? copy() : new StreamNode(ms, seq, pack.clone());
  }

  @Override
  public long ms() {
    return ms;
  }

  @Override
  public long seq() {
    return seq;
  }

  /** The array in which its pack is, from {@link #base} on. */
  byte[] pack() {
    return pack;
  }

  int base() {
    return base;
  }

  /** The bytes of its pack. */
  int used() {
    return Words.getInt(pack, base);
  }

  /** What it takes beside the page it may be in. */
  long heapBytes() {
    return home.isPage() ? OBJECT_BYTES : OBJECT_BYTES + ListPack.heapBytes(pack);
  }

  NodePage home() {
    return home;
  }

  /** Says to which stream it belongs that has an array of its own. */
  void home(NodePage arrays) {
    home = arrays;
  }

  /** Moves into a page. It cannot be changed any more. */
  void settle(NodePage page) {
    base = page.owner.place(page, pack, base, used());
    pack = page.bytes();
    home = page;
  }

  /** Entries that are not deleted. */
  int live() {
    return integer(base + ListPack.BEGIN);
  }

  int deleted() {
    return integer(ListPack.next(pack, base + ListPack.BEGIN));
  }

  private int integer(int p) {
    return (int) ListPack.integer(pack, p);
  }

  private int masterAt() {
    return ListPack.next(pack, ListPack.next(pack, base + ListPack.BEGIN));
  }

  /** How many master fields there are. */
  int masterFields() {
    return integer(masterAt());
  }

  /** The position of the first master field. */
  int masterFieldsAt() {
    return ListPack.next(pack, masterAt());
  }

  /** The position of the first entry. */
  int begin() {
    int p = masterFieldsAt();
    for (int i = masterFields(); i >= 0; i--) {
      p = ListPack.next(pack, p);
    }
    return p;
  }

  int end() {
    return base + used() - 1;
  }

  /** The position of the entry that ends at {@code p}. */
  int previous(int p) {
    int at = ListPack.previous(pack, p);
    for (int i = integer(at); i > 0; i--) {
      at = ListPack.previous(pack, at);
    }
    return at;
  }

  /**
   * Adds an entry behind the last.
   *
   * @param from the argument with which its fields and values begin
   */
  void append(long itsMs, long itsSeq, Args a, int from) {
    int fields = (a.count() - from) / 2;
    boolean same = hasFields(a, from, fields);
    byte[] b = ListPack.reserve(pack, estimate(a, from));
    b = ListPack.append(b, same ? SAME_FIELDS : 0);
    b = ListPack.append(b, itsMs - ms);
    b = ListPack.append(b, itsSeq - seq);
    if (!same) {
      b = ListPack.append(b, fields);
    }
    for (int i = from; i < a.count(); i++) {
      if (!same || (i - from & 1) != 0) {
        b = ListPack.append(b, a.array(), a.offset(i), a.length(i));
      }
    }
    b = ListPack.append(b, same ? OWN_ELEMENTS + fields : OWN_ELEMENTS + 1 + 2 * fields);
    pack = ListPack.replace(b, ListPack.BEGIN, ListPack.integer(b, ListPack.BEGIN) + 1);
  }

  private static int estimate(Args a, int from) {
    int bytes = 4 * ELEMENT_OVERHEAD;
    for (int i = from + 1; i < a.count(); i += 2) {
      bytes += a.length(i) + ELEMENT_OVERHEAD;
    }
    return bytes;
  }

  private boolean hasFields(Args a, int from, int fields) {
    if (fields != masterFields()) {
      return false;
    }
    int p = masterFieldsAt();
    for (int i = from; i < a.count(); i += 2) {
      if (!ListPack.equal(pack, p, a.array(), a.offset(i), a.length(i))) {
        return false;
      }
      p = ListPack.next(pack, p);
    }
    return true;
  }

  /**
   * Marks an entry as deleted; positions are not valid afterwards.
   *
   * @param p where it is in the pack
   */
  void delete(int p) {
    mark(p);
    count(1);
  }

  /** Marks an entry as deleted without counting it; positions stay valid. */
  void mark(int p) {
    pack = ListPack.replace(pack, p, ListPack.integer(pack, p) | DELETED);
  }

  /** Counts entries that were marked. */
  void count(int marked) {
    int live = live();
    int deleted = deleted();
    pack = ListPack.replace(pack, ListPack.BEGIN, live - marked);
    pack = ListPack.replace(pack, ListPack.next(pack, ListPack.BEGIN), deleted + marked);
  }

  /** Gives back the room for entries to come. */
  void trim() {
    pack = ListPack.copy(pack);
  }
}
