package io.sampo.data.list;

import io.sampo.data.ListPack;
import io.sampo.data.Lzf;
import io.sampo.data.Pages;
import java.util.Arrays;

/**
 * Compresses nodes of lists, by Redis's rules of what is worth it. What it takes to do so belongs
 * to a thread, for there are many lists.
 */
final class NodeCompressor {
  /** Smaller listpacks stay as they are. */
  private static final int LEAST_BYTES = 48;

  /** So do bigger ones, whatever Redis does, for compressing one takes a millisecond or more. */
  private static final int MOST_BYTES = Pages.BYTES / 2;

  /** What has to be gained, and more. */
  private static final int GAIN = 8;

  private static final ThreadLocal<NodeCompressor> OF_THREAD =
      ThreadLocal.withInitial(NodeCompressor::new);

  private final Lzf lzf = new Lzf();
  private byte[] pack = {};
  private byte[] packed = {};

  private NodeCompressor() {}

  /** A node of what another has, compressed, or the other one if that is not worth it. */
  static QuicklistNode compressed(ListNode raw) {
    int size = raw.used() + ListNode.FRAME_BYTES;
    return size < LEAST_BYTES || size > MOST_BYTES ? raw : OF_THREAD.get().compress(raw, size);
  }

  private QuicklistNode compress(ListNode raw, int size) {
    if (size > pack.length) {
      int roomy = size + size / 4;
      packed = new byte[roomy];
      pack = new byte[roomy];
    }
    ListPack.write(pack, raw.array(), raw.first(), raw.used(), raw.count());
    int length = lzf.compress(pack, 0, size, packed, 0, size - GAIN - 1);
    return length == 0 ? raw : new LzfNode(raw, Arrays.copyOf(packed, length));
  }
}
