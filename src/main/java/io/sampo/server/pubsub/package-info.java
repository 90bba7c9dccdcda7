/**
 * Publish and subscribe: topics, their subscribers on all loops, and the way of a message to them.
 */
package io.sampo.server.pubsub;
