package io.sampo.data;

import java.util.Arrays;

/**
 * The nodes of a {@link Quicklist}: an array with room at both ends, so that inserting one in the
 * middle moves half of the references at most. What the nodes hold is in {@link NodePages} once it
 * is much.
 */
final class QuicklistNodes {
  private static final long OBJECT_BYTES = 40 + 16 + NodePages.OBJECT_BYTES;
  private static final int REFERENCE_BYTES = 4;

  private static final byte[] NONE = {};

  private ListNode[] nodes = new ListNode[4];
  private int from = 1;
  private int to = 2;

  /** What the nodes take beside the pages. */
  private long bytes;

  /** By their homes the nodes tell whether they may be changed, or belong to a copy, too. */
  private final NodePages pages = new NodePages();

  QuicklistNodes(ListNode first) {
    first.home(pages.arrays);
    nodes[from] = first;
    bytes = first.heapBytes();
  }

  private QuicklistNodes(QuicklistNodes origin) {
    nodes = Arrays.copyOfRange(origin.nodes, origin.from, origin.to);
    from = 0;
    to = nodes.length;
    origin.pages.share();
  }

  /** A copy: each of the two has its own of a node from when it first changes it. */
  QuicklistNodes copy() {
    QuicklistNodes copy = new QuicklistNodes(this);
    for (ListNode node : copy.nodes) {
      copy.bytes += node.sharedHeapBytes();
    }
    return copy;
  }

  /** A copy that nobody changes; it is said to take what this one does. */
  QuicklistNodes frozen() {
    QuicklistNodes frozen = new QuicklistNodes(this);
    frozen.bytes = bytes + pages.heapBytes();
    return frozen;
  }

  /** See {@link Value#release}. */
  void release() {
    pages.release();
  }

  int count() {
    return to - from;
  }

  ListNode get(int i) {
    return nodes[from + i];
  }

