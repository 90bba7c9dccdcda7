package io.sampo.server.stats;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a node counts of its connections (INFO stats). Used from any thread. */
public final class Counters {
  /** total_connections_received: those accepted, whether served or turned away. */
  public final LongAdder connectionsReceived = new LongAdder();

  /** rejected_connections: those that maxclients turned away. */
  public final LongAdder connectionsRejected = new LongAdder();

  /** evicted_clients: those that maxmemory-clients has closed. */
  public final LongAdder clientsEvicted = new LongAdder();

  /** client_output_buffer_limit_disconnections. */
  public final LongAdder outputLimitDisconnections = new LongAdder();

  /** client_query_buffer_limit_disconnections. */
  public final LongAdder queryLimitDisconnections = new LongAdder();

  /** unexpected_error_replies: to what a master, or an append-only file, had said. */
  public final LongAdder unexpectedErrors = new LongAdder();

  /** Starts again from zero (CONFIG RESETSTAT). */
  public void reset() {
    List.of(
            connectionsReceived,
            connectionsRejected,
            clientsEvicted,
            outputLimitDisconnections,
            queryLimitDisconnections,
            unexpectedErrors)
        .forEach(LongAdder::reset);
  }
}
