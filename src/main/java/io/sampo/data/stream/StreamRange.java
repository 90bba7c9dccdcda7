package io.sampo.data.stream;

import io.sampo.data.ListPack;
import io.sampo.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks over the entries of a stream that have IDs within bounds, one way or the other. It is valid
 * until the stream changes.
 */
public final class StreamRange {
  private final IdIndex<StreamNode> nodes;
  private final StreamId from;
  private final StreamId to;
  private final boolean backward;
  private final byte[] text = new byte[StreamId.MAX_LENGTH];

  private StreamNode node;
  private byte[] pack;

  /** The node behind it, which only {@link #seek} looks for. */
  private StreamNode behind = StreamNode.NONE;

  private boolean knowsBehind;

  /** Where the walk goes on in the node: the beginning of an entry, or going backward its end. */
  private int at;

  /** The entry it stands on: where it begins, and where its fields or values do. */
  private int entryAt;

  private int valuesAt;
  private int fields;
  private boolean same;
  private long ms;
  private long seq;

  /** Where the entry ends, or {@link ListPack#NONE} until somebody has walked there. */
  private int endAt;

  StreamRange(IdIndex<StreamNode> nodes, StreamId from, StreamId to, boolean backward) {
    this.nodes = nodes;
    this.from = from;
    this.to = to;
    this.backward = backward;
    StreamId start = backward ? to : from;
    StreamNode floor = nodes.floor(start.ms(), start.seq());
    enter(floor == StreamNode.NONE && !backward ? nodes.first() : floor);
  }

  private void enter(StreamNode next) {
    node = next;
    pack = next.pack();
    knowsBehind = false;
    entryAt = ListPack.NONE;
    if (next != StreamNode.NONE) {
      at = backward ? next.end() : next.begin();
      endAt = at;
    }
  }

  /** Goes to the next entry; false if there is none. */
  public boolean next() {
    while (node != StreamNode.NONE) {
      if (!step()) {
        enter(backward ? nodes.lower(node.ms(), node.seq()) : nodes.higher(node.ms(), node.seq()));
      } else if (StreamId.compare(ms, seq, from.ms(), from.seq()) < 0) {
        if (backward) {
          node = StreamNode.NONE;
        }
      } else if (StreamId.compare(ms, seq, to.ms(), to.seq()) > 0) {
        if (!backward) {
          node = StreamNode.NONE;
        }
      } else if (!isDeleted()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Goes to the entry of an ID, whatever the bounds, and not backward; false if there is none. It
   * is quick for one that comes soon behind the one before.
   */
  public boolean seek(StreamId id) {
    if (node == StreamNode.NONE || !isInNode(id)) {
      enter(nodes.floor(id.ms(), id.seq()));
      behind = nodes.higher(node.ms(), node.seq());
      knowsBehind = true;
    } else if (entryAt != ListPack.NONE && compare(id) > 0) {
      enter(node);
      knowsBehind = true;
    }
    while (node != StreamNode.NONE && (entryAt == ListPack.NONE || compare(id) < 0)) {
      if (!step()) {
        return false;
      }
    }
    return node != StreamNode.NONE && compare(id) == 0 && !isDeleted();
  }

  /** Whether it is known that an ID, if it is one, is in the node. */
  private boolean isInNode(StreamId id) {
    return knowsBehind
        && StreamId.compare(id.ms(), id.seq(), node.ms(), node.seq()) >= 0
        && (behind == StreamNode.NONE
            || StreamId.compare(id.ms(), id.seq(), behind.ms(), behind.seq()) < 0);
  }

  private int compare(StreamId id) {
    return StreamId.compare(ms, seq, id.ms(), id.seq());
  }

  /** Goes to the next entry of the node, whichever it is; false if there is none. */
  private boolean step() {
    if (backward) {
      if (at == node.begin()) {
        return false;
      }
      at = node.previous(at);
      decode(at);
    } else {
      at = end();
      if (at == node.end()) {
        return false;
      }
      decode(at);
    }
    return true;
  }

  private void decode(int p) {
    entryAt = p;
    int flags = (int) ListPack.integer(pack, p);
    int q = ListPack.next(pack, p);
    ms = node.ms() + ListPack.integer(pack, q);
    q = ListPack.next(pack, q);
    seq = node.seq() + ListPack.integer(pack, q);
    q = ListPack.next(pack, q);
    same = (flags & StreamNode.SAME_FIELDS) != 0;
    if (same) {
      fields = node.masterFields();
    } else {
      fields = (int) ListPack.integer(pack, q);
      q = ListPack.next(pack, q);
    }
    valuesAt = q;
    endAt = ListPack.NONE;
  }

  /** Where the entry ends. */
  private int end() {
    if (endAt == ListPack.NONE) {
      int p = valuesAt;
      for (int i = same ? fields : 2 * fields; i >= 0; i--) {
        p = ListPack.next(pack, p);
      }
      endAt = p;
    }
    return endAt;
  }

  private boolean isDeleted() {
    return (ListPack.integer(pack, entryAt) & StreamNode.DELETED) != 0;
  }

  /** The node of the entry. */
  StreamNode node() {
    return node;
  }

  /** The position of the entry in the pack of its node. */
  int position() {
    return entryAt - node.base();
  }

  public StreamId id() {
    return new StreamId(ms, seq);
  }

  /** Writes the entry's ID as a bulk string. */
  public void writeId(ReplyWriter out) {
    out.bulk(text, 0, StreamId.put(text, 0, ms, seq));
  }

  /** Copies of the entry's fields and values in turn. */
  public List<byte[]> fields() {
    List<byte[]> copies = new ArrayList<>(2 * fields);
    int field = same ? node.masterFieldsAt() : valuesAt;
    int value = same ? valuesAt : ListPack.next(pack, field);
    for (int i = 0; i < fields; i++) {
      copies.add(ListPack.bytes(pack, field));
      copies.add(ListPack.bytes(pack, value));
      field = ListPack.next(pack, same ? field : value);
      value = ListPack.next(pack, same ? value : field);
    }
    return copies;
  }

  /** Writes the entry: its ID, and an array of fields and values in turn. */
  public void write(ReplyWriter out) {
    out.array(2);
    writeId(out);
    out.array(2 * fields);
    int field = same ? node.masterFieldsAt() : valuesAt;
    int value = same ? valuesAt : ListPack.next(pack, field);
    for (int i = 0; i < fields; i++) {
      ListPack.bulk(pack, field, out);
      ListPack.bulk(pack, value, out);
      int behind = ListPack.next(pack, value);
      field = same ? ListPack.next(pack, field) : behind;
      value = same || i == fields - 1 ? behind : ListPack.next(pack, field);
    }
    endAt = ListPack.next(pack, value);
  }
}
