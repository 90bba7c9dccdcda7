package io.sampo.command;

import io.sampo.data.Limits;
import io.sampo.resp.Args;

/**
 * What can be done of a request before it is run, from its arguments alone: by any thread, so that
 * its shard need not do it. The handler finds it in {@link Context#advanced}, if it was done.
 */
public interface Advance {
  /** Whether there is so much to do that handing it over is worth it. */
  boolean pays(Args a);

  /**
   * Does it.
   *
   * @param limits of the keyspaces where the request is going to be run
   * @throws io.sampo.resp.RespError as the handler would, which then does so when it asks
   */
  Object work(Args a, Limits limits);
}
