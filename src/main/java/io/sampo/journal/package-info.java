/**
 * The one order of everything that changes the data: offsets, those who read it, and replies that
 * wait for it.
 */
package io.sampo.journal;
