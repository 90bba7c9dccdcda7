package io.sampo.data;

/**
 * The pages of a long list or stream. A node is filled in an array of its own and moves into a page
 * when it is full, and the array serves the next one: so growing leaves nothing to the collector. A
 * page belongs to one end, so that nodes leave it about in the order in which they came; one that
 * all have left is given back.
 *
 * <p>A value begins to use pages at {@link #LONG} bytes and leaves them when it has shrunk to half
 * of that. Pages in which less than half of the nodes are left are cleared by whoever changes the
 * value in the middle, and while they add up to much no page is added.
 */
public final class NodePages {
  /** With the home of nodes in arrays. */
  public static final long OBJECT_BYTES = 56 + 48;

  /** From here on a value is long. */
  public static final int LONG = 2 * Pages.BYTES;

  /** What is bigger stays in its own array. */
  private static final int BIGGEST = Pages.BYTES / 8;

  /** So few pages need not be used well. */
  private static final int FEW = 4;

  /** Grows with each copy that is made; what is of an earlier one belongs to the copy, too. */
  int generation;

  /** The home of nodes that have arrays of their own. */
  public NodePage arrays;

  /** The pages that are being filled at both ends. */
  private NodePage first;

  private NodePage last;

  /** One of all of them. */
  private NodePage any;

  private int pages;

  /** Sums over the pages. */
  private int nodes;

  private int placed;
  private long filled;

  public NodePages() {
    arrays = NodePage.none(this);
  }

  /** Says that a copy is made, to which all that there is belongs from now on, too. */
  public void share() {
    generation++;
    arrays = NodePage.none(this);
  }

  /** Whether a node that lives there may be changed. */
  public boolean mayChange(NodePage home) {
    return home.owner == this && home.generation == generation;
  }

  /** Whether that is one of these pages. */
  public boolean has(NodePage home) {
    return home.owner == this && home.isPage();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return pages == 0;
  }

  /** The heap that pages take. */
  public long heapBytes() {
    return pages * NodePage.HEAP_BYTES;
  }

  /** About the bytes of the nodes that live in pages. */
  public long live() {
    return placed == 0 ? 0 : filled * nodes / placed;
  }

  /**
   * A place for a node that is full.
   *
   * @param outer the home of the node beyond which it is the outermost
   * @param others the bytes of nodes that have arrays
   * @return a page with room, or the home of arrays if it had better not move
   */
  public NodePage room(int size, boolean inFront, NodePage outer, long others) {
    if (size > BIGGEST || pages == 0 && others < LONG) {
      return arrays;
    }
    NodePage page = inFront ? first : last;
    if (page == null && has(outer) && outer.descending == inFront) {
      page = outer;
    }
    if (page == null || !page.hasRoom(size)) {
      page = fresh(inFront);
    }
    if (page.isPage()) {
      if (inFront) {
        first = page;
      } else {
        last = page;
      }
    }
    return page;
  }

  private NodePage fresh(boolean inFront) {
    if (pages >= FEW && 2 * nodes < placed) {
      return arrays;
    }
    NodePage page = NodePage.create(this, inFront);
    pages++;
    page.behind = any;
    if (any != null) {
      any.before = page;
    }
    any = page;
    return page;
  }

  /** Takes in a node; returns where its bytes are now. */
  public int place(NodePage page, byte[] from, int at, int size) {
    filled -= page.filled();
    int start = page.place(from, at, size);
    filled += page.filled();
    nodes++;
    placed++;
    return start;
  }

  /** Says that the node that came last into a page is about to leave it. */
  public void retract(NodePage page, int start, int end) {
    if (page.generation == generation) {
      filled -= page.filled();
      page.retract(start, end);
      filled += page.filled();
      placed--;
    }
  }

  /** Says that a node leaves one of these pages. */
  public void leave(NodePage page) {
    nodes--;
    page.nodes--;
    if (page.nodes == 0) {
      empty(page);
    }
  }

  private void empty(NodePage page) {
    filled -= page.filled();
    placed -= page.placed;
    if (page == first) {
      first = null;
    }
    if (page == last) {
      last = null;
    }
    pages--;
    if (page == any) {
      any = page.behind;
    } else {
      page.before.behind = page.behind;
    }
    if (page.behind != null) {
      page.behind.before = page.before;
    }
    page.release();
  }

  /** Gives back all pages, for nobody will look at the nodes any more. */
  public void release() {
    for (NodePage page = any; page != null; page = page.behind) {
      page.release();
    }
  }

  /** Whether the nodes that live there had better have arrays. */
  public boolean isSparse(NodePage home) {
    return has(home) && home.isSparse() && home != first && home != last;
  }
}
