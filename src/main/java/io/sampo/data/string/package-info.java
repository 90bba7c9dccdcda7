/** Strings: long ones in pieces, and what is kept in any: bits, and HyperLogLogs. */
package io.sampo.data.string;
