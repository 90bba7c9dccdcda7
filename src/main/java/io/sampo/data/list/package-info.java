/** Lists: one listpack, or a quicklist of nodes. */
package io.sampo.data.list;
