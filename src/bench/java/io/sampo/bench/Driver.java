package io.sampo.bench;

import java.io.IOException;

/** Puts loads on servers. */
interface Driver extends AutoCloseable {
  /** What redis-benchmark can put on them, which is everything. */
  Driver REDIS_BENCHMARK =
      new Driver() {
        @Override
        public Load.Run run(Load load, Server server, long commands)
            throws IOException, InterruptedException {
          return load.run(server, commands);
        }

        @Override
        public void close() {}
      };

  Load.Run run(Load load, Server server, long commands) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
