package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.server.stats.Secrets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** The connections that have asked to see every request (MONITOR). Used from any thread. */
final class Monitors {
  private final CopyOnWriteArrayList<Session> sessions = new CopyOnWriteArrayList<>();

  boolean any() {
    return !sessions.isEmpty();
  }

  /** Has a connection be one of them, or not any more. */
  void turn(Session session, boolean on) {
    session.state.monitor = on;
    if (on) {
      sessions.addIfAbsent(session);
    } else {
      remove(session);
    }
  }

  void remove(Session session) {
    sessions.remove(session);
  }

  int count() {
    return sessions.size();
  }

  /** Shows a request to all of them. */
  void feed(Session from, Command command, Args args) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    StringBuilder line = new StringBuilder();
    line.append('+').append(micros / 1_000_000).append('.');
    line.append(String.format(Locale.ROOT, "%06d", micros % 1_000_000));
    line.append(" [")
        .append(from.db())
        .append(' ')
        .append(ClientState.text(from.state.remote))
        .append(']');
    for (int i = 0; i < args.count(); i++) {
      line.append(' ');
      if (Secrets.isSecret(command, args, i)) {
        line.append("\"(redacted)\"");
      } else {
        quote(line, args.array(), args.offset(i), args.length(i));
      }
    }
    byte[] bytes = Bytes.ascii(line.append("\r\n").toString());
    sessions.forEach(session -> session.push(bytes));
  }

  private static void quote(StringBuilder to, byte[] a, int offset, int length) {
    to.append('"');
    for (int i = offset; i < offset + length; i++) {
      int c = a[i] & 0xff;
      switch (c) {
        case '\\', '"' -> to.append('\\').append((char) c);
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        case 7 -> to.append("\\a");
        case '\b' -> to.append("\\b");
        default -> {
          if (c >= 32 && c < 127) {
            to.append((char) c);
          } else {
            to.append(String.format(Locale.ROOT, "\\x%02x", c));
          }
        }
      }
    }
    to.append('"');
  }
}
