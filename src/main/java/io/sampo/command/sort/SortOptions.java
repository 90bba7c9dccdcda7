package io.sampo.command.sort;

import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;

/** What a SORT asks for behind its key. */
final class SortOptions {
  boolean descending;
  boolean alpha;

  /** Where the result begins, and how many elements it has, or -1 for all. */
  long offset;

  long count = -1;

  /** What is compared; by default the elements themselves. */
  SortPattern by = SortPattern.of(new byte[] {'#'});

  /** Whether BY says, by a pattern that makes no key, that the order is to stay as it is. */
  boolean unsorted;

  final List<SortPattern> gets = new ArrayList<>();

  /** The argument that is the destination; 0 if there is none. */
  int store;

  private SortOptions() {}

  /**
   * Reads the arguments from 2 on.
   *
   * @throws RespError if they make no sense
   */
  static SortOptions of(Args a, boolean mayStore) {
    SortOptions options = new SortOptions();
    for (int i = 2; i < a.count(); i++) {
      int more = a.count() - i - 1;
      if (a.is(i, "asc")) {
        options.descending = false;
      } else if (a.is(i, "desc")) {
        options.descending = true;
      } else if (a.is(i, "alpha")) {
        options.alpha = true;
      } else if (a.is(i, "limit") && more >= 2) {
        options.offset = a.integer(++i);
        options.count = a.integer(++i);
      } else if (a.is(i, "store") && more >= 1 && mayStore) {
        options.store = ++i;
      } else if (a.is(i, "by") && more >= 1) {
        options.by(SortPattern.of(a.bytes(++i)));
      } else if (a.is(i, "get") && more >= 1) {
        options.gets.add(SortPattern.of(a.bytes(++i)));
      } else {
        throw RespError.SYNTAX;
      }
    }
    return options;
  }

  private void by(SortPattern pattern) {
    by = pattern;
    // Not taken back by a later BY.
    unsorted |= !pattern.hasStar();
  }

  /** Sorts by the bytes of the elements after all, for a result that does not depend on chance. */
  void sortAnyway() {
    unsorted = false;
    alpha = true;
    by = SortPattern.of(new byte[] {'#'});
  }

  /**
   * Whether elements that differ may be equal in what they are sorted by. Redis leaves their order
   * to its algorithm then, for numbers it goes by their bytes.
   */
  boolean leavesTies() {
    return alpha && !unsorted && !by.self();
  }

  /** Where the result begins in a sequence of {@code size}. */
  int from(int size) {
    return (int) Math.min(Math.max(offset, 0), size);
  }

  /** Behind which element of it the result ends. */
  int to(int size) {
    return count < 0 ? size : (int) Math.min(from(size) + Math.min(count, size), size);
  }
}
