package io.sampo.data.set;

import io.sampo.data.ByteTable;
import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A set: an {@link IntSet} while it is small and of integers, a {@link ListPack} while it is small,
 * else a {@link ByteTable}. What Redis 7.2 turns into what, and when, is kept to.
 */
public final class SetValue implements Value {
  private static final int OBJECT_BYTES = 24;

  /** The digits and the sign of the longest integer. */
  private static final int MAX_DIGITS = 20;

  private static final byte[] UNPACKED = {};

  /** In place of a table says that a frozen set has the same array of integers. */
  private static final ByteTable SHARED = new ByteTable();

  /** Is shown members; their arrays are valid until it returns. */
  @FunctionalInterface
  public interface Visitor {
    /** Returns whether to go on. */
    boolean visit(byte[] a, int offset, int length);
  }

  private enum Form {
    INTEGERS("intset"),
    PACK("listpack"),
    TABLE("hashtable");

    private final String text;

    Form(String text) {
      this.text = text;
    }
  }

  private Form form = Form.INTEGERS;

  /** The integers or the pack. */
  private byte[] packed = IntSet.create();

  /** Null, or {@link #SHARED}, until the set needs it. */
  private ByteTable table;

  /** A set of the members of an {@link IntSet}, which it takes over. */
  public static SetValue ofIntegers(byte[] integers, Limits limits) {
    SetValue set = new SetValue();
    set.packed = integers;
    if (IntSet.size(integers) > limits.setMaxIntsetEntries) {
      set.unpack();
    }
    return set;
  }

  /** A set of the elements of a {@link ListPack}, all different, which it takes over. */
  public static SetValue ofPack(byte[] pack, Limits limits) {
    SetValue set = new SetValue();
    set.packed = pack;
    set.form = Form.PACK;
    if (ListPack.size(pack) > limits.setMaxListpackEntries) {
      set.unpack();
    }
    return set;
  }

  @Override
  public Type type() {
    return Type.SET;
  }

  @Override
  public String encoding() {
    return form.text;
  }

  @Override
  public long heapBytes() {
    return OBJECT_BYTES + (form == Form.TABLE ? table.heapBytes() : ListPack.heapBytes(packed));
  }

  @Override
  public SetValue copy() {
    SetValue copy = new SetValue();
    copy.form = form;
    switch (form) {
      case INTEGERS -> copy.packed = IntSet.copy(packed);
      case PACK -> copy.packed = ListPack.copy(packed);
      default -> {
        copy.packed = UNPACKED;
        copy.table = table.copy();
      }
    }
    return copy;
  }

  /** An empty set for so many members to be added, of which the first is the given one. */
  public static SetValue begun(byte[] a, int offset, int length, int members, Limits limits) {
    return begun(a, offset, length, members, 0, limits);
  }

  /**
   * The same.
   *
   * @param bytes that the members take together, as far as that is known
   */
  public static SetValue begun(
      byte[] a, int offset, int length, int members, long bytes, Limits limits) {
    SetValue set = new SetValue();
    if (members <= limits.setMaxIntsetEntries && isInteger(a, offset, length)) {
      return set;
    }
    if (members <= limits.setMaxListpackEntries) {
      set.pack();
    } else {
      set.unpack(ByteTable.sized((int) Math.min(members, bytes / 2), bytes));
    }
    return set;
  }

  @Override
  public SetValue frozen() {
    if (form == Form.PACK) {
      return copy();
    }
    SetValue frozen = new SetValue();
    frozen.form = form;
    frozen.packed = packed;
    if (form == Form.TABLE) {
      frozen.table = table.frozen();
    } else {
      frozen.table = SHARED;
      table = SHARED;
    }
    return frozen;
  }

  @Override
  public void release() {
    if (form == Form.TABLE) {
      table.release();
    }
  }

  /** The integers, to be changed. */
  private byte[] own() {
    if (table == SHARED) {
      // With room for one more.
      packed = Arrays.copyOf(packed, (IntSet.used(packed) + Long.BYTES + 7) & ~7);
      table = null;
    }
    return packed;
  }