  /** The bytes of all elements. */
  long used() {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += nodes[i].used();
    }
    return sum;
  }

  // --- the heap

  long heapBytes() {
    return OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES + bytes + pages.heapBytes();
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    long sum = OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES + pages.heapBytes();
    for (int i = from; i < to; i++) {
      sum += bytes(nodes[i]);
    }
    return sum;
  }

  /** What a node takes beside these pages. */
  private long bytes(ListNode node) {
    return pages.has(node.home()) ? node.heapBytes() : node.sharedHeapBytes();
  }

  /** Says that a node was changed that took so many bytes before. */
  void changed(ListNode node, long before) {
    bytes += node.heapBytes() - before;
  }

  /** Counts a node that is in an array of its own. */
  private void adopt(ListNode node) {
    node.home(pages.arrays);
    bytes += node.heapBytes();
  }

  private void forget(ListNode node) {
    bytes -= bytes(node);
    if (pages.has(node.home())) {
      pages.leave(node.home());
    }
  }

  // --- changing a node

  /** Node {@code i}, to be changed. */
  ListNode own(int i) {
    ListNode node = nodes[from + i];
    if (pages.mayChange(node.home())) {
      return node;
    }
    ListNode own = node.copy();
    forget(node);
    adopt(own);
    nodes[from + i] = own;
    return own;
  }

  /** The outermost node, to be changed, with room for so many bytes more if it is in a page. */
  ListNode outermost(boolean inFront, int more, int fill) {
    ListNode node = own(inFront ? 0 : count() - 1);
    if (pages.has(node.home()) && node.home().descending == inFront) {
      long before = node.heapBytes();
      node.reopen(more, inFront, NodeLimit.mostBytes(fill));
      changed(node, before);
    }
    return node;
  }

  /** The only node, which is no longer part of this. */
  ListNode only() {
    ListNode only = own(0);
    only.home(NodePage.NOWHERE);
    return only;
  }

  // --- nodes that come

  /**
   * An empty node beyond the outermost one, which is full. It will probably have as much, so it
   * begins with some room: with the array of the other if that moves into a page.
   */
  ListNode extend(boolean inFront, int least, int fill) {
    int i = inFront ? 0 : count() - 1;
    ListNode full = get(i);
    byte[] array = settle(i, inFront);
    if (array == NONE && pages.mayChange(full.home())) {
      long before = full.heapBytes();
      full.trim();
      changed(full, before);
    }
    ListNode fresh =
        array.length >= least && array.length <= NodeLimit.mostBytes(fill) + 8
            ? new ListNode(array, inFront)
            : new ListNode(Math.max(least, full.used() / 4));
    insert(inFront ? 0 : i + 1, fresh);
    return fresh;
  }

  /** Adds a node, which has an array of its own, behind the last, which gets no more. */
  void append(ListNode node) {
    settle(count() - 1, false);
    insert(count(), node);
  }

  /**
   * Has the outermost node move into a page, unless the list is short; returns the array it had.
   */
  private byte[] settle(int i, boolean inFront) {
    ListNode full = get(i);
    if (!pages.mayChange(full.home()) || full.home().isPage()) {
      return NONE;
    }
    NodePage inner = get(inFront ? Math.min(1, count() - 1) : Math.max(0, i - 1)).home();
    long before = full.heapBytes();
    NodePage page = pages.room(full.used(), inFront, inner, bytes - before);
    if (!page.isPage()) {
      return NONE;
    }
    byte[] array = full.settle(page);
    changed(full, before);
    return array;
  }

  /** Parts node {@code i} before its element {@code within}. */
  void split(int i, int within, int fill) {
    // First, for the list is torn until the tail has a place.
    makeRoom();
    ListNode node = own(i);
    long before = node.heapBytes();
    ListNode tail = node.split(within, NodeLimit.leastBytes(fill));
    changed(node, before);
    insert(i + 1, tail);
  }

  /** Has the array take a node more. */
  private void makeRoom() {
    if (from == 0 || to == nodes.length) {
      rearrange(Math.max(nodes.length, count() + count() / 2 + 4));
    }
  }

  /** Inserts a node, which has an array of its own, before node {@code i}. */
  void insert(int i, ListNode node) {
    makeRoom();
    if (i < count() - i) {
      System.arraycopy(nodes, from, nodes, from - 1, i);
      from--;
    } else {
      System.arraycopy(nodes, from + i, nodes, from + i + 1, count() - i);
      to++;
    }
    nodes[from + i] = node;
    adopt(node);
  }

  // --- nodes that go

  /** Forgets the nodes from {@code first} to before {@code end}. */
  void drop(int first, int end) {
    int n = end - first;
    boolean last = end == count();
    for (int i = 0; i < n; i++) {
      ListNode node = get(last ? end - 1 - i : first + i);
      if (pages.has(node.home()) && (last || first == 0) && node.home().descending != last) {
        pages.retract(node.home(), node.first(), node.end());
      }
      forget(node);
    }
    if (first < count() - end) {
      System.arraycopy(nodes, from, nodes, from + n, first);
      Arrays.fill(nodes, from, from + n, null);
      from += n;
    } else {
      System.arraycopy(nodes, from + end, nodes, from + first, count() - end);
      Arrays.fill(nodes, to - n, to, null);
      to -= n;
    }
    giveBack();
  }

  /** Drops empty nodes and joins those that fit into one with their neighbour. */
  void compact(int fill) {
    int last = from;
    for (int i = from + 1; i < to; i++) {
      ListNode node = nodes[i];
      if (join(last - from, node, fill)) {
        forget(node);
        continue;
      }
      if (nodes[last].count() > 0) {
        last++;
      } else {
        forget(nodes[last]);
      }
      nodes[last] = node;
    }
    Arrays.fill(nodes, last + 1, to, null);
    to = last + 1;
    giveBack();
    try {
      for (int i = 0; i < count(); i++) {
        if (pages.isSparse(get(i).home())) {
          unsettle(i);
        }
      }
    } catch (OutOfMemoryError full) {
      // As in join.
    }
  }

  /** Joins node {@code i} with its neighbours as far as they fit into one. */
  void merge(int i, int fill) {
    for (int left = Math.min(i, count() - 1); left >= Math.max(0, i - 1); left--) {
      if (left + 1 < count() && join(left, get(left + 1), fill)) {
        drop(left + 1, left + 2);
      }
    }
  }

  /** Moves all of {@code next} behind node {@code i} if both fit in half a node. */
  private boolean join(int i, ListNode next, int fill) {
    ListNode node = get(i);
    if (next.count() == 0) {
      return true;
    }
    long both = (long) node.used() + next.used() + ListNode.FRAME_BYTES;
    if (NodeLimit.exceeds(fill, 2 * both, 2L * (node.count() + next.count()))) {
      return false;
    }
    try {
      node = own(i);
      long before = node.heapBytes();
      node.append(next);
      changed(node, before);
      return true;
    } catch (OutOfMemoryError full) {
      // They can stay two. What was removed, which made room, is not to fail by it.
      return false;
    }
  }

  private void giveBack() {
    try {
      if (nodes.length > 64 && count() < nodes.length / 4) {
        rearrange(count() * 2 + 4);
      }
      leavePages();
    } catch (OutOfMemoryError full) {
      // As in join.
    }
  }

  /** Puts the nodes into the middle of an array that long. */
  private void rearrange(int length) {
    ListNode[] moved = new ListNode[length];
    int start = (length - count()) / 2;
    System.arraycopy(nodes, from, moved, start, count());
    to = start + count();
    from = start;
    nodes = moved;
  }

  // --- pages that are hardly used any more

  /** Has the nodes of a page move out if few are left in it, and node {@code i} is near them. */
  void tidy(int i) {
    for (int near = Math.max(0, i - 1); near <= Math.min(i + 1, count() - 1); near++) {
      NodePage page = get(near).home();
      if (pages.isSparse(page) && page != get(0).home() && page != get(count() - 1).home()) {
        try {
          clear(page, near);
        } catch (OutOfMemoryError full) {
          // As in join.
        }
        return;
      }
    }
  }

  /** Has the nodes of a page move out, which are all near node {@code i}. */
  private void clear(NodePage page, int i) {
    for (int d = 0; page.nodes > 0 && (i - d >= 0 || i + d < count()); d++) {
      if (i - d >= 0 && get(i - d).home() == page) {
        unsettle(i - d);
      }
      if (i + d < count() && get(i + d).home() == page) {
        unsettle(i + d);
      }
    }
  }

  /** Has a node move out of its page. */
  private void unsettle(int i) {
    ListNode node = own(i);
    if (node.home().isPage()) {
      long before = node.heapBytes();
      node.unsettle();
      changed(node, before);
    }
  }

  /** Leaves the pages when there is not enough for them any more. */
  private void leavePages() {
    if (pages.isEmpty() || bytes + pages.live() >= NodePages.LONG / 2) {
      return;
    }
    for (int i = 0; i < count(); i++) {
      if (pages.has(get(i).home())) {
        unsettle(i);
      }
    }
  }
}
