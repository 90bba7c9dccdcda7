/** What is counted and noted of a node's work, and of the machine and the JVM that it runs on. */
package io.sampo.server.stats;
