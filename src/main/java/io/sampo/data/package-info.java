/**
 * What values are made of, and what all types of them need: listpacks, tables, pages. The types are
 * in packages below, each testable without anything around it.
 */
package io.sampo.data;
