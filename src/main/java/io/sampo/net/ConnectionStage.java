package io.sampo.net;

import io.sampo.resp.Chunk;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.japi.function.Procedure;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.InHandler;
import org.apache.pekko.stream.stage.OutHandler;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.duration.FiniteDuration;

/**
 * A socket as a flow, on the core loop that materializes it: takes what is to be written, emits
 * what was read.
 *
 * <p>What arrives is read when it is demanded, one system call per chunk, through the loop's
 * buffer. What is to be written gathers until the loop's turn ends and then leaves in one system
 * call. Everything happens on the loop's thread; only the stream's own ports need a message, as
 * they may be touched in the stream's actor alone.
 */
final class ConnectionStage<T> extends GraphStage<FlowShape<ByteString, T>> {
  private static final Logger log = LoggerFactory.getLogger(ConnectionStage.class);

  /** Shared by all connections, which saves each the memory; ports hold no state of a stream. */
  private static final FlowShape<ByteString, Object> SHAPE =
      FlowShape.of(Inlet.create("Connection.in"), Outlet.create("Connection.out"));

  /** Unwritten bytes from which on upstream has to wait. */
  private static final int HIGH_WATER = 256 * 1024;

  /** Writes, or reads to discard, of one connection in one turn: 1 MiB, so that others get on. */
  private static final int CALLS_PER_TURN = 16;

  private final SocketChannel channel;
  private final int lingerSeconds;
  private final Form<T> form;

  /** What is made of the bytes in a loop's buffer, which are gone when it reads again. */
  @FunctionalInterface
  interface Form<T> {
    T of(CoreLoop loop, ByteBuffer read);

    /** Lent, for those who need them for a moment. */
    Form<Chunk> LENT = (loop, read) -> loop.chunks().copy(read);

    /** To be kept. */
    Form<ByteString> KEPT = (loop, read) -> ByteString.fromByteBuffer(read);
  }

  /** A connection over a connected channel in non-blocking mode, which becomes the stage's own. */
  ConnectionStage(SocketChannel channel, int lingerSeconds, Form<T> form) {
    this.channel = channel;
    this.lingerSeconds = lingerSeconds;
    this.form = form;
  }

  @Override
  @SuppressWarnings("unchecked")
  public FlowShape<ByteString, T> shape() {
    return (FlowShape<ByteString, T>) (FlowShape<?, ?>) SHAPE;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic(channel, lingerSeconds, form);
  }

