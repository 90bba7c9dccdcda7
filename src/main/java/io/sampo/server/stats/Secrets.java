package io.sampo.server.stats;

import io.sampo.command.Command;
import io.sampo.resp.Args;
import java.util.Set;

/** Which arguments MONITOR and the slow log must not show. */
public final class Secrets {
  private static final Set<String> SECRET_DIRECTIVES =
      Set.of("requirepass", "masterauth", "masteruser", "tls-key-file-pass");

  private Secrets() {}

  private static boolean behindKeys(Args args, int i) {
    for (int word = 6; word < i; word++) {
      if (args.is(word, "keys")) {
        return true;
      }
    }
    return false;
  }

  /** Whether argument {@code i} of a request is a user or password. */
  public static boolean isSecret(Command command, Args args, int i) {
    return switch (command.name) {
      case "auth" -> i > 0;
      case "migrate" ->
          i > 6
              && (args.is(i - 1, "auth") || args.is(i - 1, "auth2") || args.is(i - 2, "auth2"))
              && !behindKeys(args, i);
      case "hello" -> (i > 2 && args.is(i - 1, "auth")) || (i > 3 && args.is(i - 2, "auth"));
      case "config|set" ->
          i > 2 && i % 2 == 1 && SECRET_DIRECTIVES.stream().anyMatch(name -> args.is(i - 1, name));
      default -> false;
    };
  }
}
