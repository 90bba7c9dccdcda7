package io.sampo.data.list;

import io.sampo.data.NodePage;
import io.sampo.data.NodePages;
import io.sampo.data.Value;
import java.util.Arrays;

/**
 * The nodes of a {@link Quicklist}: an array with room at both ends, so that inserting one in the
 * middle moves half of the references at most. What the nodes hold is in {@link NodePages} once it
 * is much.
 *
 * <p>If there is a depth ({@code list-compress-depth}), nodes that have as many others or more on
 * both sides are compressed, as far as that makes them smaller and there is heap to do so. One of
 * those is never changed: it is replaced by what it stands for, and that is compressed again when
 * the change is over.
 */
final class QuicklistNodes {
  private static final long OBJECT_BYTES = 48 + 16 + NodePages.OBJECT_BYTES;
  private static final int REFERENCE_BYTES = 4;

  private static final byte[] NONE = {};

  /** What a greater depth means, as in Redis. */
  private static final int MOST_DEPTH = 0xffff;

  private final int depth;
  private QuicklistNode[] nodes = new QuicklistNode[4];
  private int from = 1;
  private int to = 2;

  /** What the nodes take beside the pages. */
  private long bytes;

  /** By their homes the nodes tell whether they may be changed, or belong to a copy, too. */
  private final NodePages pages = new NodePages();

  QuicklistNodes(ListNode first, int depth) {
    this.depth = Math.min(depth, MOST_DEPTH);
    first.home(pages.arrays);
    nodes[from] = first;
    bytes = first.heapBytes();
  }

  private QuicklistNodes(QuicklistNodes origin) {
    depth = origin.depth;
    nodes = Arrays.copyOfRange(origin.nodes, origin.from, origin.to);
    from = 0;
    to = nodes.length;
    origin.pages.share();
  }

