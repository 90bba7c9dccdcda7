package io.sampo.command.sort;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Lists;
import io.sampo.data.Type;
import io.sampo.data.list.ListValue;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Numbers;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** SORT and SORT_RO. They run with all shards, for their patterns may name any key. */
public final class SortCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("sort", -2, "write denyoom @set @sortedset @list @dangerous -@keyspace on:all", "RO access 1; RO access ? (keys named by BY and GET depend on the data); OW update ? (STORE may stand anywhere)", "1.0.0", "O(N+M*log(M))", "key [BY pattern:pattern#1] [LIMIT offset_count:(offset:int count:int)] [GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA] [STORE destination#2]", "Sort the elements of a list, set or sorted set, and return or store them.", SortCommands::sort),
      cmd("sort_ro", -2, "readonly @set @sortedset @list @dangerous -@keyspace on:all", "RO access 1; RO access ? (keys named by BY and GET depend on the data)", "7.0.0", "O(N+M*log(M))", "key [BY pattern:pattern#1] [LIMIT offset_count:(offset:int count:int)] [GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA]", "Sort the elements of a list, set or sorted set without storing them.", SortCommands::sortRo));
  // spotless:on

  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] RPUSH = Bytes.ascii("RPUSH");

  /** How many words a request has by which elements are told. */
  private static final int TOLD_TOGETHER = 1024;

  private static final RespError NO_DOUBLE =
      new RespError("ERR One or more scores can't be converted into double");

  private static final Sorted NOTHING = new Sorted.Numbers(new long[0], 0, 0);

  private SortCommands() {}

  private static void sort(Context c, Args a) {
    run(c, a, SortOptions.of(a, true));
  }

  private static void sortRo(Context c, Args a) {
    run(c, a, SortOptions.of(a, false));
  }

  private static void run(Context c, Args a, SortOptions options) {
    Db db = c.db(a, 1);
    int h = c.read(db, a, 1);
    Sorted result = h == Db.NONE ? NOTHING : result(c, new Source(db, h), options);
    if (options.store > 0) {
      store(c, a, options, result);
    } else {
      reply(c, options, result);
    }
  }

  private static Sorted result(Context c, Source source, SortOptions options) {
    if (options.unsorted && options.store > 0 && source.db().type(source.h()) == Type.SET) {
      // What is stored must not depend on how a set happens to be kept.
      options.sortAnyway();
    }
    int size = source.size();
    int from = options.from(size);
    int to = options.to(size);
    if (options.unsorted) {
      Elements elements = source.part(from, to, options.descending);
      return new Sorted.Texts(elements, KeyOrder.upwards(to - from), 0, to - from);
    }
    if (options.by.self() && !options.alpha) {
      long[] integers = source.integers();
      if (integers.length > 0) {
        return sorted(integers, options.descending, from, to);
      }
    }
    Elements elements = source.all();
    return new Sorted.Texts(elements, order(c, elements, options, to), from, to);
  }

  /** As equal ones are the same, all there is to know of the integers is their values. */
  private static Sorted sorted(long[] integers, boolean descending, int from, int to) {
    Arrays.sort(integers);
    if (descending) {
      for (int i = 0, j = integers.length - 1; i < j; i++, j--) {
        long value = integers[i];
        integers[i] = integers[j];
        integers[j] = value;
      }
    }
    return new Sorted.Numbers(integers, from, to);
  }

  /** The first {@code wanted} in order, at least. Equals keep theirs, whichever way is sorted. */
  private static int[] order(Context c, Elements elements, SortOptions options, int wanted) {
    Elements texts = options.by.self() ? elements : values(c, elements, options.by);
    long[] keys = options.alpha ? texts.keys() : scores(texts);
    KeyOrder.Ties ties = options.alpha ? texts::compare : elements::compare;
    if (!options.descending) {
      return KeyOrder.of(keys, wanted, ties);
    }
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ~keys[i];
    }
    return KeyOrder.of(keys, wanted, (one, other) -> ties.compare(other, one));
  }

  private static Elements values(Context c, Elements elements, SortPattern by) {
    Elements values = new Elements(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      values.addValue(by.value(c, elements.get(i)));
    }
    return values;
  }

  /** The numbers that texts are, as unsigned integers in the same order. */
  private static long[] scores(Elements texts) {
    long[] scores = new long[texts.size()];
    for (int i = 0; i < scores.length; i++) {
      // Minus zero equals zero.
      long bits = Double.doubleToLongBits(score(texts, i) + 0.0);
      scores[i] = bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
    }
    return scores;
  }

  /** The number a text is up to its first zero byte, as C's strtod reads it; 0 for none. */
  private static double score(Elements texts, int i) {
    byte[] text = texts.array(i);
    int begin = texts.offset(i);
    int behind = begin + texts.length(i);
    int end = begin;
    while (end < behind && text[end] != 0) {
      end++;
    }
    int from = begin;
    while (from < end && (text[from] == ' ' || text[from] >= '\t' && text[from] <= '\r')) {
      from++;
    }
    double score = end == begin ? 0 : Numbers.parseDouble(text, from, end - from);
    if (Double.isNaN(score)) {
      throw NO_DOUBLE;
    }
    return score;
  }

  private static void reply(Context c, SortOptions options, Sorted result) {
    c.out().array(result.size() * Math.max(1, options.gets.size()));
    for (int i = 0; i < result.size(); i++) {
      if (options.gets.isEmpty()) {
        result.bulk(i, c.out());
      }
      for (SortPattern get : options.gets) {
        byte[] value = get.value(c, result.get(i));
        if (value == SortPattern.NONE) {
          c.out().nil();
        } else {
          c.out().bulk(value);
        }
      }
    }
  }

  /** Sets the destination to the result, where what does not exist is an empty string. */
  private static void store(Context c, Args a, SortOptions options, Sorted result) {
    Db db = c.db(a, options.store);
    int fill = Lists.fill(db);
    int depth = Lists.depth(db);
    ListValue list = new ListValue();
    for (int i = 0; i < result.size(); i++) {
      if (options.gets.isEmpty()) {
        result.addTo(list, i, fill, depth);
      }
      for (SortPattern get : options.gets) {
        byte[] value = get.value(c, result.get(i));
        list.prepare(value.length, 1, fill, depth);
        list.addLast(value, 0, value.length, fill);
      }
    }
    int at = a.offset(options.store);
    int length = a.length(options.store);
    if (list.size() > 0) {
      if (options.leavesTies() && c.wantsEffects()) {
        tell(c, a.bytes(options.store), list.cursor(false));
      }
      db.put(a.array(), at, length, list, false);
      c.modified(a, options.store, KeyEvent.LIST, "sortstore");
      c.changed(list.size() - 1L);
    } else if (db.remove(a.array(), at, length)) {
      c.modified(a, options.store, KeyEvent.GENERIC, "del");
    }
    c.out().integer(list.size());
  }

  /** Tells the elements that were stored, where another server might come to another order. */
  private static void tell(Context c, byte[] destination, ListValue.Cursor elements) {
    c.effect(DEL, destination);
    List<byte[]> push = new ArrayList<>(List.of(RPUSH, destination));
    while (elements.next()) {
      push.add(elements.get());
      if (push.size() == TOLD_TOGETHER) {
        c.effect(push.toArray(byte[][]::new));
        push = new ArrayList<>(List.of(RPUSH, destination));
      }
    }
    if (push.size() > 2) {
      c.effect(push.toArray(byte[][]::new));
    }
  }
}
