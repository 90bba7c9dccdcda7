package io.sampo.command;

import io.sampo.resp.Args;

/** What a command does: reads its arguments, changes the keyspace, writes exactly one reply. */
@FunctionalInterface
public interface Handler {
  /**
   * Runs the command. The number of arguments has been checked against the arity.
   *
   * @throws io.sampo.resp.RespError to answer with an error; nothing may have been changed by then
   */
  void run(Context c, Args a);
}
