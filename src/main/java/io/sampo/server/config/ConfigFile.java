package io.sampo.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.parser.ConfigDocument;
import com.typesafe.config.parser.ConfigDocumentFactory;
import io.sampo.persist.NewFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The file that a node was started with, for CONFIG REWRITE: HOCON, or a {@link RedisConf}. */
public record ConfigFile(Path path) {
  /**
   * Makes the file say what the directives are now: values that differ are replaced, directives
   * that are not at their default are added, and all else, comments included, stays as it is.
   *
   * @throws IOException if the file cannot be read, is no longer in its form, or cannot be
   *     replaced; it is as before then
   */
  public void rewrite(Settings settings) throws IOException {
    boolean redis = RedisConf.is(Files.readString(path, StandardCharsets.ISO_8859_1));
    Charset charset = redis ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    String before = Files.readString(path, charset);
    String after;
    try {
      after = redis ? RedisConf.updated(before, settings) : updated(before, settings);
    } catch (ConfigException | Setting.BadValue e) {
      throw new IOException(e.getMessage(), e);
    }
    if (!after.equals(before)) {
      replace(path.toRealPath(), after.getBytes(charset));
    }
  }

  /** At no moment is there half a file, nor one that fewer may read. */
  private static void replace(Path target, byte[] text) throws IOException {
    // Beside it, so that the move is one step within one file system.
    Path fresh = Files.createTempFile(target.getParent(), "rewrite", ".conf");
    try {
      Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(target));
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(text);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      NewFile.force(target.getParent());
    } finally {
      Files.deleteIfExists(fresh);
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
