package io.sampo.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What SIGTERM and SIGINT do besides ending the node: the value of {@code shutdown-on-sigterm}.
 *
 * @param save whether the data is saved though no {@code save} point says so
 * @param nosave whether it is not saved though one does
 * @param now whether nobody is waited for
 * @param force whether a save that fails does not matter; it cannot call the end off in any case
 */
public record AtSignal(boolean save, boolean nosave, boolean now, boolean force) {
  static final AtSignal DEFAULT = new AtSignal(false, false, false, false);
  private static final Set<String> WORDS = Set.of("default", "save", "nosave", "now", "force");

  static AtSignal parse(String text) {
    Set<String> words = new TreeSet<>(List.of(text.toLowerCase(Locale.ROOT).trim().split(" +")));
    boolean contradictory =
        words.contains("save") && words.contains("nosave")
            || words.contains("default") && words.size() > 1;
    if (!WORDS.containsAll(words) || contradictory) {
      throw new Setting.BadValue(
          "argument(s) must be one of the following: default, save, nosave, now, force");
    }
    return new AtSignal(
        words.contains("save"),
        words.contains("nosave"),
        words.contains("now"),
        words.contains("force"));
  }

  String text() {
    List<String> words = new ArrayList<>();
    if (save) {
      words.add("save");
    }
    if (nosave) {
      words.add("nosave");
    }
    if (now) {
      words.add("now");
    }
    if (force) {
      words.add("force");
    }
    return words.isEmpty() ? "default" : String.join(" ", words);
  }
}
