package io.sampo.data.stream;

import io.sampo.data.HeapTally;
import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.Type;
import io.sampo.data.Value;
import io.sampo.resp.Args;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A stream: entries in the order of their IDs, and the groups of consumers that read them. */
public final class StreamValue implements Value {
  /** Objects and empty arrays. */
  private static final int OBJECT_BYTES = 320;

  private final HeapTally tally = new HeapTally();

  /** So many nodes are gone over to tell how a tree of them would look. */
  private static final int MOST_SHAPED = 4096;

  private final StreamNodes nodes;
  private final TreeMap<byte[], StreamGroup> groups = new TreeMap<>(Arrays::compareUnsigned);
  private long length;
  private StreamId lastId = StreamId.MIN;
  private StreamId firstId = StreamId.MIN;
  private StreamId maxDeletedId = StreamId.MIN;
  private long entriesAdded;

  public StreamValue() {
    nodes = new StreamNodes(tally);
    tally.bytes = OBJECT_BYTES;
  }

  private StreamValue(StreamValue origin) {
    nodes = origin.nodes.frozen();
    origin.groups.forEach((name, group) -> groups.put(name, group.frozen()));
    count(origin);
    tally.bytes = origin.tally.bytes;
  }

  private void count(StreamValue origin) {
    length = origin.length;
    lastId = origin.lastId;
    firstId = origin.firstId;
    maxDeletedId = origin.maxDeletedId;
    entriesAdded = origin.entriesAdded;
  }

  @Override
  public StreamValue frozen() {
    return new StreamValue(this);
  }

  @Override
  public void release() {
    nodes.release();
  }

  @Override
  public StreamValue copy() {
    StreamValue copy = new StreamValue();
    StreamNode node = nodes.index.first();
    while (node != StreamNode.NONE) {
      copy.nodes.add(node.copy());
      node = nodes.index.higher(node.ms(), node.seq());
    }
    groups.forEach((name, group) -> copy.groups.put(name, group.copy(copy.tally)));
    copy.count(this);
    return copy;
  }

  @Override
  public Type type() {
    return Type.STREAM;
  }

  @Override
  public String encoding() {
    return "stream";
  }

  @Override
  public long heapBytes() {
    return tally.bytes + nodes.heapBytes();
  }

  /** What {@link #heapBytes} must be, by walking over the nodes. */
  long heapByNode() {
    return tally.bytes + nodes.heapByNode();
  }

  // ---- entries ----

  /** How many entries there are. */
  public long length() {
    return length;
  }

  /**
   * How many nodes Redis's tree of them would have; of very many, which would take time to go over,
   * how many it has at least.
   */
  public long radixNodes() {
    if (nodeCount() > MOST_SHAPED) {
      return nodeCount() + 1L;
    }
    RadixShape shape = new RadixShape();
    StreamNode node = nodes.index.first();
    while (node != StreamNode.NONE) {
      shape.add(node.ms(), node.seq());
      node = nodes.index.higher(node.ms(), node.seq());
    }
    return shape.nodes();
  }

  /** How many nodes the entries are in. */
  public int nodeCount() {
    return nodes.index.size();
  }

  /** The highest ID there ever was. */
  public StreamId lastId() {
    return lastId;
  }

  /** The ID of the first entry, {@link StreamId#MIN} if there is none. */
  public StreamId firstId() {
    return firstId;
  }

  /** The highest ID that was deleted by itself. */
  public StreamId maxDeletedId() {
    return maxDeletedId;
  }

  /** How many entries were ever added. */
  public long entriesAdded() {
    return entriesAdded;
  }

  public void lastId(StreamId id) {
    lastId = id;
  }

  public void maxDeletedId(StreamId id) {
    maxDeletedId = id;
  }

  public void entriesAdded(long count) {
    entriesAdded = count;
  }

  /** The entries between two IDs, which belong to it. */
  public StreamRange range(StreamId from, StreamId to) {
    return new StreamRange(nodes.index, from, to, false);
  }

  /** As {@link #range}, last first. */
  public StreamRange reverseRange(StreamId from, StreamId to) {
    return new StreamRange(nodes.index, from, to, true);
  }

  public boolean contains(StreamId id) {
    return range(id, id).next();
  }

