/** Commands on sets, one or several. */
package io.sampo.command.set;
