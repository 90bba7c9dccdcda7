package io.sampo.data.list;

import io.sampo.data.ListPack;
import io.sampo.data.Lzf;
import io.sampo.data.Needle;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.resp.ReplyWriter;

/**
 * A list of byte strings: one {@link ListNode} while it is small, a {@link Quicklist} from then on.
 * It turns into the latter when it would outgrow {@code list-max-listpack-size}, and back once it
 * has shrunk to half of that; whoever changes it has to {@link #prepare} it and to {@link #settle}
 * it. {@code fill} is that directive throughout.
 */
public final class ListValue implements Value {
  private static final long OBJECT_BYTES = 24;

  /** Either this or {@link #quick} is null. */
  private ListNode pack;

  private Quicklist quick;

  /** An empty list, which nobody may be shown. */
  public ListValue() {
    pack = new ListNode(0);
  }

  private ListValue(ListValue other) {
    pack = other.pack == null ? null : other.pack.copy();
    quick = other.quick == null ? null : other.quick.copy();
  }

  /** A list of the elements of a {@link ListPack}, which it takes over. */
  public static ListValue of(byte[] elements, int fill, int depth) {
    ListValue list = new ListValue();
    list.pack = ListNode.of(elements);
    list.prepare(0, 0, fill, depth);
    return list;
  }

  /** Adds the elements of a {@link ListPack}, which it takes over, whatever their number. */
  public void append(byte[] elements, int depth) {
    if (pack != null) {
      quick = new Quicklist(pack, depth);
      pack = null;
    }
    quick.addLast(ListNode.of(elements));
  }

  @Override
  public ListValue copy() {
    return new ListValue(this);
  }

  @Override
  public ListValue frozen() {
    if (pack != null) {
      return copy();
    }
    ListValue frozen = new ListValue();
    frozen.pack = null;
    frozen.quick = quick.frozen();
    return frozen;
  }

  @Override
  public void release() {
    if (quick != null) {
      quick.release();
    }
  }

  @Override
  public Type type() {
    return Type.LIST;
  }

  /** In how many nodes it is kept. */
  public int nodes() {
    return pack != null ? 1 : quick.nodeCount();
  }

  /** The bytes of its nodes as listpacks. */
  public long listpackBytes() {
    long elements = pack != null ? pack.used() : quick.used();
    return elements + (long) nodes() * ListNode.FRAME_BYTES;
  }

  @Override
  public String encoding() {
    return pack != null ? "listpack" : "quicklist";
  }

  /** How many nodes at each end are never compressed, or 0 if none is. */
  public int depth() {
    return pack != null ? 0 : quick.depth();
  }

  @Override
  public long heapBytes() {
    return OBJECT_BYTES + (pack != null ? pack.heapBytes() : quick.heapBytes());
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    return OBJECT_BYTES + (pack != null ? pack.heapBytes() : quick.heapByNode());
  }

  public int size() {
    return pack != null ? pack.count() : quick.size();
  }

  // --- reading

  /** A copy of element {@code index}, from 0 to before the size. */
  public byte[] get(int index) {
    if (pack != null) {
      return pack.get(pack.position(index));
    }
    long place = quick.locate(index);
    ListNode node = quick.node((int) (place >>> 32)).raw();
    return node.get(node.position((int) place));
  }

  /** Writes {@code n} elements from element {@code index} on as bulk replies. */
  public void bulk(int index, int n, ReplyWriter out) {
    if (pack != null) {
      pack.bulk(pack.position(index), n, out);
    } else {
      quick.bulk(index, n, out);
    }
  }

  /** Writes the last {@code n} elements as bulk replies, from the end. */
  public void bulkBackward(int n, ReplyWriter out) {
    if (pack != null) {
      pack.bulkBackward(pack.end(), n, out);
    } else {
      quick.bulkBackward(n, out);
    }
  }

  /** A walk over all elements, from the first, or backward from the last. */
  public Cursor cursor(boolean backward) {
    return new Cursor(backward);
  }

  /** Takes runs of elements, encoded one behind the other as within a {@link ListPack}. */
  @FunctionalInterface
  public interface RunVisitor {
    void run(byte[] a, int offset, int length, int count);
  }

  /** Takes nodes as they are kept. */
  public interface NodeVisitor extends RunVisitor {
    /** A node that is {@link Lzf} of a {@link ListPack} of {@code packBytes}. */
    void compressed(byte[] a, int offset, int length, int packBytes);
  }

  /** Shows all nodes. */
  public void eachNode(NodeVisitor visitor) {
    for (int i = 0; i < nodeCount(); i++) {
      if (pack == null && quick.node(i) instanceof LzfNode node) {
        visitor.compressed(node.array(), node.first(), node.compressedBytes(), node.packBytes());
      } else {
        eachRun(i, 1, visitor);
      }
    }
  }

  /** How many runs {@link #eachRun} shows. */
  public int runCount() {
    return nodeCount();
  }

  /** Shows so many runs. */
  public void eachRun(int from, int n, RunVisitor visitor) {
    for (int i = from; i < from + n; i++) {
      ListNode node = node(i);
      visitor.run(node.array(), node.first(), node.used(), node.count());
    }
  }