  // One object is handlers, callback and event in one: idle connections are many.
  private static final class Logic extends GraphStageLogic
      implements InHandler, OutHandler, CoreLoop.Readiness, CoreLoop.Output, Procedure<Object> {
    private final SocketChannel channel;
    private final int lingerSeconds;
    private final Form<?> form;
    private CoreLoop loop;
    private SelectionKey key;
    private AsyncCallback<Object> callback;
    private ByteString pending = ByteString.emptyByteString();
    private IOException failure;
    private Cancellable look = Cancellable.alreadyCancelled();

    /** The kernel said there is something to read, and it was not read since. */
    private boolean readable;

    /** The loop will call flush() this turn. */
    private boolean enlisted;

    /** A message to the stream's actor is under way. */
    private boolean notified;

    /** Upstream waits for pending to sink below the mark. */
    private boolean saturated;

    /** Upstream has finished: close once all is written. */
    private boolean closing;

    Logic(SocketChannel channel, int lingerSeconds, Form<?> form) {
      super(SHAPE);
      this.channel = channel;
      this.lingerSeconds = lingerSeconds;
      this.form = form;
      setHandler(SHAPE.in(), this);
      setHandler(SHAPE.out(), this);
    }

    @Override
    public void preStart() throws IOException {
      loop = CoreLoop.current();
      callback = createAsyncCallback(this);
      key = loop.register(channel, SelectionKey.OP_READ, this);
      pull(SHAPE.in());
    }

    // From the loop

    @Override
    public void ready(int ops) {
      if ((ops & SelectionKey.OP_WRITE) != 0) {
        interest(SelectionKey.OP_WRITE, false);
        enlist();
      }
      if ((ops & SelectionKey.OP_READ) != 0) {
        readable = true;
        notifyStream();
      }
    }

    @Override
    public void flush() {
      enlisted = false;
      if (!channel.isOpen()) {
        return;
      }
      if (pending.nonEmpty()) {
        write();
      }
      if (readable) {
        // Nobody took it in this turn, so the kernel need not tell again.
        interest(SelectionKey.OP_READ, false);
      }
    }

    @Override
    public void hold() {
      if (readable && channel.isOpen()) {
        interest(SelectionKey.OP_READ, false);
      }
    }

    private void write() {
      try {
        ByteBuffer buffer = loop.writeBuffer();
        for (int calls = 0; calls < CALLS_PER_TURN && pending.nonEmpty(); calls++) {
          int gathered = pending.copyToBuffer(buffer.clear());
          int written = channel.write(buffer.flip());
          pending =
              written == pending.length() ? ByteString.emptyByteString() : pending.drop(written);
          if (written < gathered) {
            break;
          }
        }
      } catch (IOException e) {
        failure = e;
        pending = ByteString.emptyByteString();
        notifyStream();
        return;
      }
      interest(SelectionKey.OP_WRITE, pending.nonEmpty());
      if (saturated && pending.length() < HIGH_WATER || closing && pending.isEmpty()) {
        notifyStream();
      }
    }

    private void interest(int op, boolean wanted) {
      int ops = key.interestOps();
      int changed = wanted ? ops | op : ops & ~op;
      if (changed != ops) {
        key.interestOps(changed);
      }
    }

    private void notifyStream() {
      if (!notified) {
        notified = true;
        callback.invoke(this);
      }
    }

    private void enlist() {
      if (!enlisted) {
        enlisted = true;
        loop.flushLater(this);
      }
    }

    // In the stream's actor

    @Override
    public void apply(Object event) {
      if (event instanceof Integer left) {
        linger(left);
        return;
      }
      notified = false;
      if (failure != null) {
        fail(failure);
        return;
      }
      if (closing && pending.isEmpty()) {
        completeStage();
        return;
      }
      if (saturated && pending.length() < HIGH_WATER) {
        saturated = false;
        tryPull(SHAPE.in());
      }
      if (readable) {
        if (isClosed(SHAPE.out())) {
          discard();
        } else if (isAvailable(SHAPE.out())) {
          read();
        } else {
          enlist();
        }
      }
    }

    @Override
    public void onPull() {
      if (readable) {
        read();
      }
    }

    private void read() {
      readable = false;
      ByteBuffer buffer = loop.readBuffer();
      int read;
      try {
        read = channel.read(buffer);
      } catch (IOException e) {
        fail(e);
        return;
      }
      if (read < 0) {
        interest(SelectionKey.OP_READ, false);
        complete(SHAPE.out());
        return;
      }
      interest(SelectionKey.OP_READ, true);
      if (read > 0) {
        push(SHAPE.out(), form.of(loop, buffer.flip()));
      }
    }

    /** Nobody wants it, but only reading shows that the peer has gone. */
    private void discard() {
      readable = false;
      try {
        interest(SelectionKey.OP_READ, drain());
      } catch (IOException e) {
        fail(e);
      }
    }

    /** Reads and forgets; false at the end of the peer's stream. */
    private boolean drain() throws IOException {
      int read = CoreLoop.BUFFER_SIZE;
      for (int calls = 0; calls < CALLS_PER_TURN && read == CoreLoop.BUFFER_SIZE; calls++) {
        read = channel.read(loop.readBuffer());
      }
      return read >= 0;
    }

    @Override
    public void onPush() {
      ByteString bytes = grab(SHAPE.in());
      pending = pending.isEmpty() ? bytes : pending.concat(bytes);
      enlist();
      if (pending.length() < HIGH_WATER) {
        pull(SHAPE.in());
      } else {
        saturated = true;
      }
    }

    @Override
    public void onUpstreamFinish() {
      closing = true;
      if (pending.nonEmpty()) {
        setKeepGoing(true);
        enlist();
        linger(Integer.MAX_VALUE);
      } else {
        completeStage();
      }
    }

    /** Goes on closing for a while if the peer has taken any of the bytes that were left. */
    private void linger(int left) {
      int now = pending.length();
      if (now < left) {
        FiniteDuration pause = FiniteDuration.apply(lingerSeconds, TimeUnit.SECONDS);
        look = materializer().scheduleOnce(pause, () -> callback.invoke(now));
      } else {
        fail(new SocketTimeoutException("nobody takes what is left"));
      }
    }

    @Override
    public void onUpstreamFailure(Throwable cause) {
      pending = ByteString.emptyByteString();
      failStage(cause);
    }

    @Override
    public void onDownstreamFinish(Throwable cause) {
      if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
        pending = ByteString.emptyByteString();
        failStage(cause);
      } else if (readable) {
        discard();
      }
    }

    private void fail(IOException cause) {
      log.debug("Connection lost: {}", cause.toString());
      pending = ByteString.emptyByteString();
      failStage(cause);
    }

    @Override
    public void postStop() throws IOException {
      look.cancel();
      try (channel) {
        pending = ByteString.emptyByteString();
        if (closing && failure == null) {
          // Bytes left unread would turn the close into a reset, which costs the peer our last
          // words.
          drain();
        }
      } catch (IOException e) {
        log.debug("Connection lost at its end: {}", e.toString());
      }
    }
  }
}
