package io.sampo.data.stream;

import io.sampo.data.HeapTally;
import io.sampo.data.NodePage;
import io.sampo.data.NodePages;
import io.sampo.data.Value;

/**
 * The nodes of a stream in the order of their IDs. The last one is filled in an array of its own;
 * if the stream is long, a node moves into one of {@link NodePages} when it is full, and has an
 * array again from when it is first changed.
 */
final class StreamNodes {
  /** The nodes, none of which is to be changed. */
  final IdIndex<StreamNode> index;

  /**
   * The pages. A stream that was never long nor frozen shares those of nobody, so they are empty.
   */
  private NodePages pages = NodePage.NOWHERE.owner;

  /** What the nodes take beside the pages. */
  private long nodeBytes;

  /**
   * @param tally is told of the heap that the index takes, but not of that of the nodes
   */
  StreamNodes(HeapTally tally) {
    index = new IdIndex<>(StreamNode.NONE, tally);
  }

  private StreamNodes(StreamNodes origin) {
    index = origin.index.frozen();
    nodeBytes = origin.heapBytes();
  }

  /** As {@link Value#frozen}; it shares nodes and pages. */
  StreamNodes frozen() {
    StreamNodes frozen = new StreamNodes(this);
    if (pages == NodePage.NOWHERE.owner) {
      pages = new NodePages();
    } else {
      pages.share();
    }
    return frozen;
  }

  /** See {@link Value#release}. */
  void release() {
    pages.release();
  }

  /** The heap that nodes and pages take. */
  long heapBytes() {
    return nodeBytes + (pages.isEmpty() ? 0 : NodePages.OBJECT_BYTES + pages.heapBytes());
  }

  /** What {@link #heapBytes} must be, by walking. */
  long heapByNode() {
    long sum = heapBytes() - nodeBytes;
    StreamNode node = index.first();
    while (node != StreamNode.NONE) {
      sum += node.heapBytes();
      node = index.higher(node.ms(), node.seq());
    }
    return sum;
  }

  /** Adds a node, above all others, that has an array of its own. */
  void add(StreamNode node) {
    if (index.size() > 0) {
      close();
    }
    node.home(pages.arrays);
    index.add(node);
    nodeBytes += node.heapBytes();
  }

  /** Has the last node take no more than it needs: it is full. */
  private void close() {
    if (index.last().home().isPage()) {
      return;
    }
    StreamNode last = own(index.last());
    long before = last.heapBytes();
    long others = nodeBytes - before;
    if (others >= NodePages.LONG && pages == NodePage.NOWHERE.owner) {
      pages = new NodePages();
      last.home(pages.arrays);
    }
    NodePage lower = index.lower(last.ms(), last.seq()).home();
    NodePage page = pages.room(last.used(), false, lower, others);
    if (page.isPage()) {
      last.settle(page);
    } else {
      last.trim();
    }
    nodeBytes += last.heapBytes() - before;
  }

  /** A node that takes the place of one, to be changed; often itself. */
  StreamNode own(StreamNode node) {
    if (pages.mayChange(node.home()) && !node.home().isPage()) {
      return node;
    }
    StreamNode own = node.own();
    own.home(pages.arrays);
    // First, for there may be no heap for it.
    index.replace(own);
    forget(node);
    nodeBytes += own.heapBytes();
    return own;
  }

  /** Says that a node of our own takes so much more than it did before. */
  void grown(long bytes) {
    nodeBytes += bytes;
  }

  void remove(StreamNode node) {
    index.remove(node);
    forget(node);
  }

  private void forget(StreamNode node) {
    nodeBytes -= node.heapBytes();
    if (pages.has(node.home())) {
      pages.leave(node.home());
    }
  }

  /** Says that something was deleted about an ID: pages of which little is left are cleared. */
  void deleted(StreamId about) {
    try {
      tidy(about, index.lower(about.ms(), about.seq()).home());
      tidy(about, index.higher(about.ms(), about.seq()).home());
    } catch (OutOfMemoryError full) {
      // They can stay. What was deleted, which made room, is not to fail by it.
    }
    trimmed();
  }

  private void tidy(StreamId about, NodePage page) {
    if (!pages.isSparse(page) || page == index.first().home()) {
      return;
    }
    StreamNode node = index.higher(about.ms(), about.seq());
    while (page.nodes > 0 && isThereOrInArray(node, page)) {
      moveOut(node, page);
      node = index.higher(node.ms(), node.seq());
    }
    node = index.floor(about.ms(), about.seq());
    while (page.nodes > 0 && isThereOrInArray(node, page)) {
      moveOut(node, page);
      node = index.lower(node.ms(), node.seq());
    }
  }

  /** Whether those beyond a node may be in a page: those of a page are behind one another. */
  private static boolean isThereOrInArray(StreamNode node, NodePage page) {
    return node != StreamNode.NONE && (node.home() == page || !node.home().isPage());
  }

  private void moveOut(StreamNode node, NodePage page) {
    if (node.home() == page) {
      own(node);
    }
  }

  /** Says that nodes were removed: pages are left when there is not enough for them any more. */
  void trimmed() {
    if (pages.isEmpty() || nodeBytes + pages.live() >= NodePages.LONG / 2) {
      return;
    }
    try {
      leavePages();
    } catch (OutOfMemoryError full) {
      // As in deleted.
    }
  }

  private void leavePages() {
    StreamNode node = index.first();
    while (node != StreamNode.NONE) {
      if (node.home().isPage()) {
        own(node);
      }
      node = index.higher(node.ms(), node.seq());
    }
  }
}
