package io.sampo.command;

import io.sampo.resp.ReplyWriter;

/** What a command may see and do while it runs. */
public final class Context {
  private final ReplyWriter out;

  public Context(ReplyWriter out) {
    this.out = out;
  }

  /** Where the reply goes. */
  public ReplyWriter out() {
    return out;
  }
}
