package io.sampo.data;

import io.sampo.resp.ReplyWriter;
import java.util.Arrays;

/**
 * A long list as an array of nodes with room at both ends. Reaching the middle takes one step per
 * node, from the nearer end; inserting a node there moves as many references. What the nodes hold
 * is in {@link NodePages} once it is much.
 *
 * <p>{@code fill} is directive {@code list-max-listpack-size} throughout.
 */
final class Quicklist {
  private static final long OBJECT_BYTES = 40 + 16 + NodePages.OBJECT_BYTES;
  private static final int REFERENCE_BYTES = 4;

  /** What a node may take where its limit is in elements. */
  private static final int MAX_COUNTED_BYTES = 8192;

  private static final byte[] NONE = {};

  private ListNode[] nodes = new ListNode[4];
  private int from = 1;
  private int to = 2;
  private int size;
  private long nodeBytes;

  /** By their homes the nodes tell whether they may be changed, or belong to a copy, too. */
  private final NodePages pages = new NodePages();

  Quicklist(ListNode first) {
    first.home(pages.arrays);
    nodes[from] = first;
    size = first.count();
    nodeBytes = first.heapBytes();
  }

  private Quicklist(Quicklist origin) {
    nodes = Arrays.copyOfRange(origin.nodes, origin.from, origin.to);
    from = 0;
    to = nodes.length;
    size = origin.size;
    origin.pages.share();
  }

  /**
   * A copy that shares the nodes: each of the two has its own of one from when it first changes it.
   */
  Quicklist copy() {
    Quicklist copy = new Quicklist(this);
    for (ListNode node : copy.nodes) {
      copy.nodeBytes += node.sharedHeapBytes();
    }
    return copy;
  }

  /** A copy that nobody changes; it is said to take what this one does. */
  Quicklist frozen() {
    Quicklist frozen = new Quicklist(this);
    frozen.nodeBytes = nodeBytes + pages.heapBytes();
    return frozen;
  }

