/**
 * A node without its sockets: the sessions of its clients, what they share, and the commands that
 * are about the server itself.
 */
package io.sampo.server;
