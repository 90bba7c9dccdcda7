package io.sampo.server;

import io.sampo.cluster.Relay;
import io.sampo.command.Command;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyReader;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.config.Settings;
import io.sampo.shard.Transaction;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the master carry out what a client of a replica wants to write: one request or transaction at
 * a time, whose reply the client is given as if it came from here.
 */
final class Forwarding {
  /** Where a client of another node comes from. */
  static final class Origin extends SocketAddress {
    private final String text;

    Origin(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What a transaction may have besides data: it does there what it would do here. */
  private static final Set<String> FIT =
      Set.of("publish", "select", "spublish", "unwatch", "wait", "waitaof");

  private static final int UNKNOWN = -1;
  private static final byte[] NOBODY =
      Bytes.ascii("-READONLY You can't write against a read only replica.\r\n");
  private static final byte[] NO_TRANSACTION =
      Bytes.ascii("-EXECABORT Transaction discarded because of: the master is not known\r\n");
  private static final byte[] TOO_BIG =
      Bytes.ascii("-ERR the request is too big to be passed on to the master\r\n");

  private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

  private final Session session;

  // Under the lock.

  private Optional<Relay.Way> way = Optional.empty();
  private String master = "";
  private int database;
  private int protocol;

  /** Replies that are still to come, the last of which is the client's; 0 if none. */
  private int awaited;

  private byte[] received = new byte[0];

  /** Whether the client watches keys there. */
  private volatile boolean watches;

  Forwarding(Session session) {
    this.session = session;
  }

  /** Passes a request on; its reply resumes the session, which is to wait from before. */
  synchronized void pass(Args request, boolean watching) {
    ReplyWriter out = new ReplyWriter(256);
    if (begin(out, NOBODY)) {
      watches |= watching;
      write(out, request);
      send(out);
    }
  }

  /** Passes on what MULTI queued, as a whole; the reply of EXEC resumes the session. */
  synchronized void pass(Transaction transaction) {
    List<Command> unfit = new ArrayList<>();
    transaction.each(
        (command, request) -> {
          if (command.place == Command.Place.SESSION && !FIT.contains(command.name)) {
            unfit.add(command);
          }
        });
    if (!unfit.isEmpty()) {
      close();
      String why = "what is written is the master's business, and " + unfit.get(0).name + " is not";
      session.resume(Bytes.ascii("-EXECABORT Transaction discarded because of: " + why + "\r\n"));
      return;
    }
    ReplyWriter out = new ReplyWriter(256);
    if (begin(out, NO_TRANSACTION)) {
      watches = false;
      write(out, "MULTI");
      transaction.each(
          (command, request) -> {
            write(out, request);
            if (command.name.equals("select")) {
              follow(request);
            }
          });
      write(out, "EXEC");
      send(out);
    }
  }

  /** The transaction leaves the client in another database. */
  private void follow(Args select) {
    database = UNKNOWN;
    try {
      session.select((int) select.integer(1));
    } catch (RespError noNumber) {
      LOG.debug("The master is going to refuse it: {}", noNumber.getMessage());
    }
  }

  /** Whether there is a way to the master, in the client's state; if not, the client is told so. */
  private boolean begin(ReplyWriter out, byte[] otherwise) {
    Optional<String> to = session.node.membership().flatMap(Membership::masterId);
    boolean continues = to.isPresent() && way.isPresent() && to.get().equals(master);
    if (watches && !continues) {
      // Whether what was watched has changed cannot be told any more.
      close();
      session.kill(false);
      return false;
    }
    if (to.isEmpty()) {
      session.resume(otherwise);
      return false;
    }
    awaited = 0;
    if (!continues) {
      open(to.get(), out);
    }
    if (protocol != session.state.protocol) {
      protocol = session.state.protocol;
      write(out, "HELLO", Integer.toString(protocol));
    }
    if (database != session.state.db) {
      database = session.state.db;
      write(out, "SELECT", Integer.toString(database));
    }
    return true;
  }

  private void write(ReplyWriter out, Args request) {
    awaited++;
    out.array(request.count());
    for (int i = 0; i < request.count(); i++) {
      out.bulk(request.array(), request.offset(i), request.length(i));
    }
  }

  private void send(ReplyWriter out) {
    if (!way.orElseThrow().send(out.take())) {
      close();
      session.resume(TOO_BIG);
    }
  }

  private void open(String to, ReplyWriter out) {
    close();
    master = to;
    database = 0;
    protocol = 2;
    received = new byte[0];
    Settings settings = session.node.settings;
    Relay.Way[] opened = new Relay.Way[1];
    opened[0] =
        session
            .node
            .membership()
            .orElseThrow()
            .open(
                to,
                session.state.describe(),
                bytes -> received(opened[0], bytes),
                () -> ended(opened[0]));
    way = Optional.of(opened[0]);
    if (!settings.masterauth.get().isEmpty()) {
      String user = settings.masteruser.get().isEmpty() ? "default" : settings.masteruser.get();
      write(out, "AUTH", user, settings.masterauth.get());
    }
  }

  private void write(ReplyWriter out, String... words) {
    awaited++;
    out.array(words.length);
    for (String word : words) {
      out.bulk(word);
    }
  }

  private synchronized void received(Relay.Way from, ByteString bytes) {
    if (way.filter(present -> present == from).isEmpty()) {
      return;
    }
    int length = received.length;
    received = Arrays.copyOf(received, length + bytes.length());
    bytes.copyToArray(received, length);
    while (awaited > 0) {
      int end = firstReply();
      if (end == 0) {
        return;
      }
      byte[] reply = Arrays.copyOf(received, end);
      received = Arrays.copyOfRange(received, end, received.length);
      awaited--;
      if (awaited == 0) {
        session.resume(reply);
      }
    }
  }

  /** Where the first reply ends; 0 if it is not there yet. */
  private int firstReply() {
    ByteArrayInputStream in = new ByteArrayInputStream(received);
    try {
      new ReplyReader(in).read();
      return received.length - in.available();
    } catch (EOFException incomplete) {
      return 0;
    } catch (IOException noReply) {
      close();
      session.kill(false);
      return 0;
    }
  }

  /** What is under way may or may not have been carried out, as if a connection had broken. */
  private synchronized void ended(Relay.Way which) {
    if (way.filter(present -> present == which).isEmpty()) {
      return;
    }
    way = Optional.empty();
    if (awaited > 0) {
      awaited = 0;
      session.kill(false);
    }
  }

  /** Whether the client watches keys there. */
  boolean isWatching() {
    return watches;
  }

  synchronized void close() {
    watches = false;
    way.ifPresent(Relay.Way::close);
    way = Optional.empty();
  }
}
