package io.sampo.cluster;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.stream.SinkRef;
import org.apache.pekko.stream.SourceRef;
import org.apache.pekko.util.ByteString;

/** What nodes send one another: only what implements this is encoded, and decoded. */
sealed interface Wire extends ReplicaSet.Command {
  /**
   * From one elector to another.
   *
   * @param set the name of the replica set, in which the receiver must be, too
   * @param host where clients reach the sender
   * @param port where clients reach the sender
   * @param awaits whether the sender, as a master, waits for acknowledgements
   * @param news if it is time for them: one message costs less than two
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record Letter(
      String set,
      String from,
      String host,
      int port,
      Message message,
      boolean awaits,
      Optional<News> news)
      implements Wire {}

  /**
   * The master is asked to have another node take over.
   *
   * @param millis how long writes may have to wait for it
   */
  record Abdicate(String set, long millis, ActorRef<Abdicated> replyTo) implements Wire {}

  /** Answers {@link Abdicate} at once. */
  record Abdicated(Consent consent) implements Wire {}

  /** Asks for a {@link Relay.Way} to the receiver. */
  record Open(String set, String client, ActorRef<Opened> replyTo) implements Wire {}

  /** Where requests are to go, and replies come from. */
  record Opened(SinkRef<ByteString> requests, SourceRef<ByteString> replies) implements Wire {}

  /** How the sender is. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  record News(String set, long term, Topology.Node node) implements Wire {}
}
