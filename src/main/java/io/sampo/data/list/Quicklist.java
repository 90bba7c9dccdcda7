package io.sampo.data.list;

import io.sampo.data.Needle;
import io.sampo.data.PackElement;
import io.sampo.data.Value;
import io.sampo.resp.ReplyWriter;

/**
 * A long list: its elements by index, in {@link QuicklistNodes}. Reaching the middle takes one step
 * per node, from the nearer end.
 *
 * <p>{@code fill} is directive {@code list-max-listpack-size} throughout.
 */
final class Quicklist {
  private static final long OBJECT_BYTES = 24;

  private final QuicklistNodes nodes;
  private int size;

  /**
   * A list of what is in one node.
   *
   * @param depth see {@link QuicklistNodes}
   */
  Quicklist(ListNode first, int depth) {
    this(new QuicklistNodes(first, depth), first.count());
  }

  private Quicklist(QuicklistNodes nodes, int size) {
    this.nodes = nodes;
    this.size = size;
  }

  /** See {@link QuicklistNodes#copy}. */
  Quicklist copy() {
    return new Quicklist(nodes.copy(), size);
  }

  /** See {@link QuicklistNodes#frozen}. */
  Quicklist frozen() {
    return new Quicklist(nodes.frozen(), size);
  }

  /** See {@link Value#release}. */
  void release() {
    nodes.release();
  }

  /** The only node, which is no longer part of this. */
  ListNode only() {
    return nodes.only();
  }

  /** Whether everything is in one node that has not even half of what a node may. */
  boolean fitsListpack(int fill) {
    return nodes.count() == 1
        && NodeLimit.isHalf(fill, (long) nodes.get(0).used() + ListNode.FRAME_BYTES, size);
  }

  // --- reading

  int size() {
    return size;
  }

  /** The bytes of all elements. */
  long used() {
    return nodes.used();
  }

  long heapBytes() {
    return OBJECT_BYTES + nodes.heapBytes();
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    return OBJECT_BYTES + nodes.heapByNode();
  }

  int nodeCount() {
    return nodes.count();
  }

  /** See {@link QuicklistNodes}. */
  int depth() {
    return nodes.depth();
  }

  QuicklistNode node(int i) {
    return nodes.get(i);
  }

  /** The node that holds element {@code index}, in the upper half, and the index within, below. */
  long locate(int index) {
    if (index < size / 2) {
      int rest = index;
      int i = 0;
      while (rest >= node(i).count()) {
        rest -= node(i++).count();
      }
      return (long) i << 32 | rest;
    }
    int rest = size - index;
    int i = nodes.count() - 1;
    while (rest > node(i).count()) {
      rest -= node(i--).count();
    }
    return (long) i << 32 | node(i).count() - rest;
  }

  /** Writes {@code n} elements from element {@code index} on as bulk replies. */
  void bulk(int index, int n, ReplyWriter out) {
    long place = locate(index);
    int within = (int) place;
    int i = (int) (place >>> 32);
    for (int left = n; left > 0; i++) {
      ListNode node = node(i).raw();
      int some = Math.min(left, node.count() - within);
      node.bulk(node.position(within), some, out);
      left -= some;
      within = 0;
    }
  }

  /** Writes the last {@code n} elements as bulk replies, from the end. */
  void bulkBackward(int n, ReplyWriter out) {
    int i = nodes.count() - 1;
    for (int left = n; left > 0; i--) {
      ListNode node = node(i).raw();
      int some = Math.min(left, node.count());
      node.bulkBackward(node.end(), some, out);
      left -= some;
    }
  }

  // --- adding

  void addFirst(byte[] a, int offset, int length, int fill) {
    ListNode node = outer(true, PackElement.sizeOf(a, offset, length), fill);
    long before = node.heapBytes();
    node.addFirst(a, offset, length, NodeLimit.mostBytes(fill));
    nodes.changed(node, before);
    size++;
  }

  void addLast(byte[] a, int offset, int length, int fill) {
    ListNode node = outer(false, PackElement.sizeOf(a, offset, length), fill);
    long before = node.heapBytes();
    node.addLast(a, offset, length, NodeLimit.mostBytes(fill));
    nodes.changed(node, before);
    size++;
  }

  /** Adds the decimal text of a number. */
  void addLast(long value, int fill) {
    ListNode node = outer(false, PackElement.sizeOf(value), fill);
    long before = node.heapBytes();
    node.addLast(value, NodeLimit.mostBytes(fill));
    nodes.changed(node, before);
    size++;
  }

  /** A node at an end that takes so many more bytes. */
  private ListNode outer(boolean inFront, int more, int fill) {
    return isFull(node(inFront ? 0 : nodes.count() - 1), more, fill)
        ? nodes.extend(inFront, more, fill)
        : nodes.outermost(inFront, more, fill);
  }

  /** Adds a whole node, which has an array of its own, behind the last. */
  void addLast(ListNode node) {
    nodes.append(node);
    size += node.count();
  }

  private static boolean isFull(QuicklistNode node, int more, int fill) {
    return node.count() > 0
        && NodeLimit.exceeds(
            fill, (long) node.used() + ListNode.FRAME_BYTES + more, node.count() + 1L);
  }

  /** Inserts before element {@code index}, which is above 0 and below the size. */
  void insert(int index, byte[] a, int offset, int length, int fill) {
    int before = nodes.count();
    int i = put(index, a, offset, length, fill);
    nodes.tidy(i);
    nodes.deepen(i, before);
  }

