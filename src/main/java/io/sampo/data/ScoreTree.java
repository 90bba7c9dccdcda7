package io.sampo.data;

import java.util.Arrays;

/**
 * Elements ({@link Scored}) in the order of score, then member: a B+-tree whose inner nodes count
 * the elements below each child, so that ranks take O(log n) in both directions. Where Redis has a
 * skip list of one node per element, this has one per {@value #CAPACITY}, half to all of it in use.
 *
 * <p>Places are named by <em>points</em>, which lie between elements: a score ({@link #ANY_SCORE}
 * where only members count), a member ({@link #NO_MEMBER} as length where only scores count) and,
 * as {@code tie}, whether the point lies {@link #BEFORE} or {@link #BEHIND} what equals these.
 */
final class ScoreTree {
  static final double ANY_SCORE = Double.NaN;
  static final int NO_MEMBER = -1;
  static final int BEFORE = 1;
  static final int BEHIND = -1;

  private static final int CAPACITY = 64;

  /** A node this small is joined with its neighbour, if both together leave some room. */
  private static final int SPARSE = CAPACITY / 4;

  private static final int COMFORTABLE = CAPACITY * 3 / 4;

  private static final int LEAF_BYTES = 48 + 16 + 8 * CAPACITY + 16 + 4 * CAPACITY;
  private static final int INNER_BYTES = LEAF_BYTES + 2 * (16 + 4 * CAPACITY);

  /** A leaf of elements, or an inner node of children with what their elements are at least. */
  static final class Node {
    final double[] scores = new double[CAPACITY];
    final byte[][] elements = new byte[CAPACITY][];
    int size;

    /** What {@link #frozen} tells by whether it may be changed, but for the ends. */
    private final int generation;

    // Of a leaf these are null, ...
    private Node[] children;
    private int[] counts;
    // ... and of an inner node these, as well as at the ends.
    Node previous;
    Node next;

    Node(int generation) {
      this.generation = generation;
    }

    private Node(Node other, int generation) {
      this(generation);
      System.arraycopy(other.scores, 0, scores, 0, other.size);
      System.arraycopy(other.elements, 0, elements, 0, other.size);
      size = other.size;
      if (!other.isLeaf()) {
        children = other.children.clone();
        counts = other.counts.clone();
      }
    }

    boolean isLeaf() {
      return children == null;
    }

