package io.sampo.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Random commands from templates, one line each, of words separated by blanks:
 *
 * <pre>
 * {x}      a random word of the kind x
 * a|b      one of the two
 * [ ... ]  with these words or without them
 * ( ... )  these words, one to four times
 * </pre>
 */
public final class CommandGrammar {
  private static final int MOST_REPEATS = 4;

  private final Map<String, Function<Random, String>> kinds;

  /** A grammar with these kinds of words. */
  public CommandGrammar(Map<String, Function<Random, String>> kinds) {
    this.kinds = Map.copyOf(kinds);
  }

  /** A command as a template has it. */
  public List<String> command(String template, Random random) {
    List<String> words = List.of(template.trim().split(" +"));
    List<String> command = new ArrayList<>();
    expand(words, 0, words.size(), random, command);
    return command;
  }

  private void expand(List<String> words, int from, int to, Random random, List<String> command) {
    for (int i = from; i < to; i++) {
      String word = words.get(i);
      if (word.equals("[") || word.equals("(")) {
        int end = closing(words, i);
        int times = word.equals("[") ? random.nextInt(2) : 1 + random.nextInt(MOST_REPEATS);
        for (; times > 0; times--) {
          expand(words, i + 1, end, random, command);
        }
        i = end;
      } else {
        String[] choice = word.split("\\|");
        command.add(filled(choice[random.nextInt(choice.length)], random));
      }
    }
  }

  private static int closing(List<String> words, int opening) {
    int depth = 0;
    for (int i = opening; i < words.size(); i++) {
      String word = words.get(i);
      depth += word.equals("[") || word.equals("(") ? 1 : 0;
      depth -= word.equals("]") || word.equals(")") ? 1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("nothing closes " + words);
  }

  private String filled(String word, Random random) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int open = word.indexOf('{'); open >= 0; open = word.indexOf('{', at)) {
      int close = word.indexOf('}', open);
      text.append(word, at, open).append(kind(word.substring(open + 1, close), random));
      at = close + 1;
    }
    return text.append(word.substring(at)).toString();
  }

  private String kind(String name, Random random) {
    Function<Random, String> kind = kinds.get(name);
    if (kind == null) {
      throw new IllegalArgumentException("no kind " + name);
    }
    return kind.apply(random);
  }
}
