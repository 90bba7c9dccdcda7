/** Streams: entries in nodes, consumer groups, and what is pending. */
package io.sampo.data.stream;
