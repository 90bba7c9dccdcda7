package io.sampo.server.migrate;

import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import java.util.ArrayList;
import java.util.List;

/**
 * What a MIGRATE asks for.
 *
 * @param login what follows AUTH or AUTH2; empty if neither is there
 * @param keys where the keys are among the arguments
 */
public record MigrateOrder(
    boolean copy, boolean replace, List<byte[]> login, List<Integer> keys, long db, long timeout) {
  private static final RespError KEY_AND_KEYS =
      new RespError(
          "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
  private static final int KEY = 3;
  private static final int OPTIONS = 6;
  private static final long DEFAULT_TIMEOUT = 1000;

  public static MigrateOrder parse(Args a) {
    boolean copy = false;
    boolean replace = false;
    List<byte[]> login = List.of();
    List<Integer> keys = List.of(KEY);
    for (int i = OPTIONS; i < a.count(); i++) {
      int more = a.count() - 1 - i;
      if (a.is(i, "copy")) {
        copy = true;
      } else if (a.is(i, "replace")) {
        replace = true;
      } else if (a.is(i, "auth") && more >= 1) {
        login = List.of(a.bytes(++i));
      } else if (a.is(i, "auth2") && more >= 2) {
        login = List.of(a.bytes(++i), a.bytes(++i));
      } else if (a.is(i, "keys")) {
        keys = behind(a, i);
        i = a.count();
      } else {
        throw RespError.SYNTAX;
      }
    }
    long timeout = a.integer(5);
    long db = a.integer(4);
    return new MigrateOrder(
        copy, replace, login, keys, db, timeout > 0 ? timeout : DEFAULT_TIMEOUT);
  }

  private static List<Integer> behind(Args a, int word) {
    if (a.length(KEY) > 0) {
      throw KEY_AND_KEYS;
    }
    List<Integer> keys = new ArrayList<>();
    for (int i = word + 1; i < a.count(); i++) {
      keys.add(i);
    }
    return keys;
  }
}
