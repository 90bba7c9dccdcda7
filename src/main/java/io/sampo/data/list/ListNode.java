package io.sampo.data.list;

import io.sampo.data.ListPack;
import io.sampo.data.Needle;
import io.sampo.data.NodePage;
import io.sampo.data.PackElement;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;

/**
 * A run of a list's elements, encoded one behind the other as in a {@link ListPack}, in an array
 * with room at both ends: so pushing and popping move nothing. That of a long list moves into a
 * {@link NodePage} when it is full, where it may lose elements; it has an array again as soon as it
 * gets more.
 *
 * <p>A <em>position</em> is the offset of an element in the array, valid until the next change.
 */
final class ListNode implements QuicklistNode {
  /** What a listpack takes besides its elements; counted where a limit is in bytes. */
  static final int FRAME_BYTES = 7;

  private static final long OBJECT_BYTES = 32;

  private static final long ARRAY_HEADER = 16;

  /** Up to here an array grows by little, for there may be many lists as small. */
  private static final int SMALL = 128;

  /** The part of what is used that may be left unused for good. */
  private static final int TRIFLE = 64;

  /** By this {@link QuicklistNodes} tell whether it may change it. */
  private NodePage home = NodePage.NOWHERE;

  private byte[] bytes;
  private int start;
  private int end;
  private int count;

  /** An empty node with room for {@code capacity} bytes. */
  ListNode(int capacity) {
    this(new byte[aligned(capacity)], 0, 0);
  }

  /** An empty node that is to grow towards one end of an array. */
  ListNode(byte[] array, boolean inFront) {
    this(array, inFront ? array.length : 0, inFront ? array.length : 0, 0);
  }

  private ListNode(byte[] bytes, int end, int count) {
    this(bytes, 0, end, count);
  }

