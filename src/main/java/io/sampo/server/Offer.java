package io.sampo.server;

import io.sampo.command.CommandTable;

/** Which commands a node answers: about its data, and where clients ask for the master. */
public record Offer(CommandTable data, CommandTable sentinel) {}
