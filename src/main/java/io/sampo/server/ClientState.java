package io.sampo.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What a connection has told of itself and been told: the stuff of CLIENT LIST. */
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

  /** CLIENT REPLY OFF: nothing is sent. */
  boolean muted;

  private boolean skip;

  /** Whether a request of the open transaction was refused. */
  boolean transactionFailed;

  /** Requests queued in the open transaction, or -1. */
  int queued = -1;

  ClientState(long id, SocketAddress local, SocketAddress remote, long now) {
    this.id = id;
    this.local = local;
    this.remote = remote;
    this.createdAt = now;
    this.lastInteraction = now;
  }

  /** CLIENT REPLY SKIP: the next reply is not sent. */
  void skipNext() {
    skip = true;
  }

  boolean takeSkip() {
    boolean was = skip;
    skip = false;
    return was;
  }

  /** An address as CLIENT LIST shows it. */
  static String text(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
    return address + ":0";
  }

  /** A line for the log. */
  String describe() {
    return "id=" + id + " addr=" + text(remote) + " name=" + name;
  }
}
