package io.sampo.server;

import io.sampo.resp.Chunk;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client has sent and was not answered yet: the requests at hand, and bytes behind them. */
final class Input {
  private static final Logger LOG = LoggerFactory.getLogger(Input.class);
  private static final byte[] NOTHING = new byte[0];

  /** To make longer arrays takes so long that it is left to others. */
  private static final int LONG = 1 << 20;

  private final Session session;
  private final Loop loop;
  private final RequestDecoder decoder;

  /** Requests at hand and the next one to look at; null while there are none. */
  private Frames frames;

  /** What they came in, and mostly lie in. */
  private Chunk chunk;

  private int next;

  /** What was read while the requests at hand could not go on. */
  private ByteString ahead = ByteString.emptyByteString();

  Input(Session session, Loop loop) {
    this.session = session;
    this.loop = loop;
    this.decoder = new RequestDecoder(session.node.limits.requests(), loop.spare, LONG);
  }

  /** Has what is read checked against the limits for clients that have logged in, or not. */
  void authenticated(boolean yes) {
    decoder.authenticated(yes);
  }

  /** Takes bytes when there are no requests at hand. */
  void read(Chunk read) {
    decode(read);
  }

  /** Takes bytes that are to be looked at later. */
  void readAhead(Chunk read) {
    ahead = ahead.concat(ByteString.fromArrayUnsafe(read.bytes()));
    read.free();
  }

  private void decode(Chunk read) {
    frames = loop.frames();
    chunk = read;
    decode(read.length());
  }

  /** Decodes so many bytes at the end of the chunk. */
  private void decode(int last) {
    if (!session.state.authenticated) {
      decoder.authenticated(session.node.isOpen());
    }
    decoder.limits(session.node.limits.requests());
    next = 0;
    int end = chunk.length();
    try {
      decoder.decode(chunk.array(), end - last, end, frames);
    } catch (OutOfMemoryError e) {
      tooLong(e);
    }
    if (decoder.lacksRoom()) {
      session.occupied();
      session.node.longWork.execute(this::makeRoom);
    }
  }

  /** On another thread, while the session waits. */
  private void makeRoom() {
    try {
      session.tell(new SessionEvent.Room(decoder.makeRoom()));
    } catch (OutOfMemoryError e) {
      session.tell(new SessionEvent.NoRoom(e));
    }
  }

  /** Goes on with the chunk at hand, for which there is room now. */
  void room(byte[] made) {
    decoder.room(made);
    decode(decoder.unread());
  }

  /** Ends the connection, for the request does not fit into the heap. */
  void tooLong(OutOfMemoryError why) {
    LOG.error(
        "Closing client whose request does not fit into the heap: {}",
        session.state.describe(),
        why);
    session.fail();
  }

  /** Whether there are requests at hand, though all may have been looked at. */
  boolean isOpen() {
    return frames != null;
  }

  boolean hasNext() {
    return next < frames.count();
  }

  Frames frames() {
    return frames;
  }

  /** Which of {@link #frames} is the next to look at. */
  int next() {
    return next;
  }

  void advance() {
    next++;
  }

  /** Looks for more when all requests at hand have been looked at. */
  void refill() {
    loop.spare.give(frames);
    loop.free(frames);
    frames = null;
    if (decoder.unread() > 0) {
      frames = loop.frames();
      decode(decoder.unread());
      return;
    }
    chunk.free();
    chunk = null;
    if (decoder.held()) {
      decode(Chunk.of(NOTHING));
    } else if (!decoder.failed() && ahead.nonEmpty()) {
      Chunk read = Chunk.of(ahead.toArrayUnsafe());
      ahead = ByteString.emptyByteString();
      decode(read);
    }
  }

  /** Whether what comes behind the requests looked at breaks the protocol: {@link #error}. */
  boolean isBroken() {
    return frames == null && decoder.failed();
  }

  String error() {
    return decoder.error();
  }

  /** Bytes of a request that is not complete yet. */
  long partial() {
    return decoder.pendingBytes();
  }

  /** Bytes read ahead. */
  int ahead() {
    return ahead.length();
  }

  /** Bytes of the requests at hand; from any thread, a moment late. */
  long atHand() {
    Frames present = frames;
    return present == null ? 0 : present.bytes();
  }
}
