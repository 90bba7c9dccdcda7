/**
 * What is kept on disk: RDB files, the append-only file with its manifest, and the payloads of
 * DUMP.
 */
package io.sampo.persist;
