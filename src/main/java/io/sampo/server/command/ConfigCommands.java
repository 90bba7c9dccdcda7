package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import io.sampo.server.config.ConfigFile;
import io.sampo.server.config.Setting;
import io.sampo.server.config.Settings;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** CONFIG. */
final class ConfigCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      container("config", -2, "2.0.0", "Commands about the configuration.",
          cmd("config|get", -3, "admin noscript loading stale on:session", "", "2.0.0", "O(N)", "parameter:(parameter)...", "Values of directives.", ConfigCommands::get)
              .history("7.0.0 Several patterns."),
          cmd("config|help", 2, "loading stale on:session", "", "5.0.0", "O(1)", "", "The subcommands of CONFIG.", new Help()),
          cmd("config|resetstat", 2, "admin noscript loading stale on:all", "", "2.0.0", "O(1)", "", "Set the statistics of INFO to zero.", ConfigCommands::resetStat),
          cmd("config|rewrite", 2, "admin noscript loading stale on:session", "", "2.8.0", "O(1)", "", "Write the running configuration to its file.", ConfigCommands::rewrite),
          cmd("config|set", -4, "admin noscript loading stale ~request_policy:all_nodes ~response_policy:all_succeeded on:session", "", "2.0.0", "O(N)", "parameter_value:(parameter value)...", "Change directives while running.", ConfigCommands::set)
              .history("7.0.0 Several directives.")));
  // spotless:on

  private static final Logger LOG = LoggerFactory.getLogger(ConfigCommands.class);

  private ConfigCommands() {}

  private static void get(Context c, Args a) {
    Settings settings = Session.of(c).node.settings;
    Map<String, Setting<?>> found = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (int i = 2; i < a.count(); i++) {
      String pattern = a.text(i);
      if (pattern.matches("[^*?\\[]*")) {
        // A plain name is answered as it was asked for, in whatever case.
        if (names.add(pattern.toLowerCase(Locale.ROOT))) {
          settings.find(pattern).ifPresent(setting -> found.put(pattern, setting));
        }
      } else {
        Glob glob = Glob.of(a.array(), a.offset(i), a.length(i), true);
        settings
            .byName()
            .forEach(
                (name, setting) -> {
                  if (glob.matches(Bytes.ascii(name)) && names.add(name)) {
                    found.put(name, setting);
                  }
                });
      }
    }
    ReplyWriter out = c.out();
    out.map(found.size());
    found.forEach(
        (name, setting) -> {
          out.bulk(name);
          out.bulk(setting.format());
        });
  }

  /** All or nothing: every value is checked before the first is set. */
  private static void set(Context c, Args a) {
    if (a.count() % 2 != 0) {
      throw RespError.SYNTAX;
    }
    Session session = Session.of(c);
    Settings settings = session.node.settings;
    Map<Setting<?>, String> values = new LinkedHashMap<>();
    Map<Setting<?>, String> names = new HashMap<>();
    Set<String> said = new HashSet<>();
    for (int i = 2; i < a.count(); i += 2) {
      String word = a.text(i);
      String name = word.toLowerCase(Locale.ROOT);
      Optional<Setting<?>> setting = settings.find(name);
      if (setting.isEmpty()) {
        throw new RespError(
            "ERR Unknown option or number of arguments for CONFIG SET - '" + a.shown(i) + "'");
      }
      if (setting.get().isFixed()) {
        throw failed(word, "can't set immutable config");
      }
      if (setting.get().isGuarded()
          && !session.state.isAllowed(settings.enableProtectedConfigs.get())) {
        throw failed(word, "can't set protected config");
      }
      // The old name beside the new one is no duplicate: the last counts.
      if (!said.add(name)) {
        throw failed(word, "duplicate parameter");
      }
      values.put(setting.get(), a.text(i + 1));
      names.put(setting.get(), name);
    }
    // Two sets at once must not be mixed up.
    synchronized (settings) {
      values.forEach(
          (setting, value) -> {
            try {
              setting.check(value);
            } catch (Setting.BadValue e) {
              throw failed(names.get(setting), e.getMessage());
            }
          });
      values.forEach(Setting::set);
    }
    c.out().ok();
  }

  private static RespError failed(String name, String why) {
    return new RespError(
        "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why);
  }

  private static void resetStat(Context c, Args a) {
    Node node = Session.of(c).node;
    for (int i = 0; i < c.shards(); i++) {
      c.keyspace(i).resetStatistics();
    }
    node.statistics.reset();
    node.keyspaces.memory.resetStatistics();
    c.out().ok();
  }

  private static void rewrite(Context c, Args a) {
    Node node = Session.of(c).node;
    ConfigFile file =
        node.settings
            .file()
            .orElseThrow(() -> new RespError("ERR The server is running without a config file"));
    try {
      synchronized (node.settings) {
        file.rewrite(node.settings);
      }
    } catch (IOException e) {
      LOG.warn("CONFIG REWRITE failed", e);
      throw new RespError("ERR Rewriting config file: " + e.getMessage());
    }
    LOG.info("CONFIG REWRITE executed with success.");
    c.out().ok();
  }
}
