package io.sampo.command.sort;

import static io.sampo.command.Command.cmd;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.command.Lists;
import io.sampo.command.ZSets;
import io.sampo.data.ListValue;
import io.sampo.data.SetValue;
import io.sampo.data.Type;
import io.sampo.data.ZSetValue;
import io.sampo.data.ZSetWalk;
import io.sampo.keyspace.Db;
import io.sampo.resp.Args;
import io.sampo.resp.Numbers;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** SORT and SORT_RO. They run with all shards, for their patterns may name any key. */
public final class SortCommands {
  // spotless:off
  public static final List<Command> COMMANDS = List.of(
      cmd("sort", -2, "write denyoom @set @sortedset @list @dangerous -@keyspace on:all", "RO access 1; RO access ? (keys named by BY and GET depend on the data); OW update ? (STORE may stand anywhere)", "1.0.0", "O(N+M*log(M))", "key [BY pattern:pattern#1] [LIMIT offset_count:(offset:int count:int)] [GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA] [STORE destination#2]", "Sort the elements of a list, set or sorted set, and return or store them.", SortCommands::sort),
      cmd("sort_ro", -2, "readonly @set @sortedset @list @dangerous -@keyspace on:all", "RO access 1; RO access ? (keys named by BY and GET depend on the data)", "7.0.0", "O(N+M*log(M))", "key [BY pattern:pattern#1] [LIMIT offset_count:(offset:int count:int)] [GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA]", "Sort the elements of a list, set or sorted set without storing them.", SortCommands::sortRo));
  // spotless:on

  private static final RespError NO_DOUBLE =
      new RespError("ERR One or more scores can't be converted into double");

