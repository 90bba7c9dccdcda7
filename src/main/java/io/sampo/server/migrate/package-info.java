/**
 * The other servers that MIGRATE takes keys to: what it asks for, and connections that are kept.
 */
package io.sampo.server.migrate;