  /** A copy: each of the two has its own of a node from when it first changes it. */
  QuicklistNodes copy() {
    QuicklistNodes copy = new QuicklistNodes(this);
    for (QuicklistNode node : copy.nodes) {
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

  /** How many nodes at each end are not compressed, or 0 if none is. */
  int depth() {
    return depth;
  }

  QuicklistNode get(int i) {
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
  private long bytes(QuicklistNode node) {
    return pages.has(node.home()) ? node.heapBytes() : node.sharedHeapBytes();
  }

  /** Says that a node was changed that took so many bytes before. */
  void changed(QuicklistNode node, long before) {
    bytes += node.heapBytes() - before;
  }

  /** Counts a node that is in an array of its own. */
  private void adopt(QuicklistNode node) {
    node.home(pages.arrays);
    bytes += node.heapBytes();
  }

  private void forget(QuicklistNode node) {
    bytes -= bytes(node);
    if (pages.has(node.home())) {
      pages.leave(node.home());
    }
  }

  // --- changing a node

  /** Node {@code i}, to be changed. */
  ListNode own(int i) {
    QuicklistNode node = nodes[from + i];
    if (node instanceof ListNode raw && pages.mayChange(raw.home())) {
      return raw;
    }
    ListNode own = apart(node);
    replace(i, own);
    return own;
  }

  /** What a node has, in an array of its own. */
  private static ListNode apart(QuicklistNode node) {
    return node instanceof ListNode raw ? raw.copy() : node.raw();
  }

  /** Has another node, which has an array of its own, be node {@code i}. */
  private void replace(int i, QuicklistNode node) {
    forget(get(i));
    adopt(node);
    nodes[from + i] = node;
  }

  /** The outermost node, to be changed, with room for so many bytes more if it is in a page. */
  ListNode outermost(boolean inFront, int more, int fill) {
    ListNode node = own(inFront ? 0 : count() - 1);
    if (pages.has(node.home()) && node.home().descending == inFront && depth == 0) {
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
    byte[] array = bury(inFront);
    int i = inFront ? 0 : count() - 1;
    if (get(i) instanceof ListNode full && pages.mayChange(full.home())) {
      long before = full.heapBytes();
      full.trim();
      changed(full, before);
    }
    ListNode fresh =
        array.length >= least && array.length <= NodeLimit.mostBytes(fill) + 8
            ? new ListNode(array, inFront)
            : new ListNode(Math.max(least, get(i).used() / 4));
    insert(inFront ? 0 : i + 1, fresh);
    return fresh;
  }

  /** Adds a node, which has an array of its own, behind the last, which gets no more. */
  void append(ListNode node) {
    bury(false);
    insert(count(), node);
  }

  /**
   * Says that there will be a node beyond the outermost one. Has that which will be deep enough
   * compressed, and move into a page; returns the array it had if nobody needs it any more.
   */
  private byte[] bury(boolean inFront) {
    if (count() < 2 * depth) {
      return NONE;
    }
    int d = Math.max(0, depth - 1);
    int i = inFront ? d : count() - 1 - d;
    byte[] raw = depth > 0 ? compress(i) : NONE;
    byte[] settled = settle(i, inFront);
    return raw == NONE ? settled : raw;
  }

  /** Has a node move into a page, unless the list is short; returns the array it had. */
  private byte[] settle(int i, boolean inFront) {
    QuicklistNode full = get(i);
    if (!pages.mayChange(full.home()) || full.home().isPage()) {
      return NONE;
    }
    NodePage inner = get(inFront ? Math.min(i + 1, count() - 1) : Math.max(0, i - 1)).home();
    long before = full.heapBytes();
    NodePage page = pages.room(full.end() - full.first(), inFront, inner, bytes - before);
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
      QuicklistNode node = get(last ? end - 1 - i : first + i);
      if (last || first == 0) {
        retract(node, !last);
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

  /** Says that a node leaves that was at an end, or has come near it. */
  private void retract(QuicklistNode node, boolean inFront) {
    NodePage page = node.home();
    if (pages.has(page)
        && page.descending == inFront
        // If there was no heap for it to come up, nodes from further in may have come behind it.
        && (depth == 0 || page.isLast(node.first(), node.end()))) {
      pages.retract(page, node.first(), node.end());
    }
  }

  /** Drops empty nodes and joins those that fit into one with their neighbour. */
  void compact(int fill) {
    int last = from;
    boolean joined = false;
    for (int i = from + 1; i < to; i++) {
      QuicklistNode node = nodes[i];
      if (join(last - from, node, fill)) {
        forget(node);
        joined = true;
        continue;
      }
      if (joined) {
        compress(last - from, last - from);
        joined = false;
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
  private boolean join(int i, QuicklistNode next, int fill) {
    QuicklistNode node = get(i);
    if (next.count() == 0) {
      return true;
    }
    long both = (long) node.used() + next.used() + ListNode.FRAME_BYTES;
    if (NodeLimit.exceeds(fill, 2 * both, 2L * (node.count() + next.count()))) {
      return false;
    }
    try {
      ListNode elements = next.raw();
      ListNode own = own(i);
      long before = own.heapBytes();
      own.append(elements);
      changed(own, before);
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
      surface();
      leavePages();
    } catch (OutOfMemoryError full) {
      // As in join.
    }
  }

  /** Puts the nodes into the middle of an array that long. */
  private void rearrange(int length) {
    QuicklistNode[] moved = new QuicklistNode[length];
    int start = (length - count()) / 2;
    System.arraycopy(nodes, from, moved, start, count());
    to = start + count();
    from = start;
    nodes = moved;
  }

  // --- compression

  /**
   * Has nodes near node {@code i}, which was changed in the middle of the list, compressed again,
   * and those that have become deep enough because there are more than there were.
   */
  void deepen(int i, int countBefore) {
    if (depth > 0) {
      compress(i - 1, i + 2);
      int more = count() - countBefore;
      compress(depth, depth + more - 1);
      compress(count() - depth - more, count() - depth - 1);
    }
  }

  /** Has nodes compressed, as far as they are deep enough. */
  void compress(int first, int last) {
    if (depth > 0) {
      int deepest = Math.min(last, count() - 1 - depth);
      for (int i = Math.max(first, depth); i <= deepest; i++) {
        compress(i);
      }
    }
  }

  /** Has a node compressed; returns the array it had if nobody needs it any more. */
  private byte[] compress(int i) {
    try {
      if (get(i) instanceof ListNode raw && NodeCompressor.compressed(raw) instanceof LzfNode lzf) {
        boolean isFree = pages.mayChange(raw.home()) && !raw.home().isPage();
        replace(i, lzf);
        return isFree ? raw.array() : NONE;
      }
    } catch (OutOfMemoryError full) {
      // It can stay as it is.
    }
    return NONE;
  }

  /** Has the nodes that are not deep enough any more in arrays of their own, not compressed. */
  private void surface() {
    for (int d = 0; d < Math.min(depth, count()); d++) {
      surface(d, true);
      surface(count() - 1 - d, false);
    }
  }

  private void surface(int i, boolean inFront) {
    QuicklistNode node = get(i);
    if (node instanceof LzfNode || pages.has(node.home())) {
      ListNode raw = apart(node);
      retract(node, inFront);
      replace(i, raw);
    }
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
    replace(i, get(i).copy());
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
