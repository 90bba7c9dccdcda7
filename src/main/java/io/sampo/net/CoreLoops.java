package io.sampo.net;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.Materializer;

/** The dispatchers of a node's core loops. */
public final class CoreLoops {
  private CoreLoops() {}

  /** The id of the dispatcher of the loop with this index. */
  public static String dispatcher(int index) {
    return "sampo.loop-" + index;
  }

  /**
   * Materializes streams for one loop. The parent of their actors lives on it, too, so that a
   * connection's coming and going wakes no other thread.
   */
  public static Materializer materializer(ActorSystem<?> system, int index) {
    CompletableFuture<Materializer> made = new CompletableFuture<>();
    system.systemActorOf(
        Behaviors.<Void>setup(
            context -> {
              made.complete(Materializer.createMaterializer(context));
              return Behaviors.empty();
            }),
        "streams-" + index,
        DispatcherSelector.fromConfig(dispatcher(index)));
    return made.join();
  }

  /**
   * Settings for an ActorSystem that define the dispatchers {@code sampo.loop-0} and so on.
   *
   * @param loops how many, at least 1
   * @param spinMicros how long an idle loop polls before it sleeps, in microseconds
   */
  public static Config dispatcherConfig(int loops, int spinMicros) {
    return ConfigFactory.parseString(
        IntStream.range(0, loops)
            .mapToObj(i -> section(i, spinMicros))
            .collect(Collectors.joining()));
  }

  /** The same, with loops that never spin. */
  public static Config dispatcherConfig(int loops) {
    return dispatcherConfig(loops, 0);
  }

  // The timeout keeps a loop for as long as its system; the scheduler allows at most 248 days.
  private static String section(int index, int spinMicros) {
    return """
        %s {
          type = Dispatcher
          executor = "io.sampo.net.CoreLoopConfigurator"
          throughput = 64
          shutdown-timeout = 100d
          mailbox-type = "org.apache.pekko.dispatch.SingleConsumerOnlyUnboundedMailbox"
          core-loop { index = %d, spin-micros = %d }
        }
        """
        .formatted(dispatcher(index), index, spinMicros);
  }
}
