package io.sampo.command.sort;

import io.sampo.data.list.ListValue;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;

/** What SORT has found, in its order. */
sealed interface Sorted {
  int size();

  /** A copy of an element. */
  byte[] get(int i);

  void bulk(int i, ReplyWriter out);

  /** Adds an element to the end of a list. */
  void addTo(ListValue list, int i, int fill, int depth);

  /** Integers, from one index to before another. */
  record Numbers(long[] values, int from, int to) implements Sorted {
    @Override
    public int size() {
      return to - from;
    }

    @Override
    public byte[] get(int i) {
      return Bytes.ascii(Long.toString(values[from + i]));
    }

    @Override
    public void bulk(int i, ReplyWriter out) {
      out.bulk(values[from + i]);
    }

    @Override
    public void addTo(ListValue list, int i, int fill, int depth) {
      list.prepare(Bytes.digits(values[from + i]), 1, fill, depth);
      list.addLast(values[from + i], fill);
    }
  }

  /** Elements by the order of their numbers, from one place of it to before another. */
  record Texts(Elements elements, int[] order, int from, int to) implements Sorted {
    @Override
    public int size() {
      return to - from;
    }

    @Override
    public byte[] get(int i) {
      return elements.get(order[from + i]);
    }

    @Override
    public void bulk(int i, ReplyWriter out) {
      int n = order[from + i];
      out.bulk(elements.array(n), elements.offset(n), elements.length(n));
    }

    @Override
    public void addTo(ListValue list, int i, int fill, int depth) {
      int n = order[from + i];
      list.prepare(elements.length(n), 1, fill, depth);
      list.addLast(elements.array(n), elements.offset(n), elements.length(n), fill);
    }
  }
}
