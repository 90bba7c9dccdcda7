package io.sampo.server;

import java.net.SocketAddress;

/**
 * The ends of a connection.
 *
 * @param local ours
 * @param remote that of whoever came
 * @param gather has small pieces that are sent wait for one another (Nagle's algorithm), where the
 *     transport can
 */
public record Peer(SocketAddress local, SocketAddress remote, Runnable gather) {}
