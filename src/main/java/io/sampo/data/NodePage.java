package io.sampo.data;

/**
 * Where nodes of a list or of a stream have their bytes: a page, filled from one end to the other
 * with nodes that are full; or, as the home of those that have an array of their own, nothing.
 */
public final class NodePage {
  /** An object, and the header of the array. */
  static final long HEAP_BYTES = 48 + 16 + Pages.BYTES;

  private static final byte[] NOTHING = {};

  /** The home of what belongs to no long list or stream. */
  public static final NodePage NOWHERE = new NodePage(new NodePages(), NOTHING, 0, false);

  public final NodePages owner;

  /** {@link NodePages#generation} when it began to be filled. */
  final int generation;

  /** Whether it is filled from its end. */
  public final boolean descending;

  private byte[] bytes;
  private int top;

  /** How many nodes live here, and how many came. */
  public int nodes;

  int placed;

  /** Its neighbours among all pages of its owner, or null. */
  NodePage before;

  NodePage behind;

  private NodePage(NodePages owner, byte[] bytes, int generation, boolean descending) {
    this.owner = owner;
    this.bytes = bytes;
    this.generation = generation;
    this.descending = descending;
    top = descending ? bytes.length : 0;
  }

  /** The home of nodes that have arrays of their own. */
  static NodePage none(NodePages owner) {
    return new NodePage(owner, NOTHING, owner.generation, false);
  }

  static NodePage create(NodePages owner, boolean descending) {
    return new NodePage(owner, Pages.take(), owner.generation, descending);
  }

  /** Gives away its bytes, unless a copy of the value may have some of them, too. */
  void release() {
    if (generation == owner.generation) {
      Pages.give(bytes);
      bytes = NOTHING;
    }
  }

  /** Whether it is a page. */
  public boolean isPage() {
    return bytes != NOTHING;
  }

  /** The array that its nodes lie in. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many of its bytes were given to nodes. */
  int filled() {
    return descending ? bytes.length - top : top;
  }

  boolean hasRoom(int size) {
    return size <= bytes.length - filled();
  }

  /** Takes in a node, for which there is room; returns where its bytes are now. */
  int place(byte[] from, int at, int size) {
    int start = descending ? top - size : top;
    System.arraycopy(from, at, bytes, start, size);
    top = descending ? start & ~7 : aligned(start + size);
    nodes++;
    placed++;
    return start;
  }

  /**
   * Takes back what was given last.
   *
   * @param start where the bytes of that node are
   */
  void retract(int start, int end) {
    top = descending ? Math.max(top, end & ~7) : Math.min(top, aligned(start));
    placed--;
  }

  /** Whether these are the bytes that were given last. */
  public boolean isLast(int start, int end) {
    return top == (descending ? start & ~7 : aligned(end));
  }

  /** Whether so many nodes have left that the others are not worth it. */
  boolean isSparse() {
    return 2 * nodes < placed;
  }

  public static int aligned(int size) {
    return size + 7 & ~7;
  }
}
