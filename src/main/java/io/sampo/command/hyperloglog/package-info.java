/** Commands that count distinct elements, in a string. */
package io.sampo.command.hyperloglog;
