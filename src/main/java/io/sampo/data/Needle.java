package io.sampo.data;

import io.sampo.resp.Bytes;

/**
 * A byte string that is looked for among the elements of a {@link ListPack}, where it has one form.
 */
public final class Needle {
  private final byte[] array;
  private final int offset;
  private final int length;
  private final boolean isInteger;
  private final long value;

  public Needle(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    isInteger = length <= 20 && Bytes.isLong(array, offset, length);
    value = isInteger ? Bytes.parseLong(array, offset, length) : 0;
  }

  /** Whether the element at {@code p} of a pack is this one. */
  public boolean isAt(byte[] pack, int p) {
    if (ListPack.isInteger(pack, p)) {
      return isInteger && ListPack.integer(pack, p) == value;
    }
    return !isInteger && ListPack.equal(pack, p, array, offset, length);
  }
}
