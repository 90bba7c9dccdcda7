package io.sampo.replication;

import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;

/**
 * A replica's connections to its masters, one after the other. They are numbered, so that what is
 * left of an earlier one is told from the present.
 */
final class Uplink {
  private final ActorContext<Replica.Message> context;
  private final Connector connector;
  private final Executor blocking;
  private final Attributes socketAttributes;
  private final Materializer materializer;
  private int attempt;
  private Optional<Link> link = Optional.empty();

  /**
   * @param context of the replica, which is told what becomes of them
   * @param socketAttributes where sockets run
   */
  Uplink(
      ActorContext<Replica.Message> context,
      Connector connector,
      Executor blocking,
      Attributes socketAttributes) {
    this.context = context;
    this.connector = connector;
    this.blocking = blocking;
    this.socketAttributes = socketAttributes;
    this.materializer = Materializer.createMaterializer(context);
  }

  /** The number of the present one. */
  int attempt() {
    return attempt;
  }

  boolean isPresent(int itsAttempt) {
    return itsAttempt == attempt;
  }

  boolean isOpen() {
    return link.isPresent();
  }

  /** Begins to make one: {@link ReplicaEvent.Connected} or {@link ReplicaEvent.Lost} follows. */
  void connect(String host, int port, long timeoutMillis) {
    int present = ++attempt;
    int timeout = (int) Math.min(Integer.MAX_VALUE, timeoutMillis);
    context.pipeToSelf(
        connector.connect(host, port, timeout, blocking),
        (socket, failure) ->
            failure == null
                ? new ReplicaEvent.Connected(present, socket)
                : new ReplicaEvent.Lost(
                    present, "cannot connect: " + ReplicaEvent.Lost.reason(failure)));
  }

  /** Opens the one that has been made, unless it is the present one no more; whether it is. */
  boolean connected(ReplicaEvent.Connected connected) {
    Link made = new Link(connected.socket(), socketAttributes, materializer);
    if (!isPresent(connected.attempt())) {
      made.close();
      return false;
    }
    link = Optional.of(made);
    return true;
  }

  /** Asks for the next bytes; {@link ReplicaEvent.Received} or its loss follows. */
  void pull() {
    int present = attempt;
    link.ifPresent(
        open -> context.pipeToSelf(open.next(), (bytes, failure) -> next(present, bytes, failure)));
  }

  private static ReplicaEvent next(int present, Optional<ByteString> bytes, Throwable failure) {
    if (failure != null) {
      return new ReplicaEvent.Lost(present, ReplicaEvent.Lost.reason(failure));
    }
    return bytes.isPresent()
        ? new ReplicaEvent.Received(present, bytes.get())
        : new ReplicaEvent.Lost(present, "the master closed the connection");
  }

  /** Sends bytes, if there is anybody to send them to. */
  void send(byte[] bytes) {
    link.ifPresent(open -> open.send(bytes));
  }

  /** Ends the present one, if there is one; nothing of it is heard any more. */
  void close() {
    attempt++;
    link.ifPresent(Link::close);
    link = Optional.empty();
  }
}
