package io.sampo.server.command;

import io.sampo.command.Command;
import io.sampo.server.Admission;
import io.sampo.server.ClientState;
import io.sampo.server.Load;
import io.sampo.server.Session;
import io.sampo.server.pubsub.PubSub;
import io.sampo.server.pubsub.Subscriptions;

/** A client as CLIENT LIST and CLIENT INFO describe it, with Redis's fields in Redis's order. */
final class ClientLine {
  private ClientLine() {}

  /**
   * The line, without its end. There is no descriptor to be known, hence -1; and no buffers of a
   * fixed size, for requests or replies, hence 0 for what is free in one or kept in the other.
   *
   * @param now wall clock in milliseconds
   */
  static String of(Session session, long now) {
    ClientState state = session.state;
    Load load = session.load();
    StringBuilder line = new StringBuilder(320);
    line.append("id=").append(state.id);
    line.append(" addr=").append(ClientState.text(state.remote));
    line.append(" laddr=").append(ClientState.text(state.local));
    line.append(" fd=-1 name=").append(state.name);
    line.append(" age=").append(seconds(now - state.createdAt));
    line.append(" idle=").append(seconds(now - state.lastInteraction));
    line.append(" flags=").append(flags(session));
    line.append(" db=").append(state.db);
    Subscriptions held = session.subscriptions;
    line.append(" sub=").append(held.count(PubSub.Kind.CHANNEL));
    line.append(" psub=").append(held.count(PubSub.Kind.PATTERN));
    line.append(" ssub=").append(held.count(PubSub.Kind.SHARD_CHANNEL));
    line.append(" multi=").append(load.queued());
    line.append(" watch=").append(session.transactions.watching());
    line.append(" qbuf=").append(load.query());
    line.append(" qbuf-free=0 argv-mem=").append(load.arguments());
    line.append(" multi-mem=").append(load.transaction());
    line.append(" rbs=0 rbp=0 obl=0 oll=").append(load.chunks());
    line.append(" omem=").append(load.output());
    line.append(" tot-mem=").append(load.total());
    line.append(" events=").append(load.output() > 0 ? "rw" : "r");
    line.append(" cmd=").append(name(state.command));
    line.append(" user=default redir=-1 resp=").append(state.protocol);
    line.append(" lib-name=").append(state.library);
    line.append(" lib-ver=").append(state.libraryVersion);
    return line.toString();
  }

  private static long seconds(long millis) {
    return Math.max(0, millis / 1000);
  }

  private static String name(Command command) {
    return command == Admission.UNKNOWN ? "NULL" : command.name;
  }

  private static String flags(Session session) {
    StringBuilder flags = new StringBuilder();
    flag(flags, session.state.monitor, 'O');
    flag(flags, session.feed.isOn(), 'S');
    flag(flags, session.subscriptions.any(), 'P');
    flag(flags, session.load().queued() >= 0, 'x');
    flag(flags, session.waiting.isOn(), 'b');
    flag(flags, session.transactions.isBroken(), 'd');
    flag(flags, session.isClosing(), 'c');
    flag(flags, session.state.isUnixSocket(), 'U');
    flag(flags, session.state.noEvict, 'e');
    flag(flags, session.state.noTouch, 'T');
    return flags.isEmpty() ? "N" : flags.toString();
  }

  private static void flag(StringBuilder flags, boolean on, char letter) {
    if (on) {
      flags.append(letter);
    }
  }
}
