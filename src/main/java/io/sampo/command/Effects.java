package io.sampo.command;

import io.sampo.resp.Args;

/**
 * Takes what a command changed, in the deterministic form that a replica or a log replays. While
 * nobody reads, {@link #wanted} is false, so that nothing need be built, and what is added is
 * dropped.
 */
public interface Effects {
  Effects NONE =
      new Effects() {
        @Override
        public boolean wanted() {
          return false;
        }

        @Override
        public void add(int db, Args request) {}

        @Override
        public void add(int db, byte[]... request) {}

        @Override
        public void commit() {}

        @Override
        public void flush() {}
      };

  boolean wanted();

  /** Adds a request as it was sent. */
  void add(int db, Args request);

  /** Adds a request made of these parts. */
  void add(int db, byte[]... request);

  /** Ends what belongs together: a command, a transaction, a script. */
  void commit();

  /**
   * Hands over what has been committed; to be called before anybody else may see what it is about,
   * be it by a reply or in the data.
   */
  void flush();
}
