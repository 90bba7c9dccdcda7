/**
 * Where commands run: the actor that owns a part of the keys, batches of requests, keyspaces that
 * are lent, clients that wait, transactions, and the walk of a snapshot.
 */
package io.sampo.shard;
