/**
 * The protocol, RESP2 and RESP3: requests decoded, replies encoded, numbers read and written. It
 * needs nothing but the JDK.
 */
package io.sampo.resp;
