package io.sampo.resp;

/** A part of an array. */
public record Span(byte[] array, int offset, int length) {}
