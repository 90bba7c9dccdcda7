/** Sets: of integers, one listpack, or a table. */
package io.sampo.data.set;
