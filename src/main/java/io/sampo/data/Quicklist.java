package io.sampo.data;

import io.sampo.resp.ReplyWriter;
import java.util.Arrays;

/**
 * A long list as an array of nodes with room at both ends. Reaching the middle takes one step per
 * node, from the nearer end; inserting a node there moves as many references.
 *
 * <p>{@code fill} is directive {@code list-max-listpack-size} throughout.
 */
final class Quicklist {
  private static final long OBJECT_BYTES = 40 + 16;
  private static final int REFERENCE_BYTES = 4;

  /** What a node may take where its limit is in elements. */
  private static final int MAX_COUNTED_BYTES = 8192;

  private ListNode[] nodes = new ListNode[4];
  private int from = 1;
  private int to = 2;
  private int size;
  private long nodeBytes;

  /** Grows with each copy that is made; a node of an earlier one belongs to another list, too. */
  private int generation;

  Quicklist(ListNode first) {
    nodes[from] = first;
    size = first.count();
    nodeBytes = first.heapBytes();
  }

  /**
   * A copy that shares the nodes: each of the two has its own of one from when it first changes it.
   */
  Quicklist copy() {
    Quicklist copy = new Quicklist(nodes[from]);
    copy.nodes = Arrays.copyOfRange(nodes, from, to);
    copy.from = 0;
    copy.to = nodeCount();
    copy.size = size;
    copy.nodeBytes = nodeBytes;
    // None of the nodes there are is of this generation.
    generation++;
    copy.generation = generation;
    return copy;
  }

