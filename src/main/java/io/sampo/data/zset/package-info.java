/** Sorted sets: one listpack, or a table and pages in the order of scores. */
package io.sampo.data.zset;
