package io.sampo.data.list;

import io.sampo.data.NodePage;

/** A node of a {@link Quicklist}: a run of its elements, as they are or compressed. */
sealed interface QuicklistNode permits ListNode, LzfNode {
  int count();

  /** The bytes its elements take, or would if they were not compressed. */
  int used();

  /** What it takes beside the page it may be in. */
  long heapBytes();

  /** What it takes if its page is that of another list. */
  long sharedHeapBytes();

  NodePage home();

  /** Says to which list it belongs that has an array of its own. */
  void home(NodePage arrays);

  /** Where its bytes begin, in its array or in its page. */
  int first();

  /** Behind what its bytes end. */
  int end();

  /** A node that has its elements as they are, which may be this one. */
  ListNode raw();

  /** The same in an array of its own. */
  QuicklistNode copy();

  /** Moves into a page; returns the array that it had. */
  byte[] settle(NodePage page);
}
