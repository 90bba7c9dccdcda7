package io.sampo.command;

import io.sampo.data.Limits;
import io.sampo.resp.Args;
import io.sampo.resp.RespError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been done of a request in advance, or why it could not be. */
public final class Advanced {
  private static final Logger LOG = LoggerFactory.getLogger(Advanced.class);

  private final Object result;
  private final RespError refusal;
  private final OutOfMemoryError full;

  private Advanced(Object result, RespError refusal, OutOfMemoryError full) {
    this.result = result;
    this.refusal = refusal;
    this.full = full;
  }

  /** Does what can be done of a request of a command that has an {@link Advance}. */
  public static Advanced of(Command command, Args a, Limits limits) {
    try {
      return new Advanced(command.advance().orElseThrow().work(a, limits), null, null);
    } catch (RespError error) {
      return new Advanced(null, error, null);
    } catch (OutOfMemoryError error) {
      return new Advanced(null, null, error);
    } catch (RuntimeException | Error error) {
      // Nothing has been changed yet, so nothing else is wrong because of this.
      LOG.error("{} failed", command, error);
      return new Advanced(null, new RespError("ERR internal error in '" + command + "'"), null);
    }
  }

  /**
   * The result.
   *
   * @throws RespError if the request has to be refused
   * @throws OutOfMemoryError if the heap was too small
   */
  <T> T result(Class<T> type) {
    if (full != null) {
      throw full;
    }
    if (refusal != null) {
      throw refusal;
    }
    return type.cast(result);
  }
}
