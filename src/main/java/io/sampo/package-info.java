/** The server as a whole: as a program, and embedded. */
package io.sampo;
