package io.sampo.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The HOCON file that a node was started with, for CONFIG REWRITE. */
public record ConfigFile(Path path) {
  /**
   * Makes the file say what the directives are now: values that differ are replaced, directives
   * that are not at their default are added, and all else, comments included, stays as it is.
   *
   * @throws IOException if the file cannot be read, is no longer HOCON, or cannot be replaced; it
   *     is as before then
   */
  public void rewrite(Settings settings) throws IOException {
    String before = Files.readString(path);
    String after;
    try {
      after = updated(before, settings);
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!after.equals(before)) {
      // Beside it, so that the move is one step within one file system.
      Path target = path.toRealPath();
      Path fresh = Files.createTempFile(target.getParent(), "rewrite", ".conf");
      try {
        Files.writeString(fresh, after);
        Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
    }
  }

  private static String updated(String text, Settings settings) {
    ConfigDocument document = ConfigDocumentFactory.parseString(text);
    Config values =
        ConfigFactory.parseString(text)
            .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
    for (Setting<?> setting : settings.all()) {
      String key = ConfigUtil.joinPath("sampo", setting.name);
      boolean there = document.hasPath(key);
      boolean same =
          there ? says(values, key, setting) : setting.isInitial() && !values.hasPath(key);
      if (!same) {
        document = document.withValue(key, ConfigValueFactory.fromAnyRef(setting.format()));
      }
    }
    return document.render();
  }

  private static boolean says(Config values, String key, Setting<?> setting) {
    try {
      return setting.isValue(Settings.plain(values.getValue(key)));
    } catch (ConfigException.NotResolved | ConfigException.Null e) {
      return false;
    }
  }
}
