package io.sampo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.sampo.server.config.ConfigFile;
import io.sampo.server.config.RedisConf;
import io.sampo.server.config.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the arguments of the process ask for, in the form that redis-server takes: the name of a
 * configuration file, if any, then directives as {@code --name value}, which go before the file.
 * The file is a redis.conf, or HOCON. Without a name, {@code application.conf} in the working
 * directory is the file if there is one.
 */
record CommandLine(Config config, Optional<ConfigFile> file) {
  private static final Path DEFAULT_FILE = Path.of("application.conf");

  /**
   * Reads the arguments and the file.
   *
   * @throws Setting.BadValue if either cannot be understood; the message is one line
   */
  static CommandLine parse(String... args) {
    boolean named = args.length > 0 && !args[0].startsWith("--");
    Optional<Path> file =
        named
            ? Optional.of(Path.of(args[0]))
            : Optional.of(DEFAULT_FILE).filter(Files::isRegularFile);
    Optional<Path> redis = file.filter(CommandLine::isRedisConf);
    RedisConf directives = new RedisConf();
    redis.ifPresent(directives::file);
    add(directives, List.of(args).subList(named ? 1 : 0, args.length));
    Optional<Path> hocon = file.filter(path -> redis.isEmpty());
    Config config =
        directives
            .config()
            .withFallback(hocon.map(CommandLine::read).orElse(ConfigFactory.empty()));
    return new CommandLine(
        resolved(config), file.map(path -> new ConfigFile(path.toAbsolutePath())));
  }

  private static boolean isRedisConf(Path path) {
    try {
      return RedisConf.is(Files.readString(path, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new Setting.BadValue("can't open config file '" + path + "'");
    }
  }

  private static Config read(Path path) {
    try {
      return ConfigFactory.parseFile(
          path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw bad(e);
    }
  }

  private static Config resolved(Config config) {
    try {
      return config.withFallback(ConfigFactory.defaultReference()).resolve();
    } catch (ConfigException e) {
      throw bad(e);
    }
  }

  private static Setting.BadValue bad(ConfigException e) {
    return new Setting.BadValue(e.getMessage().lines().findFirst().orElse("bad config file"));
  }

  private static void add(RedisConf directives, List<String> args) {
    for (int i = 0; i < args.size(); ) {
      String option = args.get(i++);
      if (!option.startsWith("--") || option.length() == 2) {
        throw new Setting.BadValue("unexpected argument '" + option + "'");
      }
      List<String> values = new ArrayList<>();
      while (i < args.size() && !args.get(i).startsWith("--")) {
        values.add(args.get(i++));
      }
      String name = option.substring(2).toLowerCase(Locale.ROOT);
      if (values.isEmpty()) {
        throw new Setting.BadValue("directive '" + name + "' has no value");
      }
      directives.add(name, values);
    }
  }
}
