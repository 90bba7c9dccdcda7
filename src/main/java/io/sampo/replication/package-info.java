/**
 * Masters and replicas: who follows whom, full and partial resynchronisation, and the stream
 * between them.
 */
package io.sampo.replication;
