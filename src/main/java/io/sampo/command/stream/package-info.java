/** Commands on streams: entries, consumer groups and what is pending. */
package io.sampo.command.stream;
