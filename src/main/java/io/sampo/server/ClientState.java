package io.sampo.server;

import io.sampo.command.Command;
import io.sampo.replication.ReplicaLink;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * What a connection has told of itself and been told. Its session writes it; CLIENT LIST may read
 * it from any thread, a moment late.
 */
final class ClientState {
  final long id;
  final SocketAddress local;
  final SocketAddress remote;
  final long createdAt;
  volatile long lastInteraction;
  String name = "";
  String library = "";
  String libraryVersion = "";
  int db;
  int protocol = 2;
  boolean authenticated;
  boolean noTouch;
  boolean noEvict;
  boolean monitor;

  /** What a replica says of itself before it asks for data. */
  ReplicaLink.Introduction introduction = ReplicaLink.Introduction.NONE;

  /** The latest request's. */
  Command command = Admission.UNKNOWN;

  /** CLIENT REPLY OFF: nothing is sent. */
  boolean muted;

  /** CLIENT REPLY SKIP: the present and the next reply are not sent. */
  private boolean skipping;

  private boolean skipNext;

  /** Since when more output is pending than the soft limit allows, in milliseconds; or 0. */
  volatile long overSoftLimitSince;

  ClientState(long id, SocketAddress local, SocketAddress remote, long now) {
    this.id = id;
    this.local = local;
    this.remote = remote;
    this.createdAt = now;
    this.lastInteraction = now;
  }

  /** Has the reply to the next request not sent. */
  void skipNext() {
    skipNext = !muted;
  }

  /** Begins a request; returns whether its reply is not to be sent. */
  boolean takeSkip() {
    skipping = skipNext;
    skipNext = false;
    return skipping;
  }

  /** Whether the reply to the present request is not to be sent. */
  boolean skipping() {
    return skipping;
  }

  /** Has every reply sent again, from the present one on. */
  void speak() {
    muted = false;
    skipping = false;
    skipNext = false;
  }

  /** An address as CLIENT LIST shows it. */
  static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return address + ":0";
  }

  /** Whether it may do what directives such as {@code enable-debug-command} are about. */
  boolean isAllowed(String mode) {
    return switch (mode) {
      case "yes" -> true;
      case "local" ->
          !(remote instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
      default -> false;
    };
  }

  boolean isUnixSocket() {
    return remote instanceof UnixDomainSocketAddress;
  }

  /** A line for the log. */
  String describe() {
    return "id=" + id + " addr=" + text(remote) + " name=" + name;
  }
}
