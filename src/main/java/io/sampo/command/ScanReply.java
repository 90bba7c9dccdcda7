package io.sampo.command;

import io.sampo.resp.ReplyWriter;

/** What a command that walks over one collection with a cursor has found in one call. */
public final class ScanReply {
  private final ReplyWriter page = new ReplyWriter(256);
  private int count;

  /** Replies for a collection that is not there. */
  public static void empty(ReplyWriter out) {
    new ScanReply().write(out, 0);
  }

  /** To add to, by what is to follow: {@code replies} of them. */
  public ReplyWriter add(int replies) {
    count += replies;
    return page;
  }

  /** Replies with all that was added, and the cursor of the next call or 0. */
  public void write(ReplyWriter out, long next) {
    out.array(2);
    out.bulk(next);
    out.array(count);
    out.raw(page.array(), 0, page.position());
  }
}
