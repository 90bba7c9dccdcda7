package io.sampo.replication;

import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** What a replica hears of what it has begun itself. */
sealed interface ReplicaEvent extends Replica.Message {
  /** What counts only as long as the connection is the present one, whose number it has. */
  sealed interface OfLink extends ReplicaEvent {
    int attempt();
  }

  record Received(int attempt, ByteString bytes) implements OfLink {}

  record Lost(int attempt, String reason) implements OfLink {
    /** What is at the bottom of a failure. */
    static String reason(Throwable failure) {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
  }

  /** The journal up to here is as safe as it is to be. */
  record Safe(int attempt, long offset) implements OfLink {}

  /** It is time to see whether the disk takes something again. */
  record Recheck(int attempt) implements OfLink {}

  /** It is time to connect again. */
  record Retry(int attempt) implements OfLink {}

  record Connected(int attempt, Flow<ByteString, ByteString, NotUsed> socket)
      implements ReplicaEvent {}

  record Written(int attempt, String error) implements ReplicaEvent {}

  record Loaded(int attempt, int db, String error) implements ReplicaEvent {}

  /** The node has changed its role. */
  record Turned(Runnable then) implements ReplicaEvent {}

  /** A piece of the stream has been carried out. */
  record Ready() implements ReplicaEvent {}

  /** A second is over. */
  record Tick() implements ReplicaEvent {}
}
