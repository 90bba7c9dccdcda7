package io.sampo.server.command;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.persist.Dump;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import io.sampo.server.migrate.Approach;
import io.sampo.server.migrate.MigrateOrder;
import io.sampo.server.migrate.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys on their way to another server: sent with one write each, then deleted as it takes them. */
final class Migration {
  private static final byte[] RESTORE = Bytes.ascii("RESTORE");
  private static final byte[] REPLACE = Bytes.ascii("REPLACE");
  private static final byte[] DEL = Bytes.ascii("DEL");
  private final Context c;
  private final Args a;
  private final MigrateOrder order;
  private final List<Integer> keys;
  private final Node node;

  /** The keys that were sent, and those that have been deleted here. */
  private final List<Integer> sent = new ArrayList<>();

  private final List<byte[]> deleted = new ArrayList<>();

  /** How many of those sent have been answered. */
  private int answered;

  /** What the target has refused first; empty if nothing. */
  private String refusal = "";

  /**
   * @param keys where the keys are among the arguments; all are there
   */
  Migration(Context c, Args a, MigrateOrder order, List<Integer> keys) {
    this.c = c;
    this.a = a;
    this.order = order;
    this.keys = keys;
    this.node = Session.of(c).node;
  }

  /**
   * Moves the keys.
   *
   * @throws RespError if the target does not take them all; those it has taken are gone from here
   */
  void run() {
    try {
      // An old connection may turn out to be closed; then a new one is tried.
      if (!attempt(true)) {
        attempt(false);
      }
    } finally {
      if (!deleted.isEmpty()) {
        deleted.add(0, DEL);
        c.effect(deleted.toArray(byte[][]::new));
      }
    }
    if (!refusal.isEmpty()) {
      throw new RespError("ERR Target instance replied with error: " + refusal);
    }
  }

  /** Tries it on one connection; returns whether that came to any end. */
  private boolean attempt(boolean first) {
    InetSocketAddress address = Approach.address(a);
    Session.of(c).preparation.check(address);
    Target target = target(address);
    answered = 0;
    try {
      send(target);
      for (; answered < sent.size(); answered++) {
        if (isFine(target) && !order.copy()) {
          delete(sent.get(answered));
        }
      }
    } catch (IOException e) {
      target.close();
      boolean untold = answered == 0 && refusal.isEmpty();
      if (first && untold && !(e instanceof SocketTimeoutException)) {
        return false;
      }
      throw target.isReading() ? Approach.NOT_READ : Approach.NOT_WRITTEN;
    }
    target.db = refusal.isEmpty() ? (int) order.db() : -1;
    node.targets.put(address, target);
    return true;
  }

  /** The connection that has been prepared, unless somebody else has taken it. */
  private Target target(InetSocketAddress address) {
    Optional<Target> prepared = node.targets.taken(address);
    if (prepared.isPresent() && prepared.get().isReadyFor(order)) {
      return prepared.get();
    }
    prepared.ifPresent(other -> node.targets.put(address, other));
    return new Approach(node.targets, a, order).target();
  }

  private void send(Target target) throws IOException {
    sent.clear();
    for (int i : keys) {
      Db db = c.db(a, i);
      int h = db.find(a.array(), a.offset(i), a.length(i));
      if (h != Db.NONE) {
        target.send(restore(db, h, i), order.timeout());
        sent.add(i);
      }
    }
  }

  private List<byte[]> restore(Db db, int h, int i) {
    long expireAt = db.expireAt(h);
    long ttl = expireAt == Db.NO_EXPIRY ? 0 : Math.max(1, expireAt - node.now());
    byte[] value = Dump.of(db, h, node.settings.rdbcompression.get());
    List<byte[]> request = new ArrayList<>();
    request.add(RESTORE);
    request.add(a.bytes(i));
    request.add(Bytes.ascii(Long.toString(ttl)));
    request.add(value);
    if (order.replace()) {
      request.add(REPLACE);
    }
    return request;
  }

  /** Reads an answer; returns whether it is no error. */
  private boolean isFine(Target target) throws IOException {
    String line = target.readLine(order.timeout());
    if (!line.startsWith("-")) {
      return true;
    }
    if (refusal.isEmpty()) {
      refusal = line.substring(1);
    }
    return false;
  }

  private void delete(int i) {
    c.db(a, i).remove(a.array(), a.offset(i), a.length(i));
    c.modified(a, i, KeyEvent.GENERIC, "del");
    deleted.add(a.bytes(i));
  }
}