  /** The bytes of all elements. */
  long used() {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += nodes[i].used();
    }
    return sum;
  }

  /** Node {@code i}, to be changed. */
  ListNode own(int i) {
    ListNode node = nodes[from + i];
    if (node.generation == generation) {
      return node;
    }
    ListNode own = node.copy();
    own.generation = generation;
    nodeBytes += own.heapBytes() - node.heapBytes();
    nodes[from + i] = own;
    return own;
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
    return OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES + nodeBytes;
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    long bytes = OBJECT_BYTES + (long) nodes.length * REFERENCE_BYTES;
    for (int i = from; i < to; i++) {
      bytes += nodes[i].heapBytes();
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
    int more = PackElement.sizeOf(a, offset, length);
    ListNode node = own(0);
    if (isFull(node, more, fill)) {
      node = fresh(node, more);
      insertNode(0, node);
    }
    nodeBytes -= node.heapBytes();
    node.addFirst(a, offset, length, mostBytes(fill));
    nodeBytes += node.heapBytes();
    size++;
  }

  void addLast(byte[] a, int offset, int length, int fill) {
    ListNode node = last(PackElement.sizeOf(a, offset, length), fill);
    nodeBytes -= node.heapBytes();
    node.addLast(a, offset, length, mostBytes(fill));
    nodeBytes += node.heapBytes();
    size++;
  }

  /** Adds the decimal text of a number. */
  void addLast(long value, int fill) {
    ListNode node = last(PackElement.sizeOf(value), fill);
    nodeBytes -= node.heapBytes();
    node.addLast(value, mostBytes(fill));
    nodeBytes += node.heapBytes();
    size++;
  }

  /** A node at the end that takes so many more bytes. */
  private ListNode last(int more, int fill) {
    ListNode node = own(nodeCount() - 1);
    if (isFull(node, more, fill)) {
      node = fresh(node, more);
      insertNode(nodeCount(), node);
    }
    return node;
  }

  /** Adds a whole node behind the last. */
  void addLast(ListNode node) {
    insertNode(nodeCount(), node);
    size += node.count();
  }

  private static boolean isFull(ListNode node, int more, int fill) {
    return node.count() > 0
        && exceeds(fill, (long) node.used() + ListNode.FRAME_BYTES + more, node.count() + 1L);
  }

  /** A node to follow one that is full: it will probably have as much, so it begins with some. */
  private ListNode fresh(ListNode full, int least) {
    nodeBytes -= full.heapBytes();
    full.trim();
    nodeBytes += full.heapBytes();
    return new ListNode(Math.max(least, full.used() / 4));
  }

  /** Inserts before element {@code index}, which is above 0 and below the size. */
  void insert(int index, byte[] a, int offset, int length, int fill) {
    long place = locate(index);
    int i = (int) (place >>> 32);
    int within = (int) place;
    if (!isFull(node(i), PackElement.sizeOf(a, offset, length), fill)) {
      insertInto(own(i), within, a, offset, length);
    } else {
      insertBetween(within == 0 ? i : splitNode(i, within), a, offset, length, fill);
    }
    size++;
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
    nodeBytes -= node.heapBytes();
    node.insert(node.position(within), a, offset, length);
    nodeBytes += node.heapBytes();
  }

  /** Parts node {@code i}; returns the index of the second part. */
  private int splitNode(int i, int within) {
    ListNode node = own(i);
    nodeBytes -= node.heapBytes();
    ListNode tail = node.split(within);
    nodeBytes += node.heapBytes();
    insertNode(i + 1, tail);
    return i + 1;
  }

  void removeFirst() {
    ListNode node = own(0);
    nodeBytes -= node.heapBytes();
    node.removeFirst();
    nodeBytes += node.heapBytes();
    size--;
    dropIfEmpty(0);
  }

  void removeLast() {
    ListNode node = own(nodeCount() - 1);
    nodeBytes -= node.heapBytes();
    node.removeLast();
    nodeBytes += node.heapBytes();
    size--;
    dropIfEmpty(nodeCount() - 1);
  }

  /** Removes {@code n} elements, at least one, from element {@code index} on. */
  void remove(int index, int n, int fill) {
    long place = locate(index);
    int i = (int) (place >>> 32);
    int within = (int) place;
    int left = n;
    if (within > 0) {
      int some = Math.min(left, node(i).count() - within);
      removeFrom(own(i), within, some);
      left -= some;
      i++;
    }
    int end = i;
    while (left > 0 && left >= node(end).count()) {
      left -= node(end).count();
      nodeBytes -= node(end++).heapBytes();
    }
    dropNodes(i, end);
    if (left > 0) {
      removeFrom(own(i), 0, left);
    }
    size -= n;
    merge(i, fill);
  }

  private void removeFrom(ListNode node, int within, int n) {
    nodeBytes -= node.heapBytes();
    node.remove(within, n);
    nodeBytes += node.heapBytes();
  }

  /** Removes up to {@code n} elements that match, beginning at either end; returns how many. */
  int removeMatching(Needle needle, int n, boolean fromEnd, int fill) {
    int removed = 0;
    int i = fromEnd ? nodeCount() - 1 : 0;
    while (removed < n && i >= 0 && i < nodeCount()) {
      ListNode node = node(i);
      int found = node.countOf(needle);
      int some = Math.min(found, n - removed);
      if (some > 0) {
        node = own(i);
        nodeBytes -= node.heapBytes();
        node.removeMatching(needle, fromEnd ? found - some : 0, some);
        nodeBytes += node.heapBytes();
        removed += some;
      }
      i += fromEnd ? -1 : 1;
    }
    if (removed > 0) {
      size -= removed;
      compact(fill);
    }
    return removed;
  }

  /** Drops empty nodes and joins those that fit into one with their neighbour. */
  private void compact(int fill) {
    int last = from;
    for (int i = from + 1; i < to; i++) {
      ListNode node = nodes[i];
      if (join(last - from, node, fill)) {
        continue;
      }
      if (nodes[last].count() > 0) {
        last++;
      } else {
        nodeBytes -= nodes[last].heapBytes();
      }
      nodes[last] = node;
    }
    Arrays.fill(nodes, last + 1, to, null);
    to = last + 1;
    giveBack();
  }

  /** Joins node {@code i} with its neighbours as far as they fit into one. */
  private void merge(int i, int fill) {
    for (int left = Math.min(i, nodeCount() - 1); left >= Math.max(0, i - 1); left--) {
      if (left + 1 < nodeCount() && join(left, node(left + 1), fill)) {
        dropNodes(left + 1, left + 2);
      }
    }
  }

  /** Moves all of {@code next} behind node {@code i} if both fit in half a node, and forgets it. */
  private boolean join(int i, ListNode next, int fill) {
    ListNode node = node(i);
    long bytes = (long) node.used() + next.used() + ListNode.FRAME_BYTES;
    if (next.count() > 0 && exceeds(fill, 2 * bytes, 2L * (node.count() + next.count()))) {
      return false;
    }
    node = own(i);
    nodeBytes -= node.heapBytes() + next.heapBytes();
    node.append(next);
    nodeBytes += node.heapBytes();
    return true;
  }

  // --- the array of nodes

  /** One node is kept in any case. */
  private void dropIfEmpty(int i) {
    if (node(i).count() == 0 && nodeCount() > 1) {
      nodeBytes -= node(i).heapBytes();
      dropNodes(i, i + 1);
    }
  }

  /** Forgets the nodes from {@code first} to before {@code end}. */
  private void dropNodes(int first, int end) {
    int n = end - first;
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
    if (nodes.length > 64 && nodeCount() < nodes.length / 4) {
      rearrange(nodeCount() * 2 + 4);
    }
  }

  private void insertNode(int i, ListNode node) {
    if (from == 0 || to == nodes.length) {
      rearrange(Math.max(nodes.length, nodeCount() + nodeCount() / 2 + 4));
    }
    if (i < nodeCount() - i) {
      System.arraycopy(nodes, from, nodes, from - 1, i);
      from--;
    } else {
      System.arraycopy(nodes, from + i, nodes, from + i + 1, nodeCount() - i);
      to++;
    }
    node.generation = generation;
    nodes[from + i] = node;
    nodeBytes += node.heapBytes();
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
