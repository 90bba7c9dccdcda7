package io.sampo.data.list;

/** What a node of a {@link Quicklist} may have, by {@code list-max-listpack-size}. */
final class NodeLimit {
  /** What a node may take where its limit is in elements. */
  private static final int MAX_COUNTED_BYTES = 8192;

  private NodeLimit() {}

  /** Whether this much is too much for one node. */
  static boolean exceeds(int fill, long listpackBytes, long count) {
    return fill < 0
        ? listpackBytes > maxBytes(fill)
        : listpackBytes > MAX_COUNTED_BYTES || count > Math.max(1, fill);
  }

  private static int maxBytes(int fill) {
    return 2048 << -Math.max(fill, -5);
  }

  /** Whether this is not even half of what a node may have. */
  static boolean isHalf(int fill, long listpackBytes, long count) {
    return fill < 0
        ? listpackBytes <= maxBytes(fill) / 2
        : listpackBytes <= MAX_COUNTED_BYTES && count <= Math.max(1, fill) / 2;
  }

  /** What the elements of a node may take. */
  static int mostBytes(int fill) {
    return (fill < 0 ? maxBytes(fill) : MAX_COUNTED_BYTES) - ListNode.FRAME_BYTES;
  }

  /** What a node has to have to stay in a page when it loses elements from its middle. */
  static int leastBytes(int fill) {
    return mostBytes(fill) / 2;
  }
}
