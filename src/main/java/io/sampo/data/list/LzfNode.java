package io.sampo.data.list;

import io.sampo.data.ListPack;
import io.sampo.data.Lzf;
import io.sampo.data.NodePage;
import java.util.Arrays;

/**
 * A node of a list whose elements are compressed: {@link Lzf} of their {@link ListPack}, as Redis
 * keeps them and writes them to RDB. They do not change; whoever changes or reads them does so with
 * the {@link #raw} node.
 */
final class LzfNode implements QuicklistNode {
  private static final long OBJECT_BYTES = 40;
  private static final long ARRAY_HEADER = 16;

  private final int used;
  private final int count;
  private byte[] bytes;
  private int start;
  private final int length;
  private NodePage home = NodePage.NOWHERE;

  /** A node for the elements of another, which became these bytes. */
  LzfNode(ListNode raw, byte[] bytes) {
    this(raw.used(), raw.count(), bytes);
  }

  private LzfNode(int used, int count, byte[] bytes) {
    this.used = used;
    this.count = count;
    this.bytes = bytes;
    length = bytes.length;
  }

  @Override
  public ListNode raw() {
    byte[] pack = new byte[packBytes()];
    if (!Lzf.decompress(bytes, start, length, pack)) {
      throw new IllegalStateException("a node of a list is torn");
    }
    return ListNode.of(pack, count);
  }

  @Override
  public LzfNode copy() {
    return new LzfNode(used, count, Arrays.copyOfRange(bytes, start, start + length));
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int used() {
    return used;
  }

  /** The bytes of the listpack. */
  int packBytes() {
    return used + ListNode.FRAME_BYTES;
  }

  @Override
  public long heapBytes() {
    return home.isPage() ? OBJECT_BYTES : OBJECT_BYTES + ARRAY_HEADER + NodePage.aligned(length);
  }

  @Override
  public long sharedHeapBytes() {
    return home.isPage() ? OBJECT_BYTES + NodePage.aligned(length) : heapBytes();
  }

  @Override
  public NodePage home() {
    return home;
  }

  @Override
  public void home(NodePage arrays) {
    home = arrays;
  }

  /** The array that holds the compressed bytes, from {@link #first} to before {@link #end}. */
  byte[] array() {
    return bytes;
  }

  /** How many those are. */
  int compressedBytes() {
    return length;
  }

  @Override
  public int first() {
    return start;
  }

  @Override
  public int end() {
    return start + length;
  }

  @Override
  public byte[] settle(NodePage page) {
    byte[] array = bytes;
    start = page.owner.place(page, array, start, length);
    bytes = page.bytes();
    home = page;
    return array;
  }
}
