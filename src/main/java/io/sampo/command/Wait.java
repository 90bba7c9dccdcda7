package io.sampo.command;

import io.sampo.data.Type;

/**
 * What a client is to wait for: that a key, one of those from argument {@code first} to before
 * {@code end}, has a value of this type.
 *
 * @param beside the argument that is a key too, which the request then needs; 0 if there is none
 * @param timeoutMillis how long; 0 is for ever
 * @param minds whether it also wants to know when such a value has gone
 */
public record Wait(int first, int end, int beside, Type type, long timeoutMillis, boolean minds) {
  static final Wait NONE = new Wait(0, 0, 0, Type.STRING, 0);

  public Wait(int first, int end, int beside, Type type, long timeoutMillis) {
    this(first, end, beside, type, timeoutMillis, false);
  }
}
