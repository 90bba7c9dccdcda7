package io.sampo.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spawns the actors that a node consists of. None of them can be done without: an actor that fails
 * is stopped, and whoever waits for it would wait for ever. So the node ends with it.
 */
final class Crew {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);

  private final ActorSystem<?> system;
  private final Runnable failNode;

  /**
   * @param failNode ends the node at once
   */
  Crew(ActorSystem<?> system, Runnable failNode) {
    this.system = system;
    this.failNode = failNode;
  }

  <M> ActorRef<M> spawn(Class<M> messages, Behavior<M> behavior, String name, Props props) {
    return system.systemActorOf(
        Behaviors.intercept(() -> new Alarm<>(messages, name), behavior), name, props);
  }

  /** Runs tasks where the actors of a dispatcher run, unless these have ended. */
  Executor executor(String dispatcher) {
    Executor its = system.dispatchers().lookup(DispatcherSelector.fromConfig(dispatcher));
    return task -> {
      try {
        its.execute(task);
      } catch (RejectedExecutionException ended) {
        LOG.debug("{} has ended, and a task comes too late", dispatcher, ended);
      }
    };
  }

  private final class Alarm<M> extends BehaviorInterceptor<M, M> {
    private final String name;

    Alarm(Class<M> messages, String name) {
      super(messages);
      this.name = name;
    }

    @Override
    public Behavior<M> aroundReceive(
        TypedActorContext<M> context, M message, ReceiveTarget<M> target) {
      try {
        return target.apply(context, message);
      } catch (RuntimeException | Error e) {
        LOG.error("The actor {} has failed, so this node stops", name, e);
        failNode.run();
        throw e;
      }
    }
  }
}
