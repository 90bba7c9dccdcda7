package io.sampo.data.zset;

import java.util.Arrays;

/** A walk over {@link ScorePages} and the element where it stands; valid until they change. */
final class ScoreCursor {
  private static final byte[] NOTHING = {};

  double score;

  /** The array that holds the member. */
  byte[] array = NOTHING;

  int offset;
  int length;

  private ScorePages pages;
  private ScorePage page;
  private int index;
  private int group;
  private int slot;

  /** Moves to an element, by its page and its place there. */
  void stand(ScorePages itsPages, int itsIndex, int itsGroup, int itsSlot) {
    pages = itsPages;
    index = itsIndex;
    page = pages.page(index);
    group = itsGroup;
    slot = itsSlot;
    page.show(group, slot, this);
  }

  /** As {@link Comparable#compareTo}, by the order of sorted sets. */
  int compareTo(double itsScore, byte[] a, int from, int n) {
    if (score != itsScore) {
      return score < itsScore ? -1 : 1;
    }
    return Arrays.compareUnsigned(array, offset, offset + length, a, from, from + n);
  }

  /** Goes to the next element, if there is one. */
  void forward() {
    if (slot + 1 < page.count(group)) {
      slot++;
    } else if (group + 1 < page.groups()) {
      group++;
      slot = 0;
    } else if (index + 1 < pages.size()) {
      page = pages.page(++index);
      group = 0;
      slot = 0;
    }
    page.show(group, slot, this);
  }

  /** Goes to the element before, if there is one. */
  void back() {
    if (slot > 0) {
      slot--;
    } else if (group > 0) {
      slot = page.count(--group) - 1;
    } else if (index > 0) {
      page = pages.page(--index);
      group = page.groups() - 1;
      slot = page.count(group) - 1;
    }
    page.show(group, slot, this);
  }
}