  public int size() {
    return switch (form) {
      case INTEGERS -> IntSet.size(packed);
      case PACK -> ListPack.size(packed);
      default -> table.size();
    };
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  /** Whether it is an {@link IntSet}. */
  public boolean isIntegers() {
    return form == Form.INTEGERS;
  }

  /** What it is, if it {@link #isIntegers}; not to be changed. */
  public byte[] integers() {
    return packed;
  }

  // ---- one member ----

  public boolean has(byte[] a, int offset, int length) {
    return switch (form) {
      case INTEGERS ->
          isInteger(a, offset, length)
              && IntSet.find(packed, Bytes.parseLong(a, offset, length)) >= 0;
      case PACK -> ListPack.find(packed, ListPack.BEGIN, a, offset, length, 0) != ListPack.NONE;
      default -> table.find(a, offset, length);
    };
  }

  private static boolean isInteger(byte[] a, int offset, int length) {
    return length <= MAX_DIGITS && Bytes.isLong(a, offset, length);
  }

  /** Adds a member; false if it is there already. */
  public boolean add(byte[] a, int offset, int length, Limits limits) {
    if (form == Form.INTEGERS) {
      if (isInteger(a, offset, length)) {
        return addInteger(a, offset, length, limits);
      }
      if (size() < limits.setMaxListpackEntries
          && Math.max(length, longest()) <= limits.setMaxListpackValue) {
        pack();
      } else {
        unpack();
      }
    }
    if (form == Form.PACK) {
      if (ListPack.find(packed, ListPack.BEGIN, a, offset, length, 0) != ListPack.NONE) {
        return false;
      }
      if (ListPack.size(packed) < limits.setMaxListpackEntries
          && length <= limits.setMaxListpackValue) {
        packed = ListPack.append(packed, a, offset, length);
        return true;
      }
      unpack();
    }
    return table.add(a, offset, length);
  }

  private boolean addInteger(byte[] a, int offset, int length, Limits limits) {
    long value = Bytes.parseLong(a, offset, length);
    int found = IntSet.find(packed, value);
    if (found >= 0) {
      return false;
    }
    // Before it is added, for there may be no heap for it.
    if (IntSet.size(packed) >= limits.setMaxIntsetEntries) {
      unpack();
      return table.add(a, offset, length);
    }
    packed = IntSet.insert(own(), found, value);
    return true;
  }

  /** Prepares for so many members to be added, which may be too many for a compact form. */
  public void expect(int members, Limits limits) {
    if (form == Form.INTEGERS && members > limits.setMaxIntsetEntries
        || form == Form.PACK && members > limits.setMaxListpackEntries) {
      unpack();
    }
  }

  /** Has {@link #remove} of a member take no heap. */
  public void prepareToRemove(byte[] a, int offset, int length) {
    switch (form) {
      case INTEGERS -> own();
      case PACK -> {}
      default -> table.prepareToRemove(a, offset, length);
    }
  }

  /** Removes a member; false if it is not there. */
  public boolean remove(byte[] a, int offset, int length) {
    switch (form) {
      case INTEGERS -> {
        int found =
            isInteger(a, offset, length)
                ? IntSet.find(packed, Bytes.parseLong(a, offset, length))
                : -1;
        if (found >= 0) {
          packed = IntSet.delete(own(), found);
        }
        return found >= 0;
      }
      case PACK -> {
        int p = ListPack.find(packed, ListPack.BEGIN, a, offset, length, 0);
        if (p != ListPack.NONE) {
          packed = ListPack.delete(packed, p);
        }
        return p != ListPack.NONE;
      }
      default -> {
        return table.remove(a, offset, length);
      }
    }
  }

  /** The length of the longest integer. */
  private int longest() {
    int size = IntSet.size(packed);
    return size == 0
        ? 0
        : Math.max(Bytes.digits(IntSet.get(packed, 0)), Bytes.digits(IntSet.get(packed, size - 1)));
  }

  private void pack() {
    byte[] integers = packed;
    byte[] pack = ListPack.create();
    for (int i = 0; i < IntSet.size(integers); i++) {
      pack = ListPack.append(pack, IntSet.get(integers, i));
    }
    packed = pack;
    table = null;
    form = Form.PACK;
  }

  private void unpack() {
    unpack(new ByteTable());
  }

  private void unpack(ByteTable unpacked) {
    each(unpacked::add);
    table = unpacked;
    packed = UNPACKED;
    form = Form.TABLE;
  }

  // ---- a random member ----

  /**
   * Picks a random member, which there must be; all are equally likely.
   *
   * @return its place, valid until the set changes or another member is looked for
   */
  public int pick(SplittableRandom random) {
    switch (form) {
      case INTEGERS -> {
        return random.nextInt(size());
      }
      case PACK -> {
        return ListPack.at(packed, random.nextInt(size()));
      }
      default -> {
        table.sample(random);
        return 0;
      }
    }
  }

  /** Writes the member at a place as a bulk string. */
  public void bulk(int place, ReplyWriter out) {
    switch (form) {
      case INTEGERS -> out.bulk(IntSet.get(packed, place));
      case PACK -> ListPack.bulk(packed, place, out);
      default -> out.bulk(table.key(), table.keyAt(), table.keyLength());
    }
  }

  /** A copy of the member at a place. */
  public byte[] bytes(int place) {
    return switch (form) {
      case INTEGERS -> Bytes.ascii(Long.toString(IntSet.get(packed, place)));
      case PACK -> ListPack.bytes(packed, place);
      default -> Arrays.copyOfRange(table.key(), table.keyAt(), table.keyAt() + table.keyLength());
    };
  }

  /** Removes the member at a place. */
  public void removeAt(int place) {
    switch (form) {
      case INTEGERS -> packed = IntSet.delete(own(), place);
      case PACK -> packed = ListPack.delete(packed, place);
      default -> table.remove();
    }
  }

  // ---- all members ----

  /** Visits all members until the visitor has enough; they must not change meanwhile. */
  public void each(Visitor visitor) {
    switch (form) {
      case INTEGERS -> eachInteger(visitor);
      case PACK -> eachPacked(visitor);
      default -> table.each((key, ko, kl, value, vo, vl) -> visitor.visit(key, ko, kl));
    }
  }

  /**
   * Visits the members that all of these sets have, until the visitor has enough. The first one is
   * to be the smallest.
   */
  public static void eachShared(SetValue[] sets, Visitor visitor) {
    if (Arrays.stream(sets).allMatch(SetValue::isIntegers)) {
      eachSharedInteger(sets, visitor);
    } else {
      sets[0].each((a, o, l) -> !areIn(sets, a, o, l) || visitor.visit(a, o, l));
    }
  }

  private static boolean areIn(SetValue[] sets, byte[] a, int offset, int length) {
    for (int i = 1; i < sets.length; i++) {
      if (!sets[i].has(a, offset, length)) {
        return false;
      }
    }
    return true;
  }

  /** Goes through all of them in step. */
  private static void eachSharedInteger(SetValue[] sets, Visitor visitor) {
    byte[] digits = new byte[MAX_DIGITS];
    int[] at = new int[sets.length];
    for (; at[0] < sets[0].size(); at[0]++) {
      long value = IntSet.get(sets[0].packed, at[0]);
      boolean isShared = true;
      for (int i = 1; isShared && i < sets.length; i++) {
        byte[] integers = sets[i].packed;
        at[i] = IntSet.seek(integers, at[i], value);
        isShared = at[i] < IntSet.size(integers) && IntSet.get(integers, at[i]) == value;
      }
      if (isShared && !visitor.visit(digits, 0, Bytes.putLong(digits, 0, value))) {
        return;
      }
    }
  }

  private void eachInteger(Visitor visitor) {
    byte[] digits = new byte[MAX_DIGITS];
    boolean more = true;
    for (int i = 0; more && i < IntSet.size(packed); i++) {
      more = visitor.visit(digits, 0, Bytes.putLong(digits, 0, IntSet.get(packed, i)));
    }
  }

  private void eachPacked(Visitor visitor) {
    byte[] digits = new byte[MAX_DIGITS];
    boolean more = true;
    int end = ListPack.end(packed);
    for (int p = ListPack.BEGIN; more && p != end; p = ListPack.next(packed, p)) {
      more =
          ListPack.isInteger(packed, p)
              ? visitor.visit(digits, 0, Bytes.putLong(digits, 0, ListPack.integer(packed, p)))
              : visitor.visit(packed, ListPack.stringAt(packed, p), ListPack.length(packed, p));
    }
  }

  /**
   * Visits about {@code count} members from {@code cursor} on; see {@link ByteTable#scan}. A
   * compact set is visited whole.
   */
  public long scan(long cursor, int count, Visitor visitor) {
    if (form == Form.TABLE) {
      return table.scan(cursor, count, (key, ko, kl, value, vo, vl) -> visitor.visit(key, ko, kl));
    }
    each(visitor);
    return 0;
  }
}
