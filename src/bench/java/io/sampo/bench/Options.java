package io.sampo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What to measure, as the command line says it.
 *
 * @param seconds how long one run of one cell lasts, about
 * @param only which rows: a pattern to be found in a row's name
 * @param other the Sampo to compare with instead of Redis
 * @param out the folder of benchmark.md and benchmark.svg
 */
record Options(
    int rounds,
    double seconds,
    boolean quick,
    Pattern only,
    Variant sampo,
    Optional<Variant> other,
    Path out,
    String line) {

  static final String HELP =
      """
      src/bench/run [options]    Sampo beside redis-server, which must be on the PATH
        --quick                  one round of one second, SET and GET alone, no plot in the docs
        --rounds N               rounds per cell, Sampo and Redis in turn (3)
        --seconds S              length of one run (2)
        --only PATTERN           rows whose name matches, e.g. 'get c50 p16', lpush, 'lean zrange', 'two lrange',
                                 everysec, always, multi, ceiling, replica, 'full sync', bgsave, saving, clustered,
                                 'of three', 'idle cluster', memory, collections, million, growth,
                                 'idle connections', start
        --jar FILE               the Sampo to measure (target/sampo.jar)
        --java FILE              the java to run it with (java)
        --jvm-args 'FLAGS'       its JVM flags (sampo.jvm of pom.xml)
        --sampo-args 'ARGS'      its arguments, e.g. '--shards 2 --loops 2'
        --b-jar, --b-java, --b-jvm-args, --b-sampo-args
                                 compare with a second Sampo, not with Redis; what is not given is
                                 as in the first
        --out FOLDER             where benchmark.md and benchmark.svg go (src/docs; target/bench
                                 for whatever is not the whole comparison with Redis)""";

  /** Whether only some rows are wanted. */
  boolean isPicky() {
    return !only.pattern().isEmpty();
  }

  /** For how long at least a JVM gets the loads of a table before they are measured. */
  double warmSeconds() {
    return quick ? 2 : 8;
  }

  /** How often at least. */
  int warmPasses() {
    return quick ? 1 : 2;
  }

  /** A Sampo and how to run it. */
  record Variant(String java, List<String> jvm, Path jar, List<String> arguments) {}

  static Options parse(String[] words) throws IOException {
    int rounds = 0;
    double seconds = 0;
    boolean quick = false;
    String only = "";
    String out = "";
    String[] first = {"java", shippedFlags(), "target/sampo.jar", ""};
    String[] second = new String[4];
    for (int i = 0; i < words.length; i++) {
      String option = words[i];
      if (option.equals("--quick")) {
        quick = true;
        continue;
      }
      if (i + 1 == words.length) {
        throw new IllegalArgumentException(option + ": no such option, or without its value");
      }
      String value = words[++i];
      switch (option) {
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--seconds" -> seconds = Double.parseDouble(value);
        case "--only" -> only = value;
        case "--out" -> out = value;
        case "--java" -> first[0] = value;
        case "--jvm-args" -> first[1] = value;
        case "--jar" -> first[2] = value;
        case "--sampo-args" -> first[3] = value;
        case "--b-java" -> second[0] = value;
        case "--b-jvm-args" -> second[1] = value;
        case "--b-jar" -> second[2] = value;
        case "--b-sampo-args" -> second[3] = value;
        default -> throw new IllegalArgumentException(option + ": no such option");
      }
    }
    boolean variants = Stream.of(second).anyMatch(value -> value != null);
    for (int i = 0; i < second.length; i++) {
      second[i] = second[i] == null ? first[i] : second[i];
    }
    boolean whole = !quick && !variants && only.isEmpty();
    return new Options(
        rounds > 0 ? rounds : quick ? 1 : 3,
        seconds > 0 ? seconds : quick ? 1 : 2,
        quick,
        Pattern.compile(only, Pattern.CASE_INSENSITIVE),
        variant(first),
        variants ? Optional.of(variant(second)) : Optional.empty(),
        Path.of(!out.isEmpty() ? out : whole ? "src/docs" : "target/bench"),
        Stream.concat(Stream.of("src/bench/run"), Stream.of(words).map(Options::quoted))
            .reduce((a, b) -> a + " " + b)
            .orElseThrow());
  }

  private static String quoted(String word) {
    return word.isEmpty() || word.contains(" ") ? "'" + word + "'" : word;
  }

  private static Variant variant(String[] parts) {
    return new Variant(parts[0], split(parts[1]), Path.of(parts[2]), split(parts[3]));
  }

  private static List<String> split(String words) {
    return Stream.of(words.trim().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  /** The flags we recommend stand in one place only: the build file. */
  private static String shippedFlags() throws IOException {
    Matcher matcher =
        Pattern.compile("<sampo.jvm>(.*?)</sampo.jvm>", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("pom.xml")));
    if (!matcher.find()) {
      throw new IllegalStateException("pom.xml has no property sampo.jvm");
    }
    return matcher.group(1);
  }
}
