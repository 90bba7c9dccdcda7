package io.sampo.command;

import io.sampo.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Writes one command as COMMAND INFO and COMMAND DOCS reply it. */
final class CommandReplies {
  private CommandReplies() {}

  /** The ten facts of COMMAND INFO, subcommands within. */
  static void info(ReplyWriter out, Command command) {
    KeyRange range = command.range;
    out.array(10);
    out.bulk(command.name);
    out.integer(command.arity);
    words(out, Stream.of(Flag.values()).filter(command::has).map(flag -> flag.word).toList());
    out.integer(range.first());
    out.integer(range.last());
    out.integer(range.step());
    words(out, command.categories().stream().map(category -> '@' + category.word).toList());
    out.set(command.tips.size());
    command.tips.forEach(out::bulk);
    out.set(command.keys.size());
    command.keys.forEach(spec -> keySpec(out, spec));
    Collection<Command> subcommands = command.subcommands().values();
    // In RESP3 Redis has an array here, yet an empty set.
    if (subcommands.isEmpty()) {
      out.set(0);
    } else {
      out.array(subcommands.size());
    }
    subcommands.forEach(sub -> info(out, sub));
  }

  private static void words(ReplyWriter out, List<String> words) {
    out.set(words.size());
    words.forEach(out::simple);
  }

  private static void keySpec(ReplyWriter out, KeySpec spec) {
    out.map(spec.note().isEmpty() ? 3 : 4);
    if (!spec.note().isEmpty()) {
      text(out, "notes", spec.note());
    }
    out.bulk("flags");
    words(out, spec.flags());
    out.bulk("begin_search");
    if (spec.isUnknown()) {
      step(out, "unknown", 0);
    } else if (spec.keyword().isEmpty()) {
      step(out, "index", 1);
      number(out, "index", spec.first());
    } else {
      step(out, "keyword", 2);
      text(out, "keyword", spec.keyword().toUpperCase(Locale.ROOT));
      number(out, "startfrom", spec.first());
    }
    out.bulk("find_keys");
    if (spec.isUnknown()) {
      step(out, "unknown", 0);
    } else if (spec.count() >= 0) {
      step(out, "keynum", 3);
      number(out, "keynumidx", spec.count());
      number(out, "firstkey", spec.offset());
      number(out, "keystep", spec.step());
    } else {
      step(out, "range", 3);
      number(out, "lastkey", spec.last());
      number(out, "keystep", spec.step());
      number(out, "limit", spec.limit());
    }
  }

  /** The head of one step of a key specification; {@code facts} pairs follow. */
  private static void step(ReplyWriter out, String type, int facts) {
    out.map(2);
    text(out, "type", type);
    out.bulk("spec");
    out.map(facts);
  }

  /** The map that COMMAND DOCS has for a command, subcommands within. */
  static void docs(ReplyWriter out, Command command) {
    List<Syntax.Argument> arguments = Syntax.parse(command.syntax);
    String[] remark = command.remark.split(":");
    boolean deprecated = remark.length > 1;
    boolean remarked = !command.remark.isEmpty();
    boolean changed = !command.history().isEmpty();
    int pairs = 3 + count(!command.complexity.isEmpty(), remarked, changed, !arguments.isEmpty());
    out.map(pairs + (deprecated ? 2 : 0) + count(!command.subcommands().isEmpty()));
    text(out, "summary", command.summary);
    text(out, "since", command.since);
    text(out, "group", command.group());
    if (!command.complexity.isEmpty()) {
      text(out, "complexity", command.complexity);
    }
    if (remarked) {
      out.bulk("doc_flags");
      words(out, List.of(remark[0]));
    }
    if (deprecated) {
      text(out, "deprecated_since", remark[1]);
      text(out, "replaced_by", replacement(remark[2]));
    }
    if (changed) {
      history(out, command.history());
    }
    if (!arguments.isEmpty()) {
      arguments(out, arguments);
    }
    if (!command.subcommands().isEmpty()) {
      out.bulk("subcommands");
      out.map(command.subcommands().size());
      for (Command sub : command.subcommands().values()) {
        out.bulk(sub.name);
        docs(out, sub);
      }
    }
  }

  private static void history(ReplyWriter out, List<String> changes) {
    out.bulk("history");
    out.set(changes.size());
    for (String change : changes) {
      int blank = change.indexOf(' ');
      out.array(2);
      out.bulk(change.substring(0, blank));
      out.bulk(change.substring(blank + 1));
    }
  }

  private static void arguments(ReplyWriter out, List<Syntax.Argument> arguments) {
    out.bulk("arguments");
    out.array(arguments.size());
    arguments.forEach(argument -> argument(out, argument));
  }

  private static void argument(ReplyWriter out, Syntax.Argument argument) {
    List<String> flags = flags(argument);
    boolean key = argument.keySpec() >= 0;
    boolean since = !argument.since().isEmpty();
    boolean deprecated = !argument.deprecated().isEmpty();
    boolean nested = !argument.parts().isEmpty();
    out.map(2 + count(key, argument.hasToken(), since, deprecated, !flags.isEmpty(), nested));
    text(out, "name", argument.name());
    text(out, "type", argument.type());
    if (key) {
      number(out, "key_spec_index", argument.keySpec());
    }
    if (argument.hasToken()) {
      text(out, "token", argument.token());
    }
    if (since) {
      text(out, "since", argument.since());
    }
    if (deprecated) {
      text(out, "deprecated_since", argument.deprecated());
    }
    if (!flags.isEmpty()) {
      out.bulk("flags");
      words(out, flags);
    }
    if (nested) {
      arguments(out, argument.parts());
    }
  }

  private static List<String> flags(Syntax.Argument argument) {
    List<String> flags = new ArrayList<>();
    if (argument.optional()) {
      flags.add("optional");
    }
    if (argument.multiple()) {
      flags.add("multiple");
    }
    if (argument.multipleToken()) {
      flags.add("multiple_token");
    }
    return flags;
  }

  /**
   * What replaces a deprecated command, in words: of {@code ZRANGE+REV+BYLEX} "`ZRANGE` with the
   * `REV` and `BYLEX` arguments". Alternatives are joined by commas, blanks written as underscores.
   */
  private static String replacement(String code) {
    String[] parts = code.replace('_', ' ').split("\\+");
    String commands = quoted(parts[0].split(","));
    if (parts.length == 1) {
      return commands;
    }
    if (Character.isLowerCase(parts[1].charAt(0))) {
      return commands + " with " + parts[1];
    }
    String[] words = Arrays.copyOfRange(parts, 1, parts.length);
    String noun = words.length == 1 ? " argument" : " arguments";
    return commands + " with the " + quoted(words) + noun;
  }

  private static String quoted(String[] words) {
    return '`' + String.join("` and `", words) + '`';
  }

  private static void text(ReplyWriter out, String name, String value) {
    out.bulk(name);
    out.bulk(value);
  }

  private static void number(ReplyWriter out, String name, long value) {
    out.bulk(name);
    out.integer(value);
  }

  private static int count(boolean... conditions) {
    int n = 0;
    for (boolean condition : conditions) {
      n += condition ? 1 : 0;
    }
    return n;
  }
}
