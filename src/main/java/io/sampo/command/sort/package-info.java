/** SORT, which takes lists, sets and sorted sets. */
package io.sampo.command.sort;