  /** The ID of the last entry, {@link StreamId#MIN} if there is none. */
  public StreamId lastEntryId() {
    StreamRange last = reverseRange(StreamId.MIN, StreamId.MAX);
    return last.next() ? last.id() : StreamId.MIN;
  }

  /**
   * Adds an entry.
   *
   * @param id above {@link #lastId}
   * @param from the argument with which its fields and values begin
   */
  public void append(StreamId id, Args a, int from, Limits limits) {
    StreamNode node = nodes.index.last();
    if (node == StreamNode.NONE || isFull(node, a, from, limits)) {
      node = StreamNode.create(id.ms(), id.seq(), a, from);
      // Only then, for a node without an entry is not to be.
      node.append(id.ms(), id.seq(), a, from);
      nodes.add(node);
    } else {
      node = nodes.own(node);
      long before = node.heapBytes();
      node.append(id.ms(), id.seq(), a, from);
      nodes.grown(node.heapBytes() - before);
    }
    lastId = id;
    entriesAdded++;
    length++;
    if (length == 1) {
      firstId = id;
    }
  }

  private static boolean isFull(StreamNode node, Args a, int from, Limits limits) {
    int maxBytes = limits.streamNodeMaxBytes;
    int maxEntries = limits.streamNodeMaxEntries;
    if (maxEntries > 0 && node.live() + node.deleted() >= maxEntries) {
      return true;
    }
    long bytes = node.used();
    for (int i = from; i < a.count(); i++) {
      bytes += a.length(i);
    }
    return bytes >= (maxBytes == 0 ? 1 << 30 : Math.min(maxBytes, 1 << 30));
  }

  /** Takes nodes: their IDs, and their entries as Redis packs them, somewhere in an array. */
  @FunctionalInterface
  public interface NodeVisitor {
    void node(long ms, long seq, byte[] a, int offset, int length);
  }

  /** A walk over the nodes, in order; it ends when the stream changes. */
  public NodeWalk nodes() {
    return new NodeWalk();
  }

  /** See {@link #nodes}. */
  public final class NodeWalk {
    private StreamNode node = nodes.index.first();

    private NodeWalk() {}

    /** Shows the next node, whose pack is not to be changed; false if there is none. */
    public boolean next(NodeVisitor visitor) {
      if (node == StreamNode.NONE) {
        return false;
      }
      visitor.node(node.ms(), node.seq(), node.pack(), node.base(), node.used());
      node = nodes.index.higher(node.ms(), node.seq());
      return true;
    }
  }

  /**
   * Adds the entries of a node that came from outside.
   *
   * @param pack a sound and canonical {@link ListPack}, which it takes over
   * @return false if these are not entries above {@link #lastId}, which becomes that of the last
   */
  public boolean addNode(long ms, long seq, byte[] pack) {
    StreamNode node = new StreamNode(ms, seq, pack);
    StreamCheck check = new StreamCheck(node);
    // An ID of zero is that of no entry, so nothing is lost by asking for more than that.
    if (!check.isSound(lastId)) {
      return false;
    }
    lastId = check.last();
    if (node.live() > 0) {
      boolean first = length == 0;
      nodes.add(node);
      length += node.live();
      if (first) {
        findFirst();
      }
    }
    return true;
  }

  /** Deletes an entry; false if there is none. */
  public boolean delete(StreamId id) {
    StreamRange range = range(id, id);
    if (!range.next()) {
      return false;
    }
    StreamNode node = range.node();
    if (node.live() == 1) {
      nodes.remove(node);
    } else {
      StreamNode own = nodes.own(node);
      long before = own.heapBytes();
      own.delete(range.position());
      nodes.grown(own.heapBytes() - before);
    }
    nodes.deleted(id);
    length--;
    if (id.isAbove(maxDeletedId)) {
      maxDeletedId = id;
    }
    if (id.equals(firstId)) {
      findFirst();
    }
    return true;
  }

  private void findFirst() {
    StreamRange first = range(StreamId.MIN, StreamId.MAX);
    firstId = first.next() ? first.id() : StreamId.MIN;
  }

