/** Commands on strings, whole and as counters. */
package io.sampo.command.string;
