package io.sampo.server.command;

import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import io.sampo.server.ClientState;
import io.sampo.server.ClientType;
import io.sampo.server.Session;

/** Which clients CLIENT KILL is to close: all those of which every condition given holds. */
final class KillFilter {
  String address = "";
  private String localAddress = "";
  private ClientType type;
  private long id;
  private long minSeconds;
  private boolean skipSelf;

  /** Reads pairs of a condition and its value, from the third word on. */
  static KillFilter parse(Args a) {
    KillFilter filter = new KillFilter();
    filter.skipSelf = true;
    for (int i = 2; i < a.count(); i += 2) {
      if (i + 1 == a.count()) {
        throw RespError.SYNTAX;
      }
      filter.add(a, i);
    }
    return filter;
  }

  private void add(Args a, int i) {
    int value = i + 1;
    if (a.is(i, "id")) {
      id = positive(a, value, "ERR client-id should be greater than 0");
    } else if (a.is(i, "maxage")) {
      minSeconds = positive(a, value, "ERR maxage is not an integer or out of range");
    } else if (a.is(i, "type")) {
      type = ClientType.named(a.shown(value));
    } else if (a.is(i, "addr")) {
      address = a.text(value);
    } else if (a.is(i, "laddr")) {
      localAddress = a.text(value);
    } else if (a.is(i, "user")) {
      if (!a.text(value).equals("default")) {
        throw new RespError("ERR No such user '" + a.text(value) + "'");
      }
    } else if (a.is(i, "skipme") && (a.is(value, "yes") || a.is(value, "no"))) {
      skipSelf = a.is(value, "yes");
    } else {
      throw RespError.SYNTAX;
    }
  }

  private static long positive(Args a, int i, String error) {
    RespError bad = new RespError(error);
    long number = a.integer(i, bad);
    if (number < 1) {
      throw bad;
    }
    return number;
  }

  /** Closes at most so many; {@code self} only when its reply is out. Returns how many. */
  long kill(Session self, long now, long most) {
    long killed = 0;
    for (Session session : self.node.clients.all()) {
      if (killed == most) {
        break;
      }
      if (matches(session, self, now)) {
        killed++;
        if (session == self) {
          self.closeAfterReply();
        } else {
          self.node.clients.kill(session);
        }
      }
    }
    return killed;
  }

  private boolean matches(Session session, Session self, long now) {
    ClientState state = session.state;
    return (address.isEmpty() || address.equals(ClientState.text(state.remote)))
        && (localAddress.isEmpty() || localAddress.equals(ClientState.text(state.local)))
        && (type == null || type == session.type())
        && (id == 0 || id == state.id)
        && now - state.createdAt >= minSeconds * 1000
        && (!skipSelf || session != self);
  }
}
