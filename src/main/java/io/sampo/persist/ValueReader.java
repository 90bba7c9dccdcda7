package io.sampo.persist;

import io.sampo.data.Limits;
import io.sampo.data.ListPack;
import io.sampo.data.PackCheck;
import io.sampo.data.Value;
import io.sampo.data.hash.HashValue;
import io.sampo.data.list.ListValue;
import io.sampo.data.set.IntSet;
import io.sampo.data.set.SetValue;
import io.sampo.data.zset.ZSetValue;
import io.sampo.keyspace.Entry;
import io.sampo.resp.Bytes;
import io.sampo.resp.Numbers;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads values, of all types that any Redis up to 7.4 has written. Every one is looked through:
 * what is not well-formed, or says something twice that a value can hold only once, is refused.
 */
final class ValueReader {
  /** What the length of the text of a score stands for, beside itself. */
  private static final int SCORE_NAN = 253;

  private static final int SCORE_INFINITE = 254;
  private static final int SCORE_NEGATIVE_INFINITE = 255;

  /** Fields expire before this, in Unix milliseconds: Redis has 48 bits for it. */
  private static final long LATEST_EXPIRY = (1L << 48) - 2;

  private final RdbInput in;
  private final Limits limits;
  private final StreamReader streams;

  ValueReader(RdbInput in, Limits limits) {
    this.in = in;
    this.limits = limits;
    this.streams = new StreamReader(in);
  }

  static boolean isType(int octet) {
    return octet >= 0 && octet <= RdbFormat.HASH_LISTPACK_EX && octet != 8;
  }

  /** Reads a value of a type; nothing if it is an empty collection, which cannot be kept. */
  Optional<Entry> read(int type) throws IOException {
    if (type == RdbFormat.STRING) {
      return Optional.of(in.entry());
    }
    return collection(type).map(Entry::of);
  }

  private Optional<? extends Value> collection(int type) throws IOException {
    return switch (type) {
      case RdbFormat.LIST,
          RdbFormat.LIST_ZIPLIST,
          RdbFormat.LIST_QUICKLIST,
          RdbFormat.LIST_QUICKLIST_2 ->
          list(type);
      case RdbFormat.SET, RdbFormat.SET_INTSET, RdbFormat.SET_LISTPACK ->
          Optional.of(set(type)).filter(set -> !set.isEmpty());
      case RdbFormat.ZSET, RdbFormat.ZSET_2, RdbFormat.ZSET_ZIPLIST, RdbFormat.ZSET_LISTPACK ->
          Optional.of(zset(type)).filter(zset -> zset.size() > 0);
      case RdbFormat.HASH,
          RdbFormat.HASH_ZIPMAP,
          RdbFormat.HASH_ZIPLIST,
          RdbFormat.HASH_LISTPACK,
          RdbFormat.HASH_METADATA,
          RdbFormat.HASH_METADATA_PRE_GA,
          RdbFormat.HASH_LISTPACK_EX,
          RdbFormat.HASH_LISTPACK_EX_PRE_GA ->
          Optional.of(hash(type)).filter(hash -> !hash.isEmpty());
      case RdbFormat.STREAM_LISTPACKS, RdbFormat.STREAM_LISTPACKS_2, RdbFormat.STREAM_LISTPACKS_3 ->
          Optional.of(streams.read(type));
      case RdbFormat.MODULE_PRE_GA, RdbFormat.MODULE_2 ->
          throw new RdbException("The data has values of a module, which cannot be loaded");
      default -> throw new RdbException("Unknown RDB encoding type " + type);
    };
  }

  /** The next string, which is a whole pack. */
  private byte[] pack() throws IOException {
    return pack(in);
  }

  static byte[] pack(RdbInput in) throws IOException {
    return PackCheck.sound(in.string())
        .orElseThrow(() -> new RdbException("Listpack integrity check failed"));
  }

  private static RdbException duplicate(String what) {
    return new RdbException("Duplicate " + what + " detected");
  }

  // --- lists

  private Optional<ListValue> list(int type) throws IOException {
    if (type == RdbFormat.LIST) {
      return elements();
    }
    int depth = limits.listCompressDepth;
    Optional<ListValue> list = Optional.empty();
    int nodes = type == RdbFormat.LIST_ZIPLIST ? 1 : in.count();
    for (int i = 0; i < nodes; i++) {
      byte[] pack = type == RdbFormat.LIST_QUICKLIST_2 ? node() : Ziplists.ofZiplist(in.string());
      if (ListPack.isEmpty(pack)) {
        continue;
      }
      if (list.isPresent()) {
        list.get().append(pack, depth);
      } else {
        list = Optional.of(ListValue.of(pack, limits.listMaxListpackSize, depth));
      }
    }
    return list;
  }

  private byte[] node() throws IOException {
    long container = in.length();
    if (container == RdbFormat.PACKED) {
      return pack();
    }
    if (container != RdbFormat.PLAIN) {
      throw new RdbException("Unknown quicklist node container " + container);
    }
    byte[] element = in.string();
    byte[] pack = ListPack.create(element.length + ListPack.MAX_OVERHEAD);
    return ListPack.append(pack, element, 0, element.length);
  }

  private Optional<ListValue> elements() throws IOException {
    int fill = limits.listMaxListpackSize;
    ListValue list = new ListValue();
    for (int n = in.count(); n > 0; n--) {
      byte[] element = in.string();
      list.prepare(element.length, 1, fill, limits.listCompressDepth);
      list.addLast(element, 0, element.length, fill);
    }
    return list.size() == 0 ? Optional.empty() : Optional.of(list);
  }

