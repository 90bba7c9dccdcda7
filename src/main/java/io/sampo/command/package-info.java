/**
 * The commands on data, by family: each is declared in one line beside its implementation, which
 * sees a keyspace, its arguments, the reply and a narrow context.
 */
package io.sampo.command;
