package io.sampo.server.pubsub;

import io.sampo.resp.Bytes;

/**
 * A message on its way to the subscribers of one channel or pattern, encoded once for all of them.
 */
public final class Message {
  private static final byte[] MESSAGE = Bytes.ascii("*3\r\n$7\r\nmessage\r\n");
  private static final byte[] SHARD_MESSAGE = Bytes.ascii("*3\r\n$8\r\nsmessage\r\n");
  private static final byte[] PATTERN_MESSAGE = Bytes.ascii("*4\r\n$8\r\npmessage\r\n");

  private final byte[] resp2;

  /** Made when first needed, and volatile so that other loops see it whole. */
  private volatile byte[] resp3;

  private Message(byte[] head, Blob... parts) {
    int size = head.length;
    for (Blob part : parts) {
      size += 5 + Bytes.digits(part.length) + part.length;
    }
    byte[] all = new byte[size];
    System.arraycopy(head, 0, all, 0, head.length);
    int at = head.length;
    for (Blob part : parts) {
      all[at++] = '$';
      at = lineEnd(all, Bytes.putLong(all, at, part.length));
      System.arraycopy(part.array, part.offset, all, at, part.length);
      at = lineEnd(all, at + part.length);
    }
    resp2 = all;
  }

  private static int lineEnd(byte[] a, int at) {
    a[at] = '\r';
    a[at + 1] = '\n';
    return at + 2;
  }

  /** What subscribers of the channel, or shard channel, are sent. */
  static Message to(boolean shard, Blob channel, Blob text) {
    return new Message(shard ? SHARD_MESSAGE : MESSAGE, channel, text);
  }

  /** What subscribers of a pattern that matches the channel are sent. */
  static Message matching(Blob pattern, Blob channel, Blob text) {
    return new Message(PATTERN_MESSAGE, pattern, channel, text);
  }

  int length() {
    return resp2.length;
  }

  byte[] resp2() {
    return resp2;
  }

  /** The same but for its type, which is the first byte. */
  byte[] resp3() {
    byte[] pushed = resp3;
    if (pushed == null) {
      pushed = resp2.clone();
      pushed[0] = '>';
      resp3 = pushed;
    }
    return pushed;
  }
}