  private int nodeCount() {
    return pack != null ? 1 : quick.nodeCount();
  }

  private ListNode node(int i) {
    return pack != null ? pack : quick.node(i).raw();
  }

  /** A walk from element to element; it ends when the list is changed. */
  public final class Cursor {
    private final boolean backward;
    private int i;
    private ListNode node;
    private int at;
    private int index;

    private Cursor(boolean backward) {
      this.backward = backward;
      index = backward ? size() : -1;
      enter(backward ? nodeCount() - 1 : 0);
    }

    private void enter(int next) {
      i = next;
      node = node(i);
      at = backward ? node.end() : -1;
    }

    /** Goes to the next element; false if there is none. */
    public boolean next() {
      if (backward) {
        if (at == node.first()) {
          if (i == 0) {
            return false;
          }
          enter(i - 1);
        }
        at = node.previous(at);
        index--;
        return true;
      }
      at = at < 0 ? node.first() : node.next(at);
      if (at == node.end()) {
        if (i == nodeCount() - 1) {
          return false;
        }
        enter(i + 1);
        at = node.first();
      }
      index++;
      return true;
    }

    /** Where in the list the present element stands. */
    public int index() {
      return index;
    }

    public boolean matches(Needle needle) {
      return node.matches(at, needle);
    }

    /** A copy of the present element. */
    public byte[] get() {
      return node.get(at);
    }
  }

  // --- changing

  /**
   * Says that {@code n} elements of {@code bytes} together are about to be added.
   *
   * @param depth {@code list-compress-depth}, which holds for a list of several nodes from the
   *     beginning
   */
  public void prepare(long bytes, int n, int fill, int depth) {
    if (pack != null
        && NodeLimit.exceeds(
            fill, (long) pack.used() + ListNode.FRAME_BYTES + bytes, (long) pack.count() + n)) {
      quick = new Quicklist(pack, depth);
      pack = null;
    }
  }

  /** Says that elements have been removed, and not all. */
  public void settle(int fill) {
    if (quick == null || !quick.fitsListpack(fill)) {
      return;
    }
    try {
      pack = quick.only();
      quick = null;
    } catch (OutOfMemoryError full) {
      // It can stay as it is. The removal, which makes room, is not to fail by it.
    }
  }

  public void addFirst(byte[] a, int offset, int length, int fill) {
    if (pack != null) {
      pack.addFirst(a, offset, length, NodeLimit.mostBytes(fill));
    } else {
      quick.addFirst(a, offset, length, fill);
    }
  }

  public void addLast(byte[] a, int offset, int length, int fill) {
    if (pack != null) {
      pack.addLast(a, offset, length, NodeLimit.mostBytes(fill));
    } else {
      quick.addLast(a, offset, length, fill);
    }
  }

  /** Adds the decimal text of a number. */
  public void addLast(long value, int fill) {
    if (pack != null) {
      pack.addLast(value, NodeLimit.mostBytes(fill));
    } else {
      quick.addLast(value, fill);
    }
  }

  /** Inserts before element {@code index}, or at the end. */
  public void insert(int index, byte[] a, int offset, int length, int fill) {
    if (index == size()) {
      addLast(a, offset, length, fill);
    } else if (pack != null) {
      pack.insert(pack.position(index), a, offset, length);
    } else {
      quick.insert(index, a, offset, length, fill);
    }
  }

  /** Replaces element {@code index}. */
  public void set(int index, byte[] a, int offset, int length, int fill) {
    if (quick != null) {
      quick.set(index, a, offset, length, fill);
    } else {
      pack.insert(pack.position(index), a, offset, length);
      pack.remove(index + 1, 1, 0);
    }
  }

  /** Has {@link #removeFirst}, or {@link #removeLast}, take no heap. */
  public void prepareToRemove(boolean first) {
    if (quick != null) {
      quick.prepareToRemove(first);
    }
  }

  public void removeFirst() {
    if (pack != null) {
      pack.removeFirst();
    } else {
      quick.removeFirst();
    }
  }

  public void removeLast() {
    if (pack != null) {
      pack.removeLast();
    } else {
      quick.removeLast();
    }
  }

  /** Removes {@code n} elements from element {@code index} on. */
  public void remove(int index, int n, int fill) {
    if (pack != null) {
      pack.remove(index, n, 0);
    } else if (n > 0) {
      quick.remove(index, n, fill);
    }
  }

  /** Removes all but the elements from one index to before another, of which there are some. */
  public void retain(int first, int end, int fill) {
    if (pack == null) {
      quick.retain(first, end, fill);
    } else {
      pack.remove(end, size() - end, 0);
      pack.remove(0, first, 0);
    }
  }

  /**
   * Removes the elements that match, at most {@code n}, beginning at either end; returns how many.
   */
  public int removeMatching(Needle needle, int n, boolean fromEnd, int fill) {
    if (pack == null) {
      return quick.removeMatching(needle, n, fromEnd, fill);
    }
    int found = pack.countOf(needle);
    int some = Math.min(found, n);
    if (some > 0) {
      pack.removeMatching(needle, fromEnd ? found - some : 0, some, 0);
    }
    return some;
  }
}
