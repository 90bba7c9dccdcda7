/** The types of values and their compact encodings, each testable without anything around it. */
package io.sampo.data;
