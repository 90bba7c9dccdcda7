/** Positions as scores of a sorted set, and areas around them. */
package io.sampo.data.geo;
