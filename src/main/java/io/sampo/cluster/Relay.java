package io.sampo.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.SinkRef;
import org.apache.pekko.stream.SourceRef;
import org.apache.pekko.stream.javadsl.AsPublisher;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.reactivestreams.Publisher;

/**
 * Carries clients' requests from the node they came to to another one, and the replies back, by
 * streams over the actor system: with back-pressure, in order, and in pieces that fit its frames.
 */
public final class Relay {
  /** Serves a client of another node as if it had come here. */
  @FunctionalInterface
  public interface Door {
    /**
     * @param client for people to tell it from others
     * @return the replies
     */
    Publisher<ByteString> enter(String client, Publisher<ByteString> requests);
  }

  /** A client's way to another node. Used from any thread. */
  public interface Way extends AutoCloseable {
    /**
     * @return whether the bytes are on their way; if not, none of them is
     */
    boolean send(byte[] requests);

    @Override
    void close();
  }

  static final String NAME = "relay";

  /** Far below the longest frame of Artery. */
  private static final int PIECE = 64 * 1024;

  /** What one client may have under way at most. */
  private static final int MOST_PIECES = 512;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private Relay() {}

  /** The actor that opens ways to this node. */
  static Behavior<Wire> create(String set, Door door) {
    return Behaviors.receive(
        (context, message) -> {
          if (message instanceof Wire.Open open && open.set().equals(set)) {
            Materializer materializer =
                Materializer.matFromSystem(context.getSystem().classicSystem());
            Pair<SinkRef<ByteString>, Publisher<ByteString>> requests =
                StreamRefs.<ByteString>sinkRef()
                    .toMat(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), Keep.both())
                    .run(materializer);
            SourceRef<ByteString> replies =
                Source.fromPublisher(door.enter(open.client(), requests.second()))
                    .mapConcat(Relay::pieces)
                    .runWith(StreamRefs.sourceRef(), materializer);
            open.replyTo().tell(new Wire.Opened(requests.first(), replies));
          }
          return Behaviors.same();
        });
  }

  /**
   * Opens a way.
   *
   * @param to the id of the other node
   * @param replies is given what comes back
   * @param ended is run once nothing comes any more
   */
  static Way open(
      ActorSystem<?> system,
      String set,
      String to,
      String client,
      Consumer<ByteString> replies,
      Runnable ended) {
    Pair<BoundedSourceQueue<ByteString>, Source<ByteString, NotUsed>> requests =
        Source.<ByteString>queue(MOST_PIECES).preMaterialize(system);
    ActorRef<Wire> relay =
        ActorRefResolver.get(system)
            .resolveActorRef("pekko://" + system.name() + "@" + to + "/user/" + NAME);
    CompletionStage<Wire.Opened> opened =
        AskPattern.ask(
            relay, self -> new Wire.Open(set, client, self), PATIENCE, system.scheduler());
    opened
        .thenCompose(
            way -> {
              requests.second().runWith(way.requests().getSink(), system);
              return way.replies().getSource().runForeach(replies::accept, system);
            })
        .whenComplete((done, failure) -> ended.run());
    return new QueuedWay(requests.first());
  }

  private record QueuedWay(BoundedSourceQueue<ByteString> queue) implements Way {
    @Override
    public synchronized boolean send(byte[] requests) {
      List<ByteString> pieces = pieces(ByteString.fromArrayUnsafe(requests));
      if (queue.size() + pieces.size() > MOST_PIECES) {
        return false;
      }
      for (ByteString piece : pieces) {
        if (queue.offer(piece) != QueueOfferResult.enqueued()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      if (!queue.isCompleted()) {
        queue.complete();
      }
    }
  }

  private static List<ByteString> pieces(ByteString bytes) {
    List<ByteString> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length(); at += PIECE) {
      pieces.add(bytes.slice(at, Math.min(bytes.length(), at + PIECE)));
    }
    return pieces;
  }
}
