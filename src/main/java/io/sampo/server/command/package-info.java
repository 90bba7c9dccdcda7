/**
 * The commands that are about the server itself: its clients, directives, files, replicas and
 * figures; and the list of all families, those on data included.
 */
package io.sampo.server.command;
