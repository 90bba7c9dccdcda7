package io.sampo.replication;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.KillSwitch;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * A connection to a master. It is read at the replica's pace; what has come meanwhile is taken
 * together, up to a bound, and what is beyond that the kernel holds back.
 */
final class Link {
  private static final int WAITING_REQUESTS = 64;
  private static final long MOST_AT_ONCE = 1 << 20;

  private final BoundedSourceQueue<ByteString> out;
  private final SinkQueueWithCancel<ByteString> in;
  private final KillSwitch end;

  /**
   * @param flow the socket
   * @param attributes where it is to run
   */
  Link(Flow<ByteString, ByteString, NotUsed> flow, Attributes attributes, Materializer system) {
    SharedKillSwitch both = KillSwitches.shared("link");
    Pair<BoundedSourceQueue<ByteString>, SinkQueueWithCancel<ByteString>> ends =
        Source.<ByteString>queue(WAITING_REQUESTS)
            .via(both.flow())
            .via(flow)
            .via(both.flow())
            .batchWeighted(
                MOST_AT_ONCE, bytes -> (long) bytes.length(), bytes -> bytes, ByteString::concat)
            .toMat(Sink.<ByteString>queue(1), Keep.both())
            .withAttributes(attributes)
            .run(system);
    out = ends.first();
    in = ends.second();
    end = both;
  }

  /** Sends bytes; they are dropped if the master takes nothing any more. */
  void send(byte[] bytes) {
    out.offer(ByteString.fromArrayUnsafe(bytes));
  }

  /** The next bytes; none at the end of the connection. To be called when the last have come. */
  CompletionStage<Optional<ByteString>> next() {
    return in.pull();
  }

  /** Ends the connection. */
  void close() {
    end.shutdown();
    in.cancel();
  }
}
