package io.sampo.command;

import io.sampo.resp.Args;
import java.util.List;

/**
 * Where the keys of a given request stand. Key specifications tell it for all commands but four,
 * whose specifications are unknown, incomplete or of variable flags in Redis too.
 */
final class Keys {
  private static final List<String> READ = List.of("RO", "access");
  private static final List<String> OVERWRITE = List.of("OW", "update");
  private static final List<String> CHANGE = List.of("RW", "access", "update");
  private static final List<String> TAKE = List.of("RW", "access", "delete");

  private Keys() {}

  /** Calls {@code visitor} for each key; returns whether the request makes sense so far. */
  static boolean each(Command command, Args a, KeySpec.Visitor visitor) {
    switch (command.name) {
      case "set" -> visitor.key(1, find(a, 3, "get") ? CHANGE : OVERWRITE);
      case "bitfield" -> visitor.key(1, onlyReads(a) ? READ : CHANGE);
      case "sort" -> sort(a, visitor);
      case "migrate" -> migrate(a, visitor);
      default -> {
        for (KeySpec spec : command.keys) {
          if (!spec.isChannel() && !spec.each(a, visitor)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean find(Args a, int from, String word) {
    for (int i = from; i < a.count(); i++) {
      if (a.is(i, word)) {
        return true;
      }
    }
    return false;
  }

  /** GETs alone read; what is no well-formed operation is taken for a write. */
  private static boolean onlyReads(Args a) {
    int i = 2;
    while (i < a.count()) {
      int rest = a.count() - i - 1;
      if (a.is(i, "get") && rest >= 2) {
        i += 3;
      } else if (a.is(i, "overflow") && rest >= 1) {
        i += 2;
      } else {
        return false;
      }
    }
    return true;
  }

  /** The last STORE counts, and words that belong to another option are none. */
  private static void sort(Args a, KeySpec.Visitor visitor) {
    visitor.key(1, READ);
    int store = 0;
    for (int i = 2; i < a.count(); i++) {
      if (a.is(i, "limit")) {
        i += 2;
      } else if (a.is(i, "get") || a.is(i, "by")) {
        i++;
      } else if (a.is(i, "store") && i + 1 < a.count()) {
        store = i + 1;
      }
    }
    if (store > 0) {
      visitor.key(store, OVERWRITE);
    }
  }

  /** One key at index 3; or that one is empty, as it must be, and keys follow the word KEYS. */
  private static void migrate(Args a, KeySpec.Visitor visitor) {
    int i = 6;
    while (i < a.count() && !a.is(i, "keys")) {
      i += a.is(i, "auth") ? 2 : a.is(i, "auth2") ? 3 : 1;
    }
    if (i + 1 >= a.count()) {
      visitor.key(3, TAKE);
    } else if (a.length(3) == 0) {
      for (i++; i < a.count(); i++) {
        visitor.key(i, TAKE);
      }
    }
  }
}
