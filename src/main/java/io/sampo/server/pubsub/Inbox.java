package io.sampo.server.pubsub;

import java.util.Arrays;
import java.util.function.Consumer;

/** Messages for one session that gather until it looks, and are then written together. */
public final class Inbox {
  /** Messages that are longer on average are not worth copying. */
  private static final int SHORT = 1024;

  private byte[][] messages = new byte[4][];
  private int count;
  private int bytes;

  /** Adds an encoded message, which may be shared with other sessions. */
  void add(byte[] message) {
    if (count == messages.length) {
      messages = Arrays.copyOf(messages, 2 * count);
    }
    messages[count++] = message;
    bytes += message.length;
  }

  /** Passes on everything in order, in as few pieces as seem best. */
  void drain(Consumer<byte[]> to) {
    if (count > 1 && bytes / count <= SHORT) {
      to.accept(joined());
    } else {
      for (int i = 0; i < count; i++) {
        to.accept(messages[i]);
      }
    }
    count = 0;
    bytes = 0;
  }

  private byte[] joined() {
    byte[] all = new byte[bytes];
    int at = 0;
    for (int i = 0; i < count; i++) {
      System.arraycopy(messages[i], 0, all, at, messages[i].length);
      at += messages[i].length;
    }
    return all;
  }
}
