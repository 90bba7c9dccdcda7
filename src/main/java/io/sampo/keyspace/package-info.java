/**
 * Databases: the table of keys, expiry, eviction, the accounting of memory, and what snapshots need
 * of them. It knows no actor, and has the time from an injected clock.
 */
package io.sampo.keyspace;
