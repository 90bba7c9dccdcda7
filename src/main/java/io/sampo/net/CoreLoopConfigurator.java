package io.sampo.net;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.MonitorableThreadFactory;

/**
 * Lets a Pekko dispatcher run on a core loop of its own: {@code executor =
 * "io.sampo.net.CoreLoopConfigurator"}, with settings below {@code core-loop}: {@code index} (its
 * place among the node's loops) and {@code spin-micros} (see {@link CoreLoop#start}).
 *
 * <p>The loop starts with the dispatcher's first use. A dispatcher without actors for its {@code
 * shutdown-timeout} shuts its executor down and takes a new one when it is needed again, so the
 * timeout has to be long for a loop to live as long as its system; at the system's end the pending
 * timeout fires at once.
 */
public final class CoreLoopConfigurator extends ExecutorServiceConfigurator {
  private final Config settings;

  /** Called by Pekko, with the dispatcher's section. */
  public CoreLoopConfigurator(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    settings = config.getConfig("core-loop");
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    long spinMicros = settings.getLong("spin-micros");
    int index = settings.getInt("index");
    if (threads instanceof MonitorableThreadFactory pekko) {
      String name = pekko.name() + "-" + id;
      return () -> CoreLoop.start(name, index, spinMicros, pekko::wire);
    }
    return () -> CoreLoop.start(id, index, spinMicros, thread -> {});
  }
}
