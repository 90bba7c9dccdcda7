/**
 * The directives: their names, defaults and values, the file they come from, and who is told when
 * one changes.
 */
package io.sampo.server.config;