  /** An element, what it is compared by, and which it was before sorting. */
  private record Item(byte[] element, double score, byte[] text, int place) {}

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
    List<byte[]> result = h == Db.NONE ? List.of() : result(c, db, h, options);
    if (options.store > 0) {
      store(c, a, options, result);
    } else {
      reply(c, options, result);
    }
  }

  private static List<byte[]> result(Context c, Db db, int h, SortOptions options) {
    if (options.unsorted && options.store > 0 && db.type(h) == Type.SET) {
      // What is stored must not depend on how a set happens to be kept.
      options.sortAnyway();
    }
    int size =
        switch (db.type(h)) {
          case LIST -> Lists.list(db, h).size();
          case ZSET -> ZSets.value(db, h).size();
          case SET -> ((SetValue) db.value(h)).size();
          default -> throw RespError.WRONG_TYPE;
        };
    int from = options.from(size);
    int to = options.to(size);
    if (options.unsorted) {
      // As they are is in their own order, or in its reverse.
      return elements(db, h, from, to, options.descending);
    }
    return sorted(c, elements(db, h, 0, size, false), options).subList(from, to);
  }

  private static List<byte[]> elements(Db db, int h, int from, int to, boolean reverse) {
    List<byte[]> elements = new ArrayList<>(to - from);
    switch (db.type(h)) {
      case LIST -> {
        ListValue.Cursor cursor = Lists.list(db, h).cursor(reverse);
        for (int i = 0; i < to; i++) {
          cursor.next();
          if (i >= from) {
            elements.add(cursor.get());
          }
        }
      }
      case ZSET -> {
        ZSetValue set = ZSets.value(db, h);
        ZSetWalk walk = set.walk(reverse ? set.size() - 1 - from : from, reverse);
        for (int i = from; i < to; i++) {
          walk.next();
          int at = walk.offset();
          elements.add(Arrays.copyOfRange(walk.array(), at, at + walk.length()));
        }
      }
      default -> {
        int[] seen = {0};
        ((SetValue) db.value(h))
            .each(
                (a, at, length) -> {
                  if (seen[0]++ >= from && from < to) {
                    elements.add(Arrays.copyOfRange(a, at, at + length));
                  }
                  return seen[0] < to;
                });
      }
    }
    return elements;
  }

  private static List<byte[]> sorted(Context c, List<byte[]> elements, SortOptions options) {
    List<Item> items = new ArrayList<>(elements.size());
    for (byte[] element : elements) {
      byte[] text = options.by.value(c, element);
      items.add(new Item(element, options.alpha ? 0 : score(text), text, items.size()));
    }
    Comparator<Item> order = order(options);
    if (options.descending) {
      order = order.reversed();
    }
    // Equals keep their order, whichever way they are sorted.
    order = order.thenComparingInt(Item::place);
    int wanted = options.to(items.size());
    if (wanted <= items.size() / 4) {
      items = lowest(items, wanted, order);
    } else if (options.alpha) {
      items.sort(order);
    } else {
      items = byScore(items, order, options.descending);
    }
    return items.stream().map(Item::element).toList();
  }

  /** The first {@code n} in sorted order, by a heap of so many. */
  private static List<Item> lowest(List<Item> items, int n, Comparator<Item> order) {
    PriorityQueue<Item> lowest = new PriorityQueue<>(n + 1, order.reversed());
    for (Item item : items) {
      if (lowest.size() < n || n > 0 && order.compare(item, lowest.element()) < 0) {
        lowest.add(item);
      }
      if (lowest.size() > n) {
        lowest.remove();
      }
    }
    List<Item> sorted = new ArrayList<>(lowest);
    sorted.sort(order);
    return sorted;
  }

  /**
   * All in sorted order: by numbers of the upper halves of their scores and their places, and then
   * by {@code order} where those halves are the same.
   */
  private static List<Item> byScore(List<Item> items, Comparator<Item> order, boolean descending) {
    long[] keys = new long[items.size()];
    for (int i = 0; i < keys.length; i++) {
      long bits = Double.doubleToLongBits(items.get(i).score + 0.0);
      int upper = (int) ((bits ^ bits >> 63 & Long.MAX_VALUE) >> Integer.SIZE);
      keys[i] = (long) (descending ? ~upper : upper) << Integer.SIZE | i;
    }
    Arrays.sort(keys);
    Item[] sorted = new Item[keys.length];
    int begin = 0;
    for (int i = 0; i < keys.length; i++) {
      sorted[i] = items.get((int) keys[i]);
      if (i + 1 == keys.length || keys[i] >> Integer.SIZE != keys[i + 1] >> Integer.SIZE) {
        if (i > begin) {
          Arrays.sort(sorted, begin, i + 1, order);
        }
        begin = i + 1;
      }
    }
    return Arrays.asList(sorted);
  }

  /** The number a text is up to its first zero byte, as C's strtod reads it; 0 for none. */
  private static double score(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    int from = 0;
    while (from < end && (text[from] == ' ' || text[from] >= '\t' && text[from] <= '\r')) {
      from++;
    }
    double score = end == 0 ? 0 : Numbers.parseDouble(text, from, end - from);
    if (Double.isNaN(score)) {
      throw NO_DOUBLE;
    }
    return score;
  }

  private static Comparator<Item> order(SortOptions options) {
    if (!options.alpha) {
      // Minus zero equals zero, as it does not for Double.compare.
      return Comparator.comparingDouble((Item item) -> item.score + 0.0)
          .thenComparing(Item::element, Arrays::compareUnsigned);
    }
    return (one, other) -> {
      if (one.text == SortPattern.NONE || other.text == SortPattern.NONE) {
        return Boolean.compare(one.text != SortPattern.NONE, other.text != SortPattern.NONE);
      }
      return Arrays.compareUnsigned(one.text, other.text);
    };
  }

  private static void reply(Context c, SortOptions options, List<byte[]> result) {
    c.out().array(result.size() * Math.max(1, options.gets.size()));
    for (byte[] element : result) {
      if (options.gets.isEmpty()) {
        c.out().bulk(element);
      }
      for (SortPattern get : options.gets) {
        byte[] value = get.value(c, element);
        if (value == SortPattern.NONE) {
          c.out().nil();
        } else {
          c.out().bulk(value);
        }
      }
    }
  }

  /** Sets the destination to the result, where what does not exist is an empty string. */
  private static void store(Context c, Args a, SortOptions options, List<byte[]> result) {
    Db db = c.db(a, options.store);
    ListValue list = new ListValue();
    for (byte[] element : result) {
      if (options.gets.isEmpty()) {
        add(list, element, Lists.fill(db));
      }
      for (SortPattern get : options.gets) {
        add(list, get.value(c, element), Lists.fill(db));
      }
    }
    int at = a.offset(options.store);
    int length = a.length(options.store);
    if (list.size() > 0) {
      db.put(a.array(), at, length, list, false);
      c.modified(a, options.store, KeyEvent.LIST, "sortstore");
      c.changed(list.size() - 1L);
    } else if (db.remove(a.array(), at, length)) {
      c.modified(a, options.store, KeyEvent.GENERIC, "del");
    }
    c.out().integer(list.size());
  }

  private static void add(ListValue list, byte[] element, int fill) {
    list.prepare(element.length, 1, fill);
    list.addLast(element, 0, element.length, fill);
  }
}
