package io.sampo.data.hash;

import io.sampo.data.ByteTable;
import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.PackElement;
import io.sampo.data.PartlyVolatile;
import io.sampo.data.Type;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A hash: a {@link ListPack} of fields and values in turn while it is small, else a {@link
 * ByteTable}. Fields may expire; those whose time is over are hidden from readers, who say what
 * time it is, until somebody removes them.
 */
public final class HashValue implements PartlyVolatile {
  /** What {@link #get} returns for a field that is not there. */
  public static final byte[] NONE = {};

  private static final int OBJECT_BYTES = 16;
  private static final int TIMED_BYTES = 24;

  /** How often {@link #sample} tries to hit a field that is not hidden. */
  private static final int TRIES = 100;

  /**
   * The pack or the table; while fields expire, {@link Timed}. One reference instead of three, for
   * there may be a great many small hashes.
   */
  private Object content = ListPack.create();

  /** The fields, and when they expire. */
  private static final class Timed {
    private Object fields;
    private final FieldTimes times;

    Timed(Object fields, FieldTimes times) {
      this.fields = fields;
      this.times = times;
    }
  }

  /** A hash of the fields and values of a {@link ListPack}, which it takes over. */
  public static HashValue of(byte[] pack, Limits limits) {
    HashValue hash = new HashValue();
    hash.content = pack;
    hash.expect(hash.size(), 0, limits);
    return hash;
  }

  @Override
  public Type type() {
    return Type.HASH;
  }

  @Override
  public String encoding() {
    if (!isPacked()) {
      return "hashtable";
    }
    return hasTimes() ? "listpackex" : "listpack";
  }

  @Override
  public long heapBytes() {
    return OBJECT_BYTES
        + (isPacked() ? ListPack.heapBytes(pack()) : table().heapBytes())
        + (hasTimes() ? TIMED_BYTES + times().heapBytes() : 0);
  }

  @Override
  public HashValue copy() {
    HashValue copy = new HashValue();
    copy.content = isPacked() ? ListPack.copy(pack()) : table().copy();
    if (hasTimes()) {
      copy.content = new Timed(copy.content, times().copy());
    }
    return copy;
  }

  @Override
  public HashValue frozen() {
    HashValue frozen = new HashValue();
    frozen.content = isPacked() ? ListPack.copy(pack()) : table().frozen();
    if (hasTimes()) {
      frozen.content = new Timed(frozen.content, times().frozen());
    }
    return frozen;
  }

  @Override
  public void release() {
    if (!isPacked()) {
      table().release();
    }
    if (hasTimes()) {
      times().release();
    }
  }

  private Object fields() {
    return content instanceof Timed timed ? timed.fields : content;
  }

  private void fields(Object changed) {
    if (content instanceof Timed timed) {
      timed.fields = changed;
    } else {
      content = changed;
    }
  }

  private ByteTable table() {
    return (ByteTable) fields();
  }

  /** Only if {@link #hasTimes}. */
  private FieldTimes times() {
    return ((Timed) content).times;
  }

  /** The number of fields, hidden ones included. */
  public int size() {
    return isPacked() ? ListPack.size(pack()) / 2 : table().size();
  }

  /** The number of fields that are not hidden; takes time if any may be. */
  public int size(long now) {
    return size() - (hasTimes() ? times().countOver(now) : 0);
  }

  @Override
  public boolean isEmpty() {
    return size() == 0;
  }

  // ---- one field ----

  /** Whether there is such a field, not hidden. */
  public boolean has(byte[] f, int fo, int fl, long now) {
    return !isOver(f, fo, fl, now) && contains(f, fo, fl);
  }

  private boolean contains(byte[] f, int fo, int fl) {
    return isPacked() ? find(f, fo, fl) != ListPack.NONE : table().find(f, fo, fl);
  }

  private int find(byte[] f, int fo, int fl) {
    return ListPack.find(pack(), ListPack.BEGIN, f, fo, fl, 1);
  }

  /** Whether a field has a time, which is over. */
  public boolean isOver(byte[] f, int fo, int fl, long now) {
    return hasTimes() && times().next() <= now && times().get(f, fo, fl) <= now;
  }

  /** Writes the value of a field as a bulk string; false if there is none. */
  public boolean reply(byte[] f, int fo, int fl, long now, ReplyWriter out) {
    if (isOver(f, fo, fl, now)) {
      return false;
    }
    if (!isPacked()) {
      if (!table().find(f, fo, fl)) {
        return false;
      }
      out.bulk(table().value(), table().valueAt(), table().valueLength());
      return true;
    }
    int p = find(f, fo, fl);
    if (p == ListPack.NONE) {
      return false;
    }
    ListPack.bulk(pack(), ListPack.next(pack(), p), out);
    return true;
  }