  private ListNode(byte[] bytes, int start, int end, int count) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.count = count;
  }

  /** A node of the elements of a {@link ListPack}, which it takes over. */
  static ListNode of(byte[] pack) {
    return of(pack, ListPack.size(pack));
  }

  /** The same of one that has so many. */
  static ListNode of(byte[] pack, int count) {
    return new ListNode(pack, ListPack.BEGIN, ListPack.end(pack), count);
  }

  @Override
  public ListNode raw() {
    return this;
  }

  @Override
  public ListNode copy() {
    return new ListNode(Arrays.copyOfRange(bytes, start, start + aligned(used())), used(), count);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int used() {
    return end - start;
  }

  @Override
  public long heapBytes() {
    return home.isPage() ? OBJECT_BYTES : OBJECT_BYTES + ARRAY_HEADER + aligned(bytes.length);
  }

  @Override
  public long sharedHeapBytes() {
    return home.isPage() ? OBJECT_BYTES + aligned(used()) : heapBytes();
  }

  @Override
  public NodePage home() {
    return home;
  }

  @Override
  public void home(NodePage arrays) {
    home = arrays;
  }

  // --- reading

  /** The array that holds the elements, from {@link #first} to before {@link #end}. */
  byte[] array() {
    return bytes;
  }

  /** The position of the first element. */
  @Override
  public int first() {
    return start;
  }

  /** The position behind the last element. */
  @Override
  public int end() {
    return end;
  }

  int next(int position) {
    return ListPack.next(bytes, position);
  }

  int previous(int position) {
    return ListPack.previous(bytes, position);
  }

  /** The position of element {@code index}, or the end for {@link #count}. */
  int position(int index) {
    if (index <= count / 2) {
      int at = start;
      for (int i = 0; i < index; i++) {
        at = next(at);
      }
      return at;
    }
    int at = end;
    for (int i = count; i > index; i--) {
      at = previous(at);
    }
    return at;
  }

  byte[] get(int position) {
    return ListPack.bytes(bytes, position);
  }

  boolean matches(int position, Needle needle) {
    return needle.isAt(bytes, position);
  }

  /** Writes {@code n} elements from a position on as bulk replies. */
  void bulk(int position, int n, ReplyWriter out) {
    int at = position;
    for (int i = 0; i < n; i++) {
      at = ListPack.bulk(bytes, at, out);
    }
  }

  /** Writes {@code n} elements before a position as bulk replies, the last one first. */
  void bulkBackward(int position, int n, ReplyWriter out) {
    int at = position;
    for (int i = 0; i < n; i++) {
      at = previous(at);
      ListPack.bulk(bytes, at, out);
    }
  }

  int countOf(Needle needle) {
    int found = 0;
    for (int at = start; at < end; at = next(at)) {
      if (matches(at, needle)) {
        found++;
      }
    }
    return found;
  }

  // --- changing

  /** Adds an element to a node that is not expected to outgrow {@code most} bytes. */
  void addFirst(byte[] a, int offset, int length, int most) {
    int size = PackElement.sizeOf(a, offset, length);
    if (size > roomInFront()) {
      reserve(size, true, most);
    }
    start -= size;
    PackElement.write(bytes, start, a, offset, length);
    count++;
  }

  /** As {@link #addFirst}, at the other end. */
  void addLast(byte[] a, int offset, int length, int most) {
    int size = PackElement.sizeOf(a, offset, length);
    if (size > roomBehind()) {
      reserve(size, false, most);
    }
    PackElement.write(bytes, end, a, offset, length);
    end += size;
    count++;
  }

  /** As {@link #addLast}, the decimal text of a number. */
  void addLast(long value, int most) {
    int size = PackElement.sizeOf(value);
    if (size > roomBehind()) {
      reserve(size, false, most);
    }
    PackElement.writeInteger(bytes, end, value);
    end += size;
    count++;
  }

  /** Inserts before the element at a position. */
  void insert(int position, byte[] a, int offset, int length) {
    int at = open(position, PackElement.sizeOf(a, offset, length));
    PackElement.write(bytes, at, a, offset, length);
    count++;
  }

  void removeFirst() {
    start = next(start);
    count--;
    shrink(0);
  }

  void removeLast() {
    end = previous(end);
    count--;
    shrink(0);
  }

  /**
   * Removes {@code n} elements from element {@code index} on.
   *
   * @param least what has fewer bytes then does not stay in a page
   */
  void remove(int index, int n, int least) {
    int from = position(index);
    int to = position(index + n);
    if (from - start < end - to) {
      System.arraycopy(bytes, start, bytes, start + to - from, from - start);
      start += to - from;
    } else {
      System.arraycopy(bytes, to, bytes, from, end - to);
      end -= to - from;
    }
    count -= n;
    shrink(least);
  }

  /**
   * Removes {@code n} of the elements that match, but for the first {@code spared}; {@code least}
   * as for {@link #remove}.
   */
  void removeMatching(Needle needle, int spared, int n, int least) {
    int seen = 0;
    int removed = 0;
    int to = start;
    for (int at = start; at < end; ) {
      int next = next(at);
      if (removed < n && matches(at, needle) && seen++ >= spared) {
        removed++;
      } else {
        System.arraycopy(bytes, at, bytes, to, next - at);
        to += next - at;
      }
      at = next;
    }
    end = to;
    count -= removed;
    shrink(least);
  }

  /** Cuts off the elements from {@code index} on and returns them. */
  ListNode split(int index, int least) {
    int at = position(index);
    int size = end - at;
    ListNode tail =
        new ListNode(Arrays.copyOfRange(bytes, at, at + aligned(size)), size, count - index);
    end = at;
    count = index;
    shrink(least);
    return tail;
  }

  /** Appends all elements of another node. */
  void append(ListNode other) {
    int more = other.used();
    if (more > roomBehind()) {
      reserve(more, false, Integer.MAX_VALUE);
    }
    System.arraycopy(other.bytes, other.start, bytes, end, more);
    end += more;
    count += other.count;
  }

  /** Gives back the room that is not used, unless it is little. */
  void trim() {
    if (!home.isPage() && aligned(used() + used() / TRIFLE) < bytes.length) {
      move(new byte[aligned(used())], 0);
    }
  }

  @Override
  public byte[] settle(NodePage page) {
    int used = used();
    byte[] array = bytes;
    start = page.owner.place(page, array, start, used);
    end = start + used;
    bytes = page.bytes();
    home = page;
    return array;
  }

  /** Moves out of its page. */
  private void unsettle() {
    move(new byte[aligned(used())], 0);
  }

  /**
   * Moves out of its page, which is that of one end of the list, where it is the outermost node.
   *
   * @param most see {@link #addLast}
   */
  void reopen(int more, boolean inFront, int most) {
    byte[] bigger = bigger((long) used() + more, most);
    home.owner.retract(home, start, end);
    move(bigger, inFront ? bigger.length - used() : 0);
  }

  private int roomInFront() {
    return home.isPage() ? 0 : start;
  }

  private int roomBehind() {
    return home.isPage() ? 0 : bytes.length - end;
  }

  /** Makes room for {@code size} bytes before a position; returns where they begin. */
  private int open(int position, int size) {
    int before = position - start;
    boolean inFront = before < end - position;
    if (size > (inFront ? roomInFront() : roomBehind())) {
      reserve(size, inFront, Integer.MAX_VALUE);
    }
    if (inFront) {
      System.arraycopy(bytes, start, bytes, start - size, before);
      start -= size;
    } else {
      int at = start + before;
      System.arraycopy(bytes, at, bytes, at + size, end - at);
      end += size;
    }
    return start + before;
  }

  /** Makes room at one end, by moving what is there or to a bigger array. */
  private void reserve(int more, boolean inFront, int most) {
    int used = used();
    long wanted = (long) used + more;
    if (!home.isPage()
        && wanted <= bytes.length
        && (used <= bytes.length / 2 || bytes.length <= SMALL)) {
      move(bytes, inFront ? bytes.length - used : 0);
      return;
    }
    byte[] bigger = bigger(wanted, most);
    move(bigger, inFront ? bigger.length - used : 0);
  }

  private static byte[] bigger(long wanted, int most) {
    long roomy = wanted + (wanted < SMALL ? wanted >> 4 : wanted >> 1);
    roomy = Math.max(wanted, Math.min(roomy, most));
    if (roomy > Integer.MAX_VALUE - 16) {
      throw new OutOfMemoryError("a node of a list of more than 2 GiB");
    }
    return new byte[aligned((int) roomy)];
  }

  /** Gives back room once it is more than what is used, or leaves the page. */
  private void shrink(int least) {
    int used = used();
    try {
      if (home.isPage()) {
        if (used < least) {
          unsettle();
        }
      } else if (bytes.length > SMALL && used < bytes.length / 2 - SMALL / 4) {
        byte[] smaller = new byte[aligned(used + used / 4)];
        move(smaller, (smaller.length - used) / 2);
      }
    } catch (OutOfMemoryError full) {
      // What is smaller has to be made first. The removal, which makes room, is not to fail by it.
    }
  }

  private void move(byte[] to, int newStart) {
    int used = used();
    System.arraycopy(bytes, start, to, newStart, used);
    if (home.isPage()) {
      home.owner.leave(home);
      home = home.owner.arrays;
    }
    bytes = to;
    start = newStart;
    end = newStart + used;
  }

  /** Arrays are rounded up to 8 bytes anyway. */
  private static int aligned(int size) {
    return size + 7 & ~7;
  }
}