    /** How many keys, from index {@code from} on, lie before a point; {@code from} added. */
    int position(int from, double score, byte[] a, int offset, int length, int tie) {
      int low = from;
      int high = size;
      while (low < high) {
        int middle = low + high >>> 1;
        if (compare(middle, score, a, offset, length, tie) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private int compare(int i, double score, byte[] a, int offset, int length, int tie) {
      // Not Double.compare: zeros are equal whatever their sign, and ANY_SCORE equals everything.
      if (scores[i] < score) {
        return -1;
      }
      if (scores[i] > score) {
        return 1;
      }
      if (length == NO_MEMBER) {
        return tie;
      }
      byte[] e = elements[i];
      int c = Arrays.compareUnsigned(e, Scored.MEMBER, e.length, a, offset, offset + length);
      return c == 0 ? tie : c;
    }

    /** The child in which a point lies; the first child's key is taken for lower than all. */
    int child(double score, byte[] a, int offset, int length, int tie) {
      return position(1, score, a, offset, length, tie) - 1;
    }

    int count() {
      int n = size;
      if (!isLeaf()) {
        n = 0;
        for (int i = 0; i < size; i++) {
          n += counts[i];
        }
      }
      return n;
    }

    private void open(int at) {
      int n = size - at;
      System.arraycopy(scores, at, scores, at + 1, n);
      System.arraycopy(elements, at, elements, at + 1, n);
      if (!isLeaf()) {
        System.arraycopy(children, at, children, at + 1, n);
        System.arraycopy(counts, at, counts, at + 1, n);
      }
      size++;
    }

    private void close(int at, int width) {
      int old = size;
      size -= width;
      int n = size - at;
      System.arraycopy(scores, at + width, scores, at, n);
      System.arraycopy(elements, at + width, elements, at, n);
      Arrays.fill(elements, size, old, null);
      if (!isLeaf()) {
        System.arraycopy(children, at + width, children, at, n);
        System.arraycopy(counts, at + width, counts, at, n);
        Arrays.fill(children, size, old, null);
      }
    }

    /** Moves everything from index {@code from} on to the end of another node. */
    private void move(int from, Node to) {
      int n = size - from;
      System.arraycopy(scores, from, to.scores, to.size, n);
      System.arraycopy(elements, from, to.elements, to.size, n);
      Arrays.fill(elements, from, size, null);
      if (!isLeaf()) {
        System.arraycopy(children, from, to.children, to.size, n);
        System.arraycopy(counts, from, to.counts, to.size, n);
        Arrays.fill(children, from, size, null);
      }
      to.size += n;
      size = from;
    }
  }

  /** How often it was frozen; a node of an earlier generation belongs to a frozen tree, too. */
  private int generation;

  private Node root = new Node(0);
  private int leaves = 1;
  private int inners;

  /** As {@link Value#frozen}; for {@link #eachBackward} alone. */
  ScoreTree frozen() {
    ScoreTree frozen = new ScoreTree();
    frozen.root = root;
    generation++;
    return frozen;
  }

  /** A node that takes the place of one, to be changed; often itself. */
  private Node own(Node n) {
    if (n.generation == generation) {
      return n;
    }
    Node own = new Node(n, generation);
    if (n.isLeaf()) {
      own.previous = n.previous;
      own.next = n.next;
      if (n.previous != null) {
        n.previous.next = own;
      }
      if (n.next != null) {
        n.next.previous = own;
      }
    }
    return own;
  }

  /** Child {@code i} of a node, both to be changed. */
  private Node own(Node n, int i) {
    n.children[i] = own(n.children[i]);
    return n.children[i];
  }

  /** Shows all elements, the last first. */
  void eachBackward(ZSetValue.Visitor visitor) {
    eachBackward(root, visitor);
  }

  private static void eachBackward(Node n, ZSetValue.Visitor visitor) {
    for (int i = n.size - 1; i >= 0; i--) {
      if (n.isLeaf()) {
        byte[] e = n.elements[i];
        visitor.visit(n.scores[i], e, Scored.MEMBER, Scored.length(e));
      } else {
        eachBackward(n.children[i], visitor);
      }
    }
  }

  long heapBytes() {
    return (long) leaves * LEAF_BYTES + (long) inners * INNER_BYTES;
  }

  /** How many elements lie before a point. */
  int rank(double score, byte[] a, int offset, int length, int tie) {
    int rank = 0;
    Node n = root;
    while (!n.isLeaf()) {
      int child = n.child(score, a, offset, length, tie);
      for (int i = 0; i < child; i++) {
        rank += n.counts[i];
      }
      n = n.children[child];
    }
    return rank + n.position(0, score, a, offset, length, tie);
  }

  /** The element of a rank, which must exist. */
  byte[] element(int rank) {
    Cursor cursor = new Cursor();
    seek(rank, cursor);
    return cursor.element();
  }

  /** Moves a cursor to the element of a rank, which must exist. */
  void seek(int rank, Cursor cursor) {
    int left = rank;
    Node n = root;
    while (!n.isLeaf()) {
      int child = 0;
      while (left >= n.counts[child]) {
        left -= n.counts[child++];
      }
      n = n.children[child];
    }
    cursor.leaf = n;
    cursor.index = left;
  }

  /** Where a walk along the leaves stands; valid until the tree changes. */
  static final class Cursor {
    private Node leaf;
    private int index;

    double score() {
      return leaf.scores[index];
    }

    byte[] element() {
      return leaf.elements[index];
    }

    /** Goes to the next element, if there is one. */
    void forward() {
      if (++index == leaf.size && leaf.next != null) {
        leaf = leaf.next;
        index = 0;
      }
    }

    /** Goes to the element before, if there is one. */
    void back() {
      if (--index < 0 && leaf.previous != null) {
        leaf = leaf.previous;
        index = leaf.size - 1;
      }
    }
  }

  /** Adds an element that is not there. */
  void add(byte[] e) {
    double score = Scored.score(e);
    int length = Scored.length(e);
    root = own(root);
    if (root.size == CAPACITY) {
      Node top = inner();
      top.size = 1;
      top.children[0] = root;
      top.counts[0] = root.count();
      key(top, 0);
      root = top;
    }
    Node n = root;
    // Full nodes are split on the way down, so that there is always room for one more child.
    while (!n.isLeaf()) {
      int i = n.child(score, e, Scored.MEMBER, length, BEHIND);
      if (own(n, i).size == CAPACITY) {
        split(n, i, score, e);
        i = n.child(score, e, Scored.MEMBER, length, BEHIND);
      }
      n.counts[i]++;
      n = own(n, i);
    }
    int at = n.position(0, score, e, Scored.MEMBER, length, BEHIND);
    n.open(at);
    n.scores[at] = score;
    n.elements[at] = e;
  }

  /** Removes an element that is there, by the score it was added with. */
  void remove(double score, byte[] e) {
    root = own(root);
    remove(root, score, e);
    lower();
  }

  /** Has the tree be no higher than it has to be. */
  private void lower() {
    while (!root.isLeaf() && root.size == 1) {
      root = root.children[0];
      inners--;
    }
  }

  /** Removes the elements of {@code count} ranks from {@code from} on, not all there are. */
  void removeRange(int from, int count) {
    root = own(root);
    removeRange(root, from, count);
    lower();
  }

  /** The node keeps at least one element. */
  private void removeRange(Node n, int from, int count) {
    if (n.isLeaf()) {
      n.close(from, count);
      return;
    }
    int i = 0;
    int skipped = from;
    while (skipped >= n.counts[i]) {
      skipped -= n.counts[i++];
    }
    int first = i;
    for (int left = count; left > 0; skipped = 0) {
      int here = Math.min(left, n.counts[i] - skipped);
      if (here == n.counts[i]) {
        drop(n, i, n.children[i]);
      } else {
        n.counts[i] -= here;
        removeRange(own(n, i), skipped, here);
        i++;
      }
      left -= here;
    }
    // The children that have lost a part of their elements are two at most.
    while (--i >= first) {
      if (n.children[i].size < SPARSE) {
        mend(n, i);
      }
    }
  }

  /**
   * Gives an element that is there another score, where it can stay in its place.
   *
   * @return whether it could; else nothing was changed
   */
  boolean rescore(double old, byte[] e, double score) {
    int length = Scored.length(e);
    root = own(root);
    Node n = root;
    while (!n.isLeaf()) {
      n = own(n, n.child(old, e, Scored.MEMBER, length, BEHIND));
    }
    int at = n.position(0, old, e, Scored.MEMBER, length, BEFORE);
    boolean high =
        at > 0 ? n.compare(at - 1, score, e, Scored.MEMBER, length, BEHIND) < 0 : score >= old;
    boolean low =
        at < n.size - 1
            ? n.compare(at + 1, score, e, Scored.MEMBER, length, BEFORE) > 0
            : score <= old;
    if (high && low) {
      n.scores[at] = score;
    }
    return high && low;
  }

  private void remove(Node n, double score, byte[] e) {
    int length = Scored.length(e);
    if (n.isLeaf()) {
      n.close(n.position(0, score, e, Scored.MEMBER, length, BEFORE), 1);
      return;
    }
    int i = n.child(score, e, Scored.MEMBER, length, BEHIND);
    n.counts[i]--;
    remove(own(n, i), score, e);
    if (n.children[i].size < SPARSE) {
      mend(n, i);
    }
  }

  /** Joins a child that has become small with a neighbour, or drops it if it is empty. */
  private void mend(Node n, int i) {
    int left = Math.max(0, i - 1);
    boolean alone = left + 1 >= n.size;
    if (!alone && n.children[left].size + n.children[left + 1].size <= COMFORTABLE) {
      Node gone = own(n, left + 1);
      if (!gone.isLeaf()) {
        // The key of a first child is not kept up, as long as it is a first child.
        gone.scores[0] = n.scores[left + 1];
        gone.elements[0] = n.elements[left + 1];
      }
      gone.move(0, own(n, left));
      n.counts[left] += n.counts[left + 1];
      drop(n, left + 1, gone);
    } else if (n.children[i].size == 0) {
      drop(n, i, n.children[i]);
    }
  }

  /** Drops a child with all that is still in it. */
  private void drop(Node n, int i, Node child) {
    n.close(i, 1);
    forget(child);
  }

  private void forget(Node child) {
    if (!child.isLeaf()) {
      inners--;
      for (int i = 0; i < child.size; i++) {
        forget(child.children[i]);
      }
      return;
    }
    leaves--;
    if (child.previous != null) {
      child.previous.next = child.next;
    }
    if (child.next != null) {
      child.next.previous = child.previous;
    }
  }

  private Node inner() {
    Node n = new Node(generation);
    n.children = new Node[CAPACITY];
    n.counts = new int[CAPACITY];
    inners++;
    return n;
  }

  /** Sets the key of a child to the lowest one in it. */
  private static void key(Node n, int i) {
    n.scores[i] = n.children[i].scores[0];
    n.elements[i] = n.children[i].elements[0];
  }

  /** Splits a full child: in the middle, or at the end where something is about to be added. */
  private void split(Node n, int i, double score, byte[] e) {
    Node left = n.children[i];
    int goes = left.position(1, score, e, Scored.MEMBER, Scored.length(e), BEHIND);
    // What is added in ascending or descending order then leaves full nodes behind.
    int cut = goes == CAPACITY ? CAPACITY - 1 : goes == 1 ? 1 : CAPACITY / 2;
    Node right;
    if (left.isLeaf()) {
      right = new Node(generation);
      leaves++;
      right.previous = left;
      right.next = left.next;
      if (left.next != null) {
        left.next.previous = right;
      }
      left.next = right;
    } else {
      right = inner();
    }
    left.move(cut, right);
    n.open(i + 1);
    n.children[i + 1] = right;
    key(n, i + 1);
    n.counts[i + 1] = right.count();
    n.counts[i] -= n.counts[i + 1];
  }
}