  /**
   * Removes the oldest entries.
   *
   * @param keep as many are kept
   * @param upTo only those not above this ID are removed
   * @param wholeNodes whether to stop before a node of which only a part would go
   * @param limit stop before more than that many; 0 is no limit
   * @return how many were removed
   */
  public long trim(long keep, StreamId upTo, boolean wholeNodes, long limit) {
    long before = length;
    try {
      while (length > keep) {
        StreamNode node = nodes.index.first();
        int live = node.live();
        if (limit > 0 && before - length + live > limit) {
          break;
        }
        if (length - live < keep || lastOf(node).isAbove(upTo)) {
          if (!wholeNodes) {
            trim(node, keep, upTo);
          }
          break;
        }
        nodes.remove(node);
        length -= live;
      }
    } finally {
      // Also when there was no heap to go on.
      if (length < before) {
        nodes.trimmed();
        findFirst();
      }
    }
    return before - length;
  }

  /** The ID of the last entry of a node, deleted or not. */
  private static StreamId lastOf(StreamNode node) {
    byte[] pack = node.pack();
    int p = ListPack.next(pack, node.previous(node.end()));
    long ms = node.ms() + ListPack.integer(pack, p);
    return new StreamId(ms, node.seq() + ListPack.integer(pack, ListPack.next(pack, p)));
  }

  /** Removes the oldest entries of the first node, of which some remain. */
  private void trim(StreamNode first, long keep, StreamId upTo) {
    StreamNode node = nodes.own(first);
    int removed = 0;
    StreamRange range = range(StreamId.MIN, upTo);
    while (length > keep && range.next() && range.node() == node) {
      node.mark(range.position());
      length--;
      removed++;
    }
    long before = node.heapBytes();
    node.count(removed);
    nodes.grown(node.heapBytes() - before);
  }

  // ---- groups ----

  /** The groups by their names' bytes. */
  public Collection<StreamGroup> groups() {
    return Collections.unmodifiableCollection(groups.values());
  }

  public Optional<StreamGroup> group(byte[] name) {
    return Optional.ofNullable(groups.get(name));
  }

  /** Adds a group of a new name. */
  public void addGroup(byte[] name, StreamId last, long entriesRead) {
    groups.put(name, new StreamGroup(name, last, entriesRead, tally));
  }

  public void removeGroup(StreamGroup group) {
    groups.remove(group.name());
    group.dispose();
  }

  /**
   * How many entries of its history a group has read that was delivered all up to an ID, or {@link
   * StreamGroup#UNKNOWN} where deletions hide it.
   */
  public long entriesReadUpTo(StreamId id) {
    if (entriesAdded == 0) {
      return 0;
    }
    int toLast = id.compareTo(lastId);
    if (toLast == 0 || length == 0 && toLast < 0) {
      return entriesAdded;
    }
    int toFirst = id.compareTo(firstId);
    if (toLast > 0 || toFirst > 0 || !isGapless()) {
      return StreamGroup.UNKNOWN;
    }
    return entriesAdded - length + (toFirst == 0 ? 1 : 0);
  }

  /** Whether no entry was deleted from among those that are left. */
  private boolean isGapless() {
    return length == 0 || maxDeletedId.isBelow(firstId);
  }

  /** Whether an entry from {@code id} on may have been deleted from among others. */
  private boolean hasGapsFrom(StreamId id) {
    return !isGapless() && !id.isAbove(maxDeletedId);
  }

  /** Notes that an entry above all that were delivered before was delivered to the group. */
  public void delivered(StreamGroup group, StreamId id) {
    if (group.entriesRead != StreamGroup.UNKNOWN && !hasGapsFrom(id)) {
      group.entriesRead++;
    } else if (entriesAdded > 0) {
      group.entriesRead = entriesReadUpTo(id);
    }
    group.lastId = id;
  }

  /** How many entries the group has yet to be given, if that can be told; wrong counts show. */
  public OptionalLong lag(StreamGroup group) {
    if (entriesAdded == 0) {
      return OptionalLong.of(0);
    }
    boolean counted = group.entriesRead != StreamGroup.UNKNOWN && !hasGapsFrom(group.lastId);
    long read = counted ? group.entriesRead : entriesReadUpTo(group.lastId);
    return read == StreamGroup.UNKNOWN
        ? OptionalLong.empty()
        : OptionalLong.of(entriesAdded - read);
  }
}