  // --- sets

  private SetValue set(int type) throws IOException {
    if (type == RdbFormat.SET_INTSET) {
      byte[] integers = in.string();
      if (!IntSet.isSound(integers)) {
        throw new RdbException("Intset integrity check failed");
      }
      return SetValue.ofIntegers(integers, limits);
    }
    if (type == RdbFormat.SET_LISTPACK) {
      byte[] pack = pack();
      if (!PackCheck.isDistinct(pack, 1)) {
        throw duplicate("set members");
      }
      return SetValue.ofPack(pack, limits);
    }
    int members = in.count();
    long bytes = in.atHand();
    SetValue set = new SetValue();
    for (int n = 0; n < members; n++) {
      byte[] member = in.string();
      if (n == 0) {
        set = SetValue.begun(member, 0, member.length, members, bytes, limits);
      }
      if (!set.add(member, 0, member.length, limits)) {
        throw duplicate("set members");
      }
    }
    return set;
  }

  // --- sorted sets

  private ZSetValue zset(int type) throws IOException {
    if (type == RdbFormat.ZSET_LISTPACK || type == RdbFormat.ZSET_ZIPLIST) {
      byte[] pack = type == RdbFormat.ZSET_LISTPACK ? pack() : Ziplists.ofZiplist(in.string());
      if (!ZSetValue.isSound(pack)) {
        throw new RdbException("Zset listpack integrity check failed");
      }
      return ZSetValue.of(pack, limits);
    }
    int members = in.count();
    ZSetValue zset =
        members > limits.zsetMaxListpackEntries ? ZSetValue.indexed() : new ZSetValue();
    for (int n = members; n > 0; n--) {
      byte[] member = in.string();
      double score = type == RdbFormat.ZSET ? textScore() : in.real();
      if (Double.isNaN(score)) {
        throw new RdbException("Zset with NAN score detected");
      }
      if (zset.put(score, 0, member, 0, member.length, limits) != ZSetValue.Outcome.ADDED) {
        throw duplicate("zset fields");
      }
    }
    return zset;
  }

  private double textScore() throws IOException {
    int length = in.octet();
    return switch (length) {
      case SCORE_NAN -> Double.NaN;
      case SCORE_INFINITE -> Double.POSITIVE_INFINITY;
      case SCORE_NEGATIVE_INFINITE -> Double.NEGATIVE_INFINITY;
      default -> Numbers.parseDouble(in.bytes(length), 0, length);
    };
  }

  // --- hashes

  private HashValue hash(int type) throws IOException {
    return switch (type) {
      case RdbFormat.HASH_LISTPACK -> packedHash(pack());
      case RdbFormat.HASH_ZIPLIST -> packedHash(Ziplists.ofZiplist(in.string()));
      case RdbFormat.HASH_ZIPMAP -> packedHash(Ziplists.ofZipmap(in.string()));
      case RdbFormat.HASH -> fields(0, false);
      case RdbFormat.HASH_METADATA -> fields(firstExpiry(), true);
      case RdbFormat.HASH_METADATA_PRE_GA -> fields(1, true);
      case RdbFormat.HASH_LISTPACK_EX_PRE_GA -> triples(pack());
      default -> {
        firstExpiry();
        yield triples(pack());
      }
    };
  }

  private HashValue packedHash(byte[] pack) throws IOException {
    if (!PackCheck.isDistinct(pack, 2)) {
      throw duplicate("hash fields");
    }
    return HashValue.of(pack, limits);
  }

  private long firstExpiry() throws IOException {
    return expiry(in.word());
  }

  private static long expiry(long when) throws RdbException {
    if (when < 0 || when > LATEST_EXPIRY) {
      throw new RdbException("Hash field expiry out of range: " + Long.toUnsignedString(when));
    }
    return when;
  }

  /**
   * Fields, each with its expiry before it if they have any.
   *
   * @param first what an expiry of 1 stands for; one of 0 is none
   */
  private HashValue fields(long first, boolean expiring) throws IOException {
    HashValue hash = new HashValue();
    int fields = in.count();
    hash.expect(fields, in.atHand(), limits);
    for (int n = fields; n > 0; n--) {
      long when = expiring ? in.length() : 0;
      byte[] field = in.string();
      byte[] value = in.string();
      if (!hash.set(field, 0, field.length, value, 0, value.length, limits)) {
        throw duplicate("hash fields");
      }
      if (when != 0) {
        hash.expireAt(field, 0, field.length, expiry(first - 1 + expiry(when)));
      }
    }
    return hash;
  }

  /** Fields, values and expiries in turn, of which 0 is none. */
  private HashValue triples(byte[] pack) throws IOException {
    if (!PackCheck.isDistinct(pack, 3)) {
      throw duplicate("hash fields");
    }
    HashValue hash = new HashValue();
    int end = ListPack.end(pack);
    for (int p = ListPack.BEGIN; p != end; ) {
      byte[] field = ListPack.bytes(pack, p);
      p = ListPack.next(pack, p);
      byte[] value = ListPack.bytes(pack, p);
      p = ListPack.next(pack, p);
      if (!ListPack.isInteger(pack, p)) {
        throw new RdbException("Hash field expiry is no number: " + Bytes.text(field));
      }
      long when = expiry(ListPack.integer(pack, p));
      p = ListPack.next(pack, p);
      hash.set(field, 0, field.length, value, 0, value.length, limits);
      if (when != 0) {
        hash.expireAt(field, 0, field.length, when);
      }
    }
    return hash;
  }
}
