package io.sampo.command;

/** Takes keyspace notifications. */
public interface Events {
  Events NONE =
      new Events() {
        @Override
        public boolean wanted(KeyEvent event) {
          return false;
        }

        @Override
        public void publish(KeyEvent event, String name, int db, byte[] key) {}
      };

  /** Whether anybody asked for this class of events. */
  boolean wanted(KeyEvent event);

  void publish(KeyEvent event, String name, int db, byte[] key);
}
