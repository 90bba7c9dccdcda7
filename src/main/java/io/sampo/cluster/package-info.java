/** Replica sets: nodes that find one another, elect a master for a term, and hold its lease. */
package io.sampo.cluster;
