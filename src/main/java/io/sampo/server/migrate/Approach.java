package io.sampo.server.migrate;

import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.RespError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * The way to a MIGRATE's target, up to where keys can be sent. It may wait for as long as allowed.
 */
public final class Approach {
  private static final byte[] AUTH = Bytes.ascii("AUTH");
  private static final byte[] SELECT = Bytes.ascii("SELECT");

  static final RespError NOT_CONNECTED =
      new RespError("IOERR error or timeout connecting to the client");
  public static final RespError NOT_WRITTEN =
      new RespError("IOERR error or timeout writing to target instance");
  public static final RespError NOT_READ =
      new RespError("IOERR error or timeout reading to target instance");

  /** Redis takes that much of what is said to be a port. */
  private static final int MAX_PORT = 0xffff;

  private final Targets targets;
  private final MigrateOrder order;
  private final InetSocketAddress address;

  /**
   * @throws RespError if the host has no address
   */
  public Approach(Targets targets, Args a, MigrateOrder order) {
    this.targets = targets;
    this.order = order;
    this.address = address(a);
  }

  /**
   * The address in the arguments.
   *
   * @throws RespError if the host has none
   */
  public static InetSocketAddress address(Args a) {
    boolean number = Bytes.isLong(a.array(), a.offset(2), a.length(2));
    InetSocketAddress address =
        new InetSocketAddress(a.text(1), number ? (int) a.integer(2) & MAX_PORT : 0);
    if (address.isUnresolved()) {
      throw NOT_CONNECTED;
    }
    return address;
  }

  /**
   * A connection that has logged in, has the database selected, and answers. An old one may turn
   * out to be closed; then there is a new one.
   *
   * @throws RespError if the target is not to be had
   */
  public Target target() {
    while (true) {
      Target target = connect();
      boolean old = target.isUsed();
      try {
        logIn(target);
        select(target);
        return target;
      } catch (SocketTimeoutException e) {
        target.close();
        throw target.isReading() ? NOT_READ : NOT_WRITTEN;
      } catch (IOException e) {
        target.close();
        if (!old) {
          throw target.isReading() ? NOT_READ : NOT_WRITTEN;
        }
      } catch (RespError refusal) {
        target.close();
        throw refusal;
      }
    }
  }

  private Target connect() {
    try {
      return targets.take(address, order.timeout());
    } catch (SocketTimeoutException e) {
      throw NOT_CONNECTED;
    } catch (IOException e) {
      // Redis connects without waiting, and so finds out when it writes.
      throw NOT_WRITTEN;
    }
  }

  private void logIn(Target target) throws IOException {
    if (!order.login().isEmpty()) {
      List<byte[]> login = new ArrayList<>(order.login());
      login.add(0, AUTH);
      ask(target, login);
    }
    target.login = order.login();
  }

  private void select(Target target) throws IOException {
    ask(target, List.of(SELECT, Bytes.ascii(Long.toString(order.db()))));
    target.db = (int) order.db();
  }

  private void ask(Target target, List<byte[]> request) throws IOException {
    target.send(request, order.timeout());
    String line = target.readLine(order.timeout());
    if (line.startsWith("-")) {
      throw new RespError("ERR Target instance replied with error: " + line.substring(1));
    }
  }
}
