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
public final class ClientState {
  public final long id;
  public final SocketAddress local;
  public final SocketAddress remote;
  public final long createdAt;
  public volatile long lastInteraction;
  public String name = "";
  public String library = "";
  public String libraryVersion = "";
  public int db;
  public int protocol = 2;
  boolean authenticated;
  public boolean noTouch;
  public boolean noEvict;
  public boolean monitor;

  /** What a replica says of itself before it asks for data. */
  public ReplicaLink.Introduction introduction = ReplicaLink.Introduction.NONE;

  /** The latest request's. */
  public Command command = Admission.UNKNOWN;

  /** CLIENT REPLY OFF: nothing is sent. */
  public boolean muted;

  /** CLIENT REPLY SKIP: the present and the next reply are not sent. */
  private boolean skipping;

  private boolean skipNext;

  /** Since when more output is pending than the soft limit allows, in milliseconds; or 0. */
  volatile long overSoftLimitSince;

  ClientState(long id, Peer peer, long now) {
    this.id = id;
    this.local = peer.local();
    this.remote = peer.remote();
    this.createdAt = now;
    this.lastInteraction = now;
  }

  /** Has the reply to the next request not sent. */
  public void skipNext() {
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
  public void speak() {
    muted = false;
    skipping = false;
    skipNext = false;
  }

  /** An address as CLIENT LIST shows it. */
  public static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return address + ":0";
  }

  /** Whether it may do what directives such as {@code enable-debug-command} are about. */
  public boolean isAllowed(String mode) {
    return switch (mode) {
      case "yes" -> true;
      case "local" ->
          !(remote instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
      default -> false;
    };
  }

  public boolean isUnixSocket() {
    return remote instanceof UnixDomainSocketAddress;
  }

  /** A line for the log. */
  String describe() {
    return "id=" + id + " addr=" + text(remote) + " name=" + name;
  }
}