  /** A copy of the value of a field, or {@link #NONE} itself. */
  public byte[] get(byte[] f, int fo, int fl, long now) {
    if (!has(f, fo, fl, now)) {
      return NONE;
    }
    if (!isPacked()) {
      return Arrays.copyOfRange(
          table().value(), table().valueAt(), table().valueAt() + table().valueLength());
    }
    return ListPack.bytes(pack(), ListPack.next(pack(), find(f, fo, fl)));
  }

  /** The length of the value of a field, 0 if there is none. */
  public int valueLength(byte[] f, int fo, int fl, long now) {
    if (!has(f, fo, fl, now)) {
      return 0;
    }
    return !isPacked()
        ? table().valueLength()
        : ListPack.length(pack(), ListPack.next(pack(), find(f, fo, fl)));
  }

  /** Sets a field, which keeps the time it may have; returns whether it is new. */
  public boolean set(byte[] f, int fo, int fl, byte[] v, int vo, int vl, Limits limits) {
    if (!isPacked()) {
      return table().put(f, fo, fl, v, vo, vl);
    }
    int p = find(f, fo, fl);
    boolean isNew = p == ListPack.NONE;
    // The limit may have been lowered since: then a field that is set again makes it too many.
    if (Math.max(fl, vl) > limits.hashMaxListpackValue
        || size() + (isNew ? 1 : 0) > limits.hashMaxListpackEntries) {
      unpack();
      return table().put(f, fo, fl, v, vo, vl);
    }
    if (isNew) {
      // With room for both, for half a pair is none.
      int more = PackElement.sizeOf(f, fo, fl) + PackElement.sizeOf(v, vo, vl);
      byte[] roomy = ListPack.roomy(pack(), more);
      fields(ListPack.append(ListPack.append(roomy, f, fo, fl), v, vo, vl));
    } else {
      fields(ListPack.replace(pack(), ListPack.next(pack(), p), v, vo, vl));
    }
    return isNew;
  }

  /** Removes a field; false if it is not there. */
  public boolean remove(byte[] f, int fo, int fl) {
    persist(f, fo, fl);
    if (!isPacked()) {
      return table().remove(f, fo, fl);
    }
    int p = find(f, fo, fl);
    if (p == ListPack.NONE) {
      return false;
    }
    fields(ListPack.delete(pack(), p, 2));
    return true;
  }

  /**
   * Prepares for so many fields in all, which may be too many for a pack.
   *
   * @param bytes that they and their values take together, as far as that is known
   */
  public void expect(int fields, long bytes, Limits limits) {
    if (isPacked() && fields > limits.hashMaxListpackEntries) {
      unpack(ByteTable.sized((int) Math.min(fields, bytes / 2), bytes));
    }
  }

  private void unpack() {
    unpack(new ByteTable());
  }

  private void unpack(ByteTable unpacked) {
    each(unpacked::put);
    fields(unpacked);
  }

  // ---- all fields ----

  /** Whether it is a pack of fields and values. */
  public boolean isPacked() {
    return fields() instanceof byte[];
  }

  /** The pack, if it {@link #isPacked}; not to be changed. */
  public byte[] pack() {
    return (byte[]) fields();
  }

  /** Whether any field expires. */
  public boolean hasTimes() {
    return content instanceof Timed;
  }

  /** Visits all fields that are not hidden, until the visitor has enough. */
  public void each(long now, ByteTable.Visitor visitor) {
    each(visible(now, visitor));
  }

  private ByteTable.Visitor visible(long now, ByteTable.Visitor visitor) {
    if (nextExpiry() > now) {
      return visitor;
    }
    return (f, fo, fl, v, vo, vl) ->
        times().get(f, fo, fl) <= now || visitor.visit(f, fo, fl, v, vo, vl);
  }

