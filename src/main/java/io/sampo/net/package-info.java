/**
 * Core loops, which are selector and dispatcher in one, and the stages for TCP and Unix sockets on
 * them.
 */
package io.sampo.net;
