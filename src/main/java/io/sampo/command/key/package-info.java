/** Commands on keys of any type: names, expiry, scanning, and whole databases. */
package io.sampo.command.key;
