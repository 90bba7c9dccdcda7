package io.sampo.server;

import io.sampo.resp.RequestDecoder;
import io.sampo.server.config.OutputLimits;
import io.sampo.server.config.Setting;
import io.sampo.server.config.Settings;
import io.sampo.server.stats.Counters;
import io.sampo.server.stats.OperatingSystem;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections may cost: how many there may be and from where, how long they may idle, how big
 * their requests may be, how much output and memory they may hold.
 */
final class ClientLimits {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLimits.class);
  private static final String TOO_MANY = "ERR max number of clients reached";
  private static final String DENIED =
      "DENIED Redis is running in protected mode because protected mode is enabled and no password"
          + " is set for the default user. In this mode connections are only accepted from the"
          + " loopback interface. If you want to connect from external computers to Redis you may"
          + " adopt one of the following solutions: 1) Just disable protected mode sending the"
          + " command 'CONFIG SET protected-mode no' from the loopback interface by connecting to"
          + " Redis from the same host the server is running, however MAKE SURE Redis is not"
          + " publicly accessible from internet if you do so. Use CONFIG REWRITE to make this"
          + " change permanent. 2) Alternatively you can just disable the protected mode by editing"
          + " the Redis configuration file, and setting the protected mode option to 'no', and then"
          + " restarting the server. 3) If you started the server manually just for testing,"
          + " restart it with the '--protected-mode no' option. 4) Setup a an authentication"
          + " password for the default user. NOTE: You only need to do one of the above things in"
          + " order for the server to start accepting connections from the outside.";

  /** Files that the process needs for itself. */
  private static final int OWN_DESCRIPTORS = 32;

  private static final int UNCOUNTED = 16 * 1024;

  private final Settings settings;
  private final Clients clients;
  private final Counters counters;
  private volatile OutputLimits output;
  private volatile RequestDecoder.Limits requests;
  private volatile long queryBuffer;

  ClientLimits(Settings settings, Clients clients, Counters counters) {
    this.settings = settings;
    this.clients = clients;
    this.counters = counters;
    settings.clientOutputBufferLimit.each(limits -> output = limits);
    settings.protoMaxBulkLen.each(bytes -> limitRequests());
    settings.protoMaxMultibulkLen.each(elements -> limitRequests());
    settings.clientQueryBufferLimit.each(bytes -> queryBuffer = bytes);
    settings.maxclients.provided(ClientLimits::checkDescriptors);
  }

  private void limitRequests() {
    requests =
        new RequestDecoder.Limits(
            settings.protoMaxBulkLen.get(), settings.protoMaxMultibulkLen.get().intValue());
  }

  private static void checkDescriptors(long clients) {
    long most = OperatingSystem.maxDescriptors() - OWN_DESCRIPTORS;
    if (clients > most) {
      throw new Setting.BadValue(
          "The operating system is not able to handle the specified number of clients, try with "
              + most);
    }
  }

  /** How big a request may be. */
  RequestDecoder.Limits requests() {
    return requests;
  }

  /** Bytes that an incomplete request may take (client-query-buffer-limit). */
  long queryBuffer() {
    return queryBuffer;
  }

  /** Enters a new connection; returns an error line if it is to be refused, else "". */
  String admit(Session session) {
    counters.connectionsReceived.increment();
    String refusal = "";
    if (settings.protectedMode.get()
        && settings.requirepass.get().isEmpty()
        && !isLocal(session.state.remote)) {
      refusal = DENIED;
    } else if (!clients.add(session, settings.maxclients.get())) {
      refusal = TOO_MANY;
    }
    if (!refusal.isEmpty()) {
      counters.connectionsRejected.increment();
    }
    return refusal;
  }

  private static boolean isLocal(SocketAddress peer) {
    return !(peer instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
  }

  /**
   * Whether a client has let more output gather than it may.
   *
   * @param pending bytes it was not sent yet, of which the first 16 KiB do not count, as in Redis
   */
  boolean isOverOutput(Session session, long pending) {
    OutputLimits.Limit limit =
        switch (session.type()) {
          case NORMAL, MASTER -> output.normal();
          case REPLICA -> output.replica();
          case PUBSUB -> output.pubsub();
        };
    if (limit.none()) {
      return false;
    }
    ClientState state = session.state;
    long counted = pending - UNCOUNTED;
    long now = session.node.now();
    if (limit.soft() == 0 || counted < limit.soft()) {
      state.overSoftLimitSince = 0;
    } else if (state.overSoftLimitSince == 0) {
      state.overSoftLimitSince = now;
    }
    boolean hard = limit.hard() > 0 && counted >= hard(session, limit);
    boolean soft =
        state.overSoftLimitSince > 0 && now - state.overSoftLimitSince > limit.seconds() * 1000;
    if (hard || soft) {
      LOG.warn("Client {} closed for overcoming of output buffer limits.", state.describe());
      counters.outputLimitDisconnections.increment();
    }
    return hard || soft;
  }

  /** A replica may lag behind as far as the backlog reaches. */
  private long hard(Session session, OutputLimits.Limit limit) {
    return session.feed.isOn()
        ? Math.max(limit.hard(), settings.replBacklogSize.get())
        : limit.hard();
  }

  /** Sees to everything that depends on time; to be called about once a second. */
  void tend(long now) {
    long timeout = settings.timeout.get() * 1000;
    long most = settings.maxmemoryClients.get().bytes(settings.maxmemory.get());
    long used = 0;
    for (Session session : clients.all()) {
      if (timeout > 0 && session.mayTimeOut() && now - session.state.lastInteraction > timeout) {
        LOG.debug("Closing idle client {}", session.state.describe());
        clients.kill(session);
      } else if (most > 0 || session.state.overSoftLimitSince > 0) {
        Load load = session.load();
        used += load.total();
        if (session.state.overSoftLimitSince > 0) {
          session.tell(SessionEvent.Signal.CHECK_OUTPUT);
        }
      }
    }
    if (most > 0 && used > most) {
      evict(used - most);
    }
  }

  /** Closes the clients that hold most, until at least so many bytes are free. */
  private void evict(long excess) {
    for (long left = excess; left > 0; ) {
      Optional<Session> largest =
          clients.all().stream()
              .filter(session -> !session.state.noEvict && !session.feed.isOn())
              .max(Comparator.comparingLong(session -> session.load().total()));
      if (largest.isEmpty()) {
        return;
      }
      left -= largest.get().load().total();
      LOG.info("Evicting client: {}", largest.get().state.describe());
      counters.clientsEvicted.increment();
      clients.kill(largest.get());
    }
  }
}