  /** The bytes of all elements. */
  long used() {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += nodes[i].used();
    }
    return sum;
  }

  /** See {@link Value#release}. */
  void release() {
    pages.release();
  }

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

  /** The only node, which is no longer part of this. */
  ListNode only() {
    ListNode only = own(0);
    only.home(NodePage.NOWHERE);
    return only;
  }

  /** Counts a node that is in an array of its own. */
  private void adopt(ListNode node) {
    node.home(pages.arrays);
    nodeBytes += node.heapBytes();
  }

  private void forget(ListNode node) {
    nodeBytes -= bytes(node);
    if (pages.has(node.home())) {
      pages.leave(node.home());
    }
  }

  /** What a node takes beside these pages. */
  private long bytes(ListNode node) {
    return pages.has(node.home()) ? node.heapBytes() : node.sharedHeapBytes();
  }

  // --- limits

  /** Whether this much is too much for one node. */
  static boolean exceeds(int fill, long listpackBytes, long count) {
    return fill < 0
        ? listpackBytes > maxBytes(fill)
        : listpackBytes > MAX_COUNTED_BYTES || count > Math.max(1, fill);
  }

  private static int maxBytes(int fill) {
    return 2048 << -Math.max(fill, -5);
  }

  /** What the elements of a node may take. */
  static int mostBytes(int fill) {
    return (fill < 0 ? maxBytes(fill) : MAX_COUNTED_BYTES) - ListNode.FRAME_BYTES;
  }

  /** What a node has to have to stay in a page when it loses elements from its middle. */
  private static int leastBytes(int fill) {
    return mostBytes(fill) / 2;
  }

  /** Whether everything is in one node that has not even half of what a node may. */
  boolean fitsListpack(int fill) {
    if (nodeCount() != 1) {
      return false;
    }
    long bytes = nodes[from].used() + ListNode.FRAME_BYTES;
    return fill < 0
        ? bytes <= maxBytes(fill) / 2
        : bytes <= MAX_COUNTED_BYTES && size <= Math.max(1, fill) / 2;
  }

  // --- reading

  int size() {
    return size;
  }

  long heapBytes() {
    return OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES + nodeBytes + pages.heapBytes();
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    long bytes = OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES + pages.heapBytes();
    for (int i = from; i < to; i++) {
      bytes += bytes(nodes[i]);
    }
    return bytes;
  }

  int nodeCount() {
    return to - from;
  }

  ListNode node(int i) {
    return nodes[from + i];
  }

  /** The node that holds element {@code index}, in the upper half, and the index within, below. */
  long locate(int index) {
    if (index < size / 2) {
      int rest = index;
      int i = from;
      while (rest >= nodes[i].count()) {
        rest -= nodes[i++].count();
      }
      return (long) (i - from) << 32 | rest;
    }
    int rest = size - index;
    int i = to - 1;
    while (rest > nodes[i].count()) {
      rest -= nodes[i--].count();
    }
    return (long) (i - from) << 32 | nodes[i].count() - rest;
  }

  /** Writes {@code n} elements from element {@code index} on as bulk replies. */
  void bulk(int index, int n, ReplyWriter out) {
    long place = locate(index);
    int within = (int) place;
    int i = from + (int) (place >>> 32);
    for (int left = n; left > 0; i++) {
      ListNode node = nodes[i];
      int some = Math.min(left, node.count() - within);
      node.bulk(node.position(within), some, out);
      left -= some;
      within = 0;
    }
  }

  /** Writes the last {@code n} elements as bulk replies, from the end. */
  void bulkBackward(int n, ReplyWriter out) {
    int i = to - 1;
    for (int left = n; left > 0; i--) {
      int some = Math.min(left, nodes[i].count());
      nodes[i].bulkBackward(nodes[i].end(), some, out);
      left -= some;
    }
  }

  // --- changing

  void addFirst(byte[] a, int offset, int length, int fill) {
    ListNode node = outer(true, PackElement.sizeOf(a, offset, length), fill);
    long before = node.heapBytes();
    node.addFirst(a, offset, length, mostBytes(fill));
    nodeBytes += node.heapBytes() - before;
    size++;
  }

  void addLast(byte[] a, int offset, int length, int fill) {
    ListNode node = outer(false, PackElement.sizeOf(a, offset, length), fill);
    long before = node.heapBytes();
    node.addLast(a, offset, length, mostBytes(fill));
    nodeBytes += node.heapBytes() - before;
    size++;
  }

  /** Adds the decimal text of a number. */
  void addLast(long value, int fill) {
    ListNode node = outer(false, PackElement.sizeOf(value), fill);
    long before = node.heapBytes();
    node.addLast(value, mostBytes(fill));
    nodeBytes += node.heapBytes() - before;
    size++;
  }

  /** A node at an end that takes so many more bytes. */
  private ListNode outer(boolean inFront, int more, int fill) {
    int i = inFront ? 0 : nodeCount() - 1;
    ListNode node = node(i);
    if (isFull(node, more, fill)) {
      node = fresh(i, inFront, more, fill);
      insertNode(inFront ? 0 : i + 1, node);
      return node;
    }
    node = own(i);
    if (pages.has(node.home()) && node.home().descending == inFront) {
      long before = node.heapBytes();
      node.reopen(more, inFront, mostBytes(fill));
      nodeBytes += node.heapBytes() - before;
    }
    return node;
  }

  /** Adds a whole node, which has an array of its own, behind the last. */
  void addLast(ListNode node) {
    settle(nodeCount() - 1, false);
    insertNode(nodeCount(), node);
    size += node.count();
  }

  private static boolean isFull(ListNode node, int more, int fill) {
    return node.count() > 0
        && exceeds(fill, (long) node.used() + ListNode.FRAME_BYTES + more, node.count() + 1L);
  }

  /**
   * A node to follow the outermost one, which is full. It will probably have as much, so it begins
   * with some room: with the array of the other if that moves into a page.
   */
  private ListNode fresh(int i, boolean inFront, int least, int fill) {
    ListNode full = node(i);
    byte[] array = settle(i, inFront);
    if (array == NONE && pages.mayChange(full.home())) {
      long before = full.heapBytes();
      full.trim();
      nodeBytes += full.heapBytes() - before;
    }
    return array.length >= least && array.length <= mostBytes(fill) + 8
        ? new ListNode(array, inFront)
        : new ListNode(Math.max(least, full.used() / 4));
  }

  /**
   * Has the outermost node move into a page, unless the list is short; returns the array it had.
   */
  private byte[] settle(int i, boolean inFront) {
    ListNode full = node(i);
    if (!pages.mayChange(full.home()) || full.home().isPage()) {
      return NONE;
    }
    NodePage inner = node(inFront ? Math.min(1, nodeCount() - 1) : Math.max(0, i - 1)).home();
    long before = full.heapBytes();
    NodePage page = pages.room(full.used(), inFront, inner, nodeBytes - before);
    if (!page.isPage()) {
      return NONE;
    }
    byte[] array = full.settle(page);
    nodeBytes += full.heapBytes() - before;
    return array;
  }

  /** Inserts before element {@code index}, which is above 0 and below the size. */
  void insert(int index, byte[] a, int offset, int length, int fill) {
    long place = locate(index);
    int i = (int) (place >>> 32);
    int within = (int) place;
    if (!isFull(node(i), PackElement.sizeOf(a, offset, length), fill)) {
      insertInto(own(i), within, a, offset, length);
    } else {
      insertBetween(within == 0 ? i : splitNode(i, within, fill), a, offset, length, fill);
    }
    size++;
    tidy(i);
  }

  /** Inserts before node {@code i}, the first element of which is not to move. */
  private void insertBetween(int i, byte[] a, int offset, int length, int fill) {
    int more = PackElement.sizeOf(a, offset, length);
    if (i > 0 && !isFull(node(i - 1), more, fill)) {
      insertInto(own(i - 1), node(i - 1).count(), a, offset, length);
    } else {
      insertNode(i, new ListNode(more));
      insertInto(own(i), 0, a, offset, length);
    }
  }

  private void insertInto(ListNode node, int within, byte[] a, int offset, int length) {
    long before = node.heapBytes();
    node.insert(node.position(within), a, offset, length);
    nodeBytes += node.heapBytes() - before;
  }

  /** Parts node {@code i}; returns the index of the second part. */
  private int splitNode(int i, int within, int fill) {
    // First, for the list is torn until the tail has a place.
    makeRoom();
    ListNode node = own(i);
    long before = node.heapBytes();
    ListNode tail = node.split(within, leastBytes(fill));
    nodeBytes += node.heapBytes() - before;
    insertNode(i + 1, tail);
    return i + 1;
  }

  void removeFirst() {
    ListNode node = own(0);
    long before = node.heapBytes();
    node.removeFirst();
    nodeBytes += node.heapBytes() - before;
    size--;
    dropIfEmpty(0);
  }

  void removeLast() {
    ListNode node = own(nodeCount() - 1);
    long before = node.heapBytes();
    node.removeLast();
    nodeBytes += node.heapBytes() - before;
    size--;
    dropIfEmpty(nodeCount() - 1);
  }

  /** Removes {@code n} elements, at least one, from element {@code index} on. */
  void remove(int index, int n, int fill) {
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
    ListNode last = left > 0 ? own(end) : node(i);
    if (inFirst > 0) {
      removeFrom(own(i), within, inFirst, fill);
    }
    if (left > 0) {
      removeFrom(last, 0, left, fill);
    }
    dropNodes(first, end);
    i = first;
    size -= n;
    merge(i, fill);
    tidy(Math.min(i, nodeCount() - 1));
  }

  private void removeFrom(ListNode node, int within, int n, int fill) {
    long before = node.heapBytes();
    node.remove(within, n, leastBytes(fill));
    nodeBytes += node.heapBytes() - before;
  }

  /** Removes up to {@code n} elements that match, beginning at either end; returns how many. */
  int removeMatching(Needle needle, int n, boolean fromEnd, int fill) {
    int before = size;
    try {
      int i = fromEnd ? nodeCount() - 1 : 0;
      for (int left = n; left > 0 && i >= 0 && i < nodeCount(); i += fromEnd ? -1 : 1) {
        left -= removeMatching(i, needle, left, fromEnd, fill);
      }
    } finally {
      // Also when there was no heap to go on, for an empty node is not to stay.
      if (size < before) {
        compact(fill);
      }
    }
    return before - size;
  }

  private int removeMatching(int i, Needle needle, int n, boolean fromEnd, int fill) {
    int found = node(i).countOf(needle);
    int some = Math.min(found, n);
    if (some > 0) {
      ListNode node = own(i);
      long before = node.heapBytes();
      node.removeMatching(needle, fromEnd ? found - some : 0, some, leastBytes(fill));
      nodeBytes += node.heapBytes() - before;
      size -= some;
    }
    return some;
  }

  /** Drops empty nodes and joins those that fit into one with their neighbour. */
  private void compact(int fill) {
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
      for (int i = 0; i < nodeCount(); i++) {
        if (pages.isSparse(node(i).home())) {
          unsettle(i);
        }
      }
    } catch (OutOfMemoryError full) {
      // As in join.
    }
  }

  /** Joins node {@code i} with its neighbours as far as they fit into one. */
  private void merge(int i, int fill) {
    for (int left = Math.min(i, nodeCount() - 1); left >= Math.max(0, i - 1); left--) {
      if (left + 1 < nodeCount() && join(left, node(left + 1), fill)) {
        dropNodes(left + 1, left + 2);
      }
    }
  }

  /** Moves all of {@code next} behind node {@code i} if both fit in half a node. */
  private boolean join(int i, ListNode next, int fill) {
    ListNode node = node(i);
    if (next.count() == 0) {
      return true;
    }
    long bytes = (long) node.used() + next.used() + ListNode.FRAME_BYTES;
    if (exceeds(fill, 2 * bytes, 2L * (node.count() + next.count()))) {
      return false;
    }
    try {
      node = own(i);
      long before = node.heapBytes();
      node.append(next);
      nodeBytes += node.heapBytes() - before;
      return true;
    } catch (OutOfMemoryError full) {
      // They can stay two. What was removed, which made room, is not to fail by it.
      return false;
    }
  }

  // --- pages

  /** Has the nodes of a page move out if few are left in it, and node {@code i} is near them. */
  private void tidy(int i) {
    for (int near = Math.max(0, i - 1); near <= Math.min(i + 1, nodeCount() - 1); near++) {
      NodePage page = node(near).home();
      if (pages.isSparse(page) && page != node(0).home() && page != node(nodeCount() - 1).home()) {
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
    for (int d = 0; page.nodes > 0 && (i - d >= 0 || i + d < nodeCount()); d++) {
      if (i - d >= 0 && node(i - d).home() == page) {
        unsettle(i - d);
      }
      if (i + d < nodeCount() && node(i + d).home() == page) {
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
      nodeBytes += node.heapBytes() - before;
    }
  }

  /** Leaves the pages when there is not enough for them any more. */
  private void leavePages() {
    if (pages.isEmpty() || nodeBytes + pages.live() >= NodePages.LONG / 2) {
      return;
    }
    for (int i = 0; i < nodeCount(); i++) {
      if (pages.has(node(i).home())) {
        unsettle(i);
      }
    }
  }

  // --- the array of nodes

  /** One node is kept in any case. */
  private void dropIfEmpty(int i) {
    if (node(i).count() == 0 && nodeCount() > 1) {
      dropNodes(i, i + 1);
    }
  }

  /** Forgets the nodes from {@code first} to before {@code end}. */
  private void dropNodes(int first, int end) {
    int n = end - first;
    boolean last = end == nodeCount();
    for (int i = 0; i < n; i++) {
      ListNode node = node(last ? end - 1 - i : first + i);
      if (pages.has(node.home()) && (last || first == 0) && node.home().descending != last) {
        pages.retract(node.home(), node.first(), node.end());
      }
      forget(node);
    }
    if (first < nodeCount() - end) {
      System.arraycopy(nodes, from, nodes, from + n, first);
      Arrays.fill(nodes, from, from + n, null);
      from += n;
    } else {
      System.arraycopy(nodes, from + end, nodes, from + first, nodeCount() - end);
      Arrays.fill(nodes, to - n, to, null);
      to -= n;
    }
    giveBack();
  }

  private void giveBack() {
    try {
      if (nodes.length > 64 && nodeCount() < nodes.length / 4) {
        rearrange(nodeCount() * 2 + 4);
      }
      leavePages();
    } catch (OutOfMemoryError full) {
      // As in join.
    }
  }

  /** Has the array take a node more. */
  private void makeRoom() {
    if (from == 0 || to == nodes.length) {
      rearrange(Math.max(nodes.length, nodeCount() + nodeCount() / 2 + 4));
    }
  }

  private void insertNode(int i, ListNode node) {
    makeRoom();
    if (i < nodeCount() - i) {
      System.arraycopy(nodes, from, nodes, from - 1, i);
      from--;
    } else {
      System.arraycopy(nodes, from + i, nodes, from + i + 1, nodeCount() - i);
      to++;
    }
    nodes[from + i] = node;
    adopt(node);
  }

  /** Puts the nodes into the middle of an array that long. */
  private void rearrange(int length) {
    ListNode[] moved = new ListNode[length];
    int start = (length - nodeCount()) / 2;
    System.arraycopy(nodes, from, moved, start, nodeCount());
    to = start + nodeCount();
    from = start;
    nodes = moved;
  }
}
