/** Hashes, and the times at which their fields expire. */
package io.sampo.data.hash;
