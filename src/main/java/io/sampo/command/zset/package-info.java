/** Commands on sorted sets. */
package io.sampo.command.zset;
