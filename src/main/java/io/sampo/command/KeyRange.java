package io.sampo.command;

import java.util.List;

/**
 * The one range of key positions that Redis also tells of every command besides its key
 * specifications, as far as these make one.
 *
 * @param first position of the first key; 0 where there is no range
 * @param last position of the last key; negative from the end of the request
 * @param step distance between two keys
 * @param whole whether the range holds every key of every request
 */
record KeyRange(int first, int last, int step, boolean whole) {
  private static final KeyRange NONE = new KeyRange(0, 0, 0, false);

  static KeyRange of(List<KeySpec> specs) {
    if (specs.isEmpty()) {
      return new KeyRange(0, 0, 0, true);
    }
    if (specs.size() == 1 && specs.get(0).isRange()) {
      KeySpec only = specs.get(0);
      return new KeyRange(only.first(), end(only), only.step(), true);
    }
    boolean whole = true;
    int first = 0;
    int last = 0;
    for (KeySpec spec : specs) {
      if (!spec.isRange()) {
        whole = false;
        continue;
      }
      if (spec.step() != 1 || first > 0 && last != spec.first() - 1) {
        return NONE;
      }
      first = first > 0 ? first : spec.first();
      last = end(spec);
    }
    return first > 0 ? new KeyRange(first, last, 1, whole) : NONE;
  }

  private static int end(KeySpec spec) {
    return spec.last() >= 0 ? spec.first() + spec.last() : spec.last();
  }
}