  private void each(ByteTable.Visitor visitor) {
    if (!isPacked()) {
      table().each(visitor);
      return;
    }
    byte[] scratch = new byte[2 * PackedPair.ROOM];
    byte[] pack = pack();
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end; ) {
      if (!PackedPair.show(pack, p, scratch, visitor)) {
        return;
      }
      p = ListPack.next(pack, ListPack.next(pack, p));
    }
  }

  /** As {@link #scan(long, int, ByteTable.Visitor)}, hidden fields apart. */
  public long scan(long cursor, int count, long now, ByteTable.Visitor visitor) {
    if (!isPacked()) {
      return table().scan(cursor, count, visible(now, visitor));
    }
    each(now, visitor);
    return 0;
  }

  /**
   * Visits about {@code count} fields from {@code cursor} on; see {@link ByteTable#scan}. A packed
   * hash is visited whole.
   */
  public long scan(long cursor, int count, ByteTable.Visitor visitor) {
    if (!isPacked()) {
      return table().scan(cursor, count, visitor);
    }
    each(visitor);
    return 0;
  }

  /** Visits a random field that is not hidden, if there is one; all are equally likely. */
  public void sample(SplittableRandom random, long now, ByteTable.Visitor visitor) {
    boolean[] shown = {false};
    ByteTable.Visitor once =
        (f, fo, fl, v, vo, vl) -> {
          shown[0] = true;
          visitor.visit(f, fo, fl, v, vo, vl);
          return false;
        };
    ByteTable.Visitor tried = visible(now, once);
    for (int i = 0; i < TRIES && !shown[0]; i++) {
      sample(random, tried);
    }
    if (!shown[0]) {
      each(now, once);
    }
  }

  private void sample(SplittableRandom random, ByteTable.Visitor visitor) {
    if (!isPacked()) {
      table().sample(random);
      visitor.visit(
          table().key(),
          table().keyAt(),
          table().keyLength(),
          table().value(),
          table().valueAt(),
          table().valueLength());
    } else {
      int p = ListPack.at(pack(), 2L * random.nextInt(size()));
      PackedPair.show(pack(), p, new byte[2 * PackedPair.ROOM], visitor);
    }
  }

  /** Shows two neighbours of a pack as byte ranges. */
  private static final class PackedPair {
    /** The longest integer in decimal. */
    static final int ROOM = 20;

    private PackedPair() {}

    static boolean show(byte[] pack, int p, byte[] scratch, ByteTable.Visitor visitor) {
      int q = ListPack.next(pack, p);
      boolean number = ListPack.isInteger(pack, p);
      boolean numberBehind = ListPack.isInteger(pack, q);
      if (number) {
        Bytes.putLong(scratch, 0, ListPack.integer(pack, p));
      }
      if (numberBehind) {
        Bytes.putLong(scratch, ROOM, ListPack.integer(pack, q));
      }
      return visitor.visit(
          number ? scratch : pack,
          number ? 0 : ListPack.stringAt(pack, p),
          ListPack.length(pack, p),
          numberBehind ? scratch : pack,
          numberBehind ? ROOM : ListPack.stringAt(pack, q),
          ListPack.length(pack, q));
    }
  }

  // ---- expiry ----

  /** When a field expires, in Unix milliseconds; {@link #NEVER} if it stays or is not there. */
  public long expireAt(byte[] f, int fo, int fl) {
    return hasTimes() ? times().get(f, fo, fl) : NEVER;
  }

  /** Has a field, which there must be, expire at a time in Unix milliseconds. */
  public void expireAt(byte[] f, int fo, int fl, long when) {
    if (!hasTimes()) {
      content = new Timed(content, new FieldTimes());
    }
    times().set(f, fo, fl, when);
  }

  /** Has a field stay; false if it did so before. */
  public boolean persist(byte[] f, int fo, int fl) {
    if (!hasTimes() || !times().remove(f, fo, fl)) {
      return false;
    }
    if (times().size() == 0) {
      content = fields();
    }
    return true;
  }

  /** When the first field expires, in Unix milliseconds; only if it {@link #hasTimes}. */
  public long firstExpiry() {
    return times().first();
  }

  @Override
  public long nextExpiry() {
    return hasTimes() ? times().next() : NEVER;
  }

  @Override
  public void schedule(long when, int ticket) {
    if (hasTimes()) {
      times().schedule(when, ticket);
    }
  }

  @Override
  public long scheduledFor() {
    return hasTimes() ? times().scheduledFor() : NEVER;
  }

  @Override
  public int ticket() {
    return hasTimes() ? times().ticket() : 0;
  }

  @Override
  public List<byte[]> expireParts(long now, int limit) {
    if (!hasTimes()) {
      return List.of();
    }
    List<byte[]> over = times().over(now, limit);
    if (times().size() == 0) {
      content = fields();
    }
    over.forEach(field -> remove(field, 0, field.length));
    return over;
  }
}
