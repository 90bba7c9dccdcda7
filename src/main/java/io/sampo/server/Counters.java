package io.sampo.server;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What a node counts of its connections (INFO stats). Used from any thread. */
final class Counters {
  /** total_connections_received: those accepted, whether served or turned away. */
  final LongAdder connectionsReceived = new LongAdder();

  /** rejected_connections: those that maxclients turned away. */
  final LongAdder connectionsRejected = new LongAdder();

  /** evicted_clients: those that maxmemory-clients has closed. */
  final LongAdder clientsEvicted = new LongAdder();

  /** client_output_buffer_limit_disconnections. */
  final LongAdder outputLimitDisconnections = new LongAdder();

  /** client_query_buffer_limit_disconnections. */
  final LongAdder queryLimitDisconnections = new LongAdder();

  /** Starts again from zero (CONFIG RESETSTAT). */
  void reset() {
    List.of(
            connectionsReceived,
            connectionsRejected,
            clientsEvicted,
            outputLimitDisconnections,
            queryLimitDisconnections)
        .forEach(LongAdder::reset);
  }
}
