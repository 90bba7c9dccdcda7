/** Commands on hashes and on fields that expire. */
package io.sampo.command.hash;
