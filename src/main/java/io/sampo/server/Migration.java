package io.sampo.server;

import io.sampo.command.Context;
import io.sampo.command.KeyEvent;
import io.sampo.keyspace.Db;
import io.sampo.persist.Dump;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Keys on their way to another server: sent with one write each, then deleted as it takes them. */
final class Migration {
  private static final byte[] AUTH = Bytes.ascii("AUTH");
  private static final byte[] SELECT = Bytes.ascii("SELECT");
  private static final byte[] RESTORE = Bytes.ascii("RESTORE");
  private static final byte[] REPLACE = Bytes.ascii("REPLACE");
  private static final byte[] DEL = Bytes.ascii("DEL");
  private static final byte[] CRLF = Bytes.ascii("\r\n");
  private static final RespError NOT_CONNECTED =
      new RespError("IOERR error or timeout connecting to the client");
  private static final RespError NOT_WRITTEN =
      new RespError("IOERR error or timeout writing to target instance");
  private static final RespError NOT_READ =
      new RespError("IOERR error or timeout reading to target instance");

  /** Redis takes that much of what is said to be a port. */
  private static final int MAX_PORT = 0xffff;

  private final Context c;
  private final Args a;
  private final MigrateCommand.Order order;
  private final List<Integer> keys;
  private final Node node;

  /** The keys that were sent, and those that have been deleted here. */
  private final List<Integer> sent = new ArrayList<>();

  private final List<byte[]> deleted = new ArrayList<>();

  /** How many of those sent have been answered, and whether an answer is being read. */
  private int answered;

  private boolean reading;

  /** What the target has refused first; empty if nothing. */
  private String refusal = "";

  /**
   * @param keys where the keys are among the arguments; all are there
   */
  Migration(Context c, Args a, MigrateCommand.Order order, List<Integer> keys) {
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
    InetSocketAddress address = address();
    Target target = connect(address);
    answered = 0;
    try {
      if (isWelcome(target)) {
        send(target);
        for (; answered < sent.size(); answered++) {
          if (isFine(target) && !order.copy()) {
            delete(sent.get(answered));
          }
        }
      }
    } catch (IOException e) {
      target.close();
      boolean untold = answered == 0 && refusal.isEmpty();
      if (first && untold && !(e instanceof SocketTimeoutException)) {
        return false;
      }
      throw reading ? NOT_READ : NOT_WRITTEN;
    }
    target.db = refusal.isEmpty() ? (int) order.db() : -1;
    node.targets.put(address, target);
    return true;
  }

  private InetSocketAddress address() {
    boolean number = Bytes.isLong(a.array(), a.offset(2), a.length(2));
    InetSocketAddress address =
        new InetSocketAddress(a.text(1), number ? (int) a.integer(2) & MAX_PORT : 0);
    if (address.isUnresolved()) {
      throw NOT_CONNECTED;
    }
    return address;
  }

  /** Logs in and selects the database, as far as need be; nothing is sent to another one. */
  private boolean isWelcome(Target target) throws IOException {
    if (!order.login().isEmpty()) {
      List<byte[]> login = new ArrayList<>(order.login());
      login.add(0, AUTH);
      send(target, login);
      if (!isFine(target)) {
        return false;
      }
    }
    if (target.db == order.db()) {
      return true;
    }
    send(target, List.of(SELECT, Bytes.ascii(Long.toString(order.db()))));
    return isFine(target);
  }

  private Target connect(InetSocketAddress address) {
    try {
      return node.targets.take(address, order.timeout());
    } catch (SocketTimeoutException e) {
      throw NOT_CONNECTED;
    } catch (IOException e) {
      // Redis connects without waiting, and so finds out when it writes.
      throw NOT_WRITTEN;
    }
  }

  private void send(Target target) throws IOException {
    sent.clear();
    for (int i : keys) {
      Db db = c.db(a, i);
      int h = db.find(a.array(), a.offset(i), a.length(i));
      if (h != Db.NONE) {
        send(target, restore(db, h, i));
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

  private void send(Target target, List<byte[]> request) throws IOException {
    reading = false;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.ascii("*" + request.size() + "\r\n"));
    for (byte[] part : request) {
      out.writeBytes(Bytes.ascii("$" + part.length + "\r\n"));
      out.writeBytes(part);
      out.writeBytes(CRLF);
    }
    target.write(out.toByteArray(), order.timeout());
  }

  /** Reads an answer; returns whether it is no error. */
  private boolean isFine(Target target) throws IOException {
    reading = true;
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
