package io.sampo.resp;

/**
 * An error reply on its way to the client. Commands throw it; whoever runs them discards what the
 * command had written of its reply and writes this instead. It carries no stack trace, for it is an
 * answer and not a failure.
 */
public final class RespError extends RuntimeException {
  public static final RespError SYNTAX = new RespError("ERR syntax error");
  public static final RespError WRONG_TYPE =
      new RespError("WRONGTYPE Operation against a key holding the wrong kind of value");
  public static final RespError NOT_AN_INTEGER =
      new RespError("ERR value is not an integer or out of range");
  public static final RespError NOT_A_FLOAT = new RespError("ERR value is not a valid float");
  public static final RespError NO_SUCH_KEY = new RespError("ERR no such key");
  public static final RespError OUT_OF_RANGE = new RespError("ERR index out of range");
  public static final RespError OVERFLOW =
      new RespError("ERR increment or decrement would overflow");

  /**
   * @param line the whole error line, code word first, without the leading dash
   */
  public RespError(String line) {
    super(line, null, false, false);
  }
}
