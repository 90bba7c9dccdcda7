/**
 * What a command is, and what all families of them need: the table of the declarations, the narrow
 * context that an implementation sees, and how it gets at its arguments and values. The commands on
 * data are in packages below, one for each family: each is declared in one line beside its
 * implementation.
 */
package io.sampo.command;
