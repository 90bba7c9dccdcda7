/** Commands on the bits of strings. */
package io.sampo.command.bitmap;
