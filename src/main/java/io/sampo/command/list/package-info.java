/** Commands on lists. */
package io.sampo.command.list;
