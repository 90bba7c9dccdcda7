package io.sampo.server.pubsub;

import io.sampo.command.Events;
import io.sampo.command.KeyEvent;
import io.sampo.resp.Bytes;
import io.sampo.server.config.NotifiedEvents;
import io.sampo.server.config.Setting;

/** Publishes what happens to keys, on two channels: by key and by event. */
public final class Notifications implements Events {
  private static final byte[] KEYSPACE = Bytes.ascii("__keyspace@");
  private static final byte[] KEYEVENT = Bytes.ascii("__keyevent@");
  private static final byte[] END = Bytes.ascii("__:");

  private final PubSub pubSub;
  private volatile NotifiedEvents notified;

  /** Apart from the rest, so that one read tells that there is nothing to do. */
  private volatile int audible;

  public Notifications(PubSub pubSub, Setting<NotifiedEvents> setting) {
    this.pubSub = pubSub;
    setting.each(
        events -> {
          notified = events;
          audible = events.audible();
        });
  }

  @Override
  public boolean wanted(KeyEvent event) {
    return (audible & event.bit) != 0;
  }

  @Override
  public void publish(KeyEvent event, String name, int db, byte[] key) {
    if (pubSub.isIdle()) {
      return;
    }
    NotifiedEvents to = notified;
    byte[] word = Bytes.ascii(name);
    if (to.keyspace()) {
      pubSub.publish(channel(KEYSPACE, db, key), Blob.of(word));
    }
    if (to.keyevent()) {
      pubSub.publish(channel(KEYEVENT, db, word), Blob.of(key));
    }
  }

  private static Blob channel(byte[] kind, int db, byte[] subject) {
    int digits = Bytes.digits(db);
    byte[] name = new byte[kind.length + digits + END.length + subject.length];
    System.arraycopy(kind, 0, name, 0, kind.length);
    int at = Bytes.putLong(name, kind.length, db);
    System.arraycopy(END, 0, name, at, END.length);
    System.arraycopy(subject, 0, name, at + END.length, subject.length);
    return Blob.of(name);
  }
}
