/** Commands on positions, which are members of a sorted set. */
package io.sampo.command.geo;