  /** Replaces element {@code index}. */
  void set(int index, byte[] a, int offset, int length, int fill) {
    // Before anything is changed, for there may be no heap for a copy.
    nodes.own(nodeOf(index));
    int before = nodes.count();
    int i = put(index, a, offset, length, fill);
    cut(index + 1, 1, fill);
    nodes.deepen(i, before);
  }

  private int nodeOf(int index) {
    return (int) (locate(index) >>> 32);
  }

  /** Inserts an element; returns near which node. */
  private int put(int index, byte[] a, int offset, int length, int fill) {
    long place = locate(index);
    int i = (int) (place >>> 32);
    int within = (int) place;
    if (!isFull(node(i), PackElement.sizeOf(a, offset, length), fill)) {
      insertInto(nodes.own(i), within, a, offset, length);
    } else if (within == 0) {
      insertBetween(i, a, offset, length, fill);
    } else {
      nodes.split(i, within, fill);
      insertBetween(i + 1, a, offset, length, fill);
    }
    size++;
    return i;
  }

  /** Inserts before node {@code i}, the first element of which is not to move. */
  private void insertBetween(int i, byte[] a, int offset, int length, int fill) {
    int more = PackElement.sizeOf(a, offset, length);
    if (i > 0 && !isFull(node(i - 1), more, fill)) {
      insertInto(nodes.own(i - 1), node(i - 1).count(), a, offset, length);
    } else {
      nodes.insert(i, new ListNode(more));
      insertInto(nodes.own(i), 0, a, offset, length);
    }
  }

  private void insertInto(ListNode node, int within, byte[] a, int offset, int length) {
    long before = node.heapBytes();
    node.insert(node.position(within), a, offset, length);
    nodes.changed(node, before);
  }

  // --- removing

  /** Has {@link #removeFirst}, or {@link #removeLast}, take no heap. */
  void prepareToRemove(boolean first) {
    nodes.own(first ? 0 : nodes.count() - 1);
  }

  void removeFirst() {
    ListNode node = nodes.own(0);
    long before = node.heapBytes();
    node.removeFirst();
    nodes.changed(node, before);
    size--;
    dropIfEmpty(0);
  }

  void removeLast() {
    ListNode node = nodes.own(nodes.count() - 1);
    long before = node.heapBytes();
    node.removeLast();
    nodes.changed(node, before);
    size--;
    dropIfEmpty(nodes.count() - 1);
  }

  /** One node is kept in any case. */
  private void dropIfEmpty(int i) {
    if (node(i).count() == 0 && nodes.count() > 1) {
      nodes.drop(i, i + 1);
    }
  }

  /** Removes {@code n} elements, at least one, from element {@code index} on. */
  void remove(int index, int n, int fill) {
    nodes.deepen(cut(index, n, fill), nodes.count());
  }

  /** Removes all but the elements from one index to before another, of which there are some. */
  void retain(int first, int end, int fill) {
    if (first > 0 && end < size) {
      // Before anything is removed, for there may be no heap for a copy.
      nodes.own(nodeOf(first));
    }
    if (end < size) {
      cut(end, size - end, fill);
    }
    if (first > 0) {
      cut(0, first, fill);
    }
  }

  /** Removes elements; returns near which node they were. */
  private int cut(int index, int n, int fill) {
    long place = locate(index);
    int i = (int) (place >>> 32);
    int within = (int) place;
    int inFirst = within == 0 ? 0 : Math.min(n, node(i).count() - within);
    int first = within == 0 ? i : i + 1;
    int end = first;
    int left = n - inFirst;
    while (left > 0 && left >= node(end).count()) {
      left -= node(end++).count();
    }
    // Before anything is removed, for there may be no heap for a copy.
    if (left > 0) {
      nodes.own(end);
    }
    if (inFirst > 0) {
      removeFrom(nodes.own(i), within, inFirst, fill);
    }
    if (left > 0) {
      removeFrom(nodes.own(end), 0, left, fill);
    }
    nodes.drop(first, end);
    size -= n;
    nodes.merge(first, fill);
    nodes.tidy(Math.min(first, nodes.count() - 1));
    return first;
  }

  private void removeFrom(ListNode node, int within, int n, int fill) {
    long before = node.heapBytes();
    node.remove(within, n, NodeLimit.leastBytes(fill));
    nodes.changed(node, before);
  }

  /** Removes up to {@code n} elements that match, beginning at either end; returns how many. */
  int removeMatching(Needle needle, int n, boolean fromEnd, int fill) {
    int before = size;
    try {
      int i = fromEnd ? nodes.count() - 1 : 0;
      for (int left = n; left > 0 && i >= 0 && i < nodes.count(); i += fromEnd ? -1 : 1) {
        left -= removeMatching(i, needle, left, fromEnd, fill);
      }
    } finally {
      // Also when there was no heap to go on, for an empty node is not to stay.
      if (size < before) {
        nodes.compact(fill);
      }
    }
    return before - size;
  }

  private int removeMatching(int i, Needle needle, int n, boolean fromEnd, int fill) {
    int found = node(i).raw().countOf(needle);
    int some = Math.min(found, n);
    if (some > 0) {
      ListNode node = nodes.own(i);
      long before = node.heapBytes();
      node.removeMatching(needle, fromEnd ? found - some : 0, some, NodeLimit.leastBytes(fill));
      nodes.changed(node, before);
      nodes.compress(i, i);
      size -= some;
    }
    return some;
  }
}
