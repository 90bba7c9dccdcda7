package io.sampo.faults;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** What can happen to a node, and pass. */
enum Fault {
  /** {@code kill -9}, and a start with what is on the disk. */
  KILL(Needs.PROCESS) {
    @Override
    void begin(Arena arena, int node) throws InterruptedException {
      arena.nodes.get(node).kill();
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return !arena.nodes.get(node).isAlive();
    }

    @Override
    void end(Arena arena, int node) throws IOException {
      arena.nodes.get(node).start();
    }
  },

  /** SIGTERM, as an operator ends it, and a start. */
  TERM(Needs.PROCESS) {
    @Override
    void begin(Arena arena, int node) {
      arena.nodes.get(node).terminate();
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return !arena.nodes.get(node).isAlive();
    }

    @Override
    void end(Arena arena, int node) throws IOException, InterruptedException {
      arena.await("the end", () -> !arena.nodes.get(node).isAlive());
      arena.nodes.get(node).start();
    }
  },

  /** {@code kill -9}, and a start with an empty disk. */
  LOSS(Needs.PROCESS) {
    @Override
    void begin(Arena arena, int node) throws IOException, InterruptedException {
      arena.nodes.get(node).kill();
      arena.nodes.get(node).forget();
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return !arena.nodes.get(node).isAlive() && arena.nodes.get(node).reached() < 0;
    }

    @Override
    void end(Arena arena, int node) throws IOException {
      arena.nodes.get(node).start();
    }
  },

  /** SIGSTOP, and SIGCONT. */
  STOP(Needs.PROCESS) {
    @Override
    void begin(Arena arena, int node) {
      arena.nodes.get(node).stop();
    }

    @Override
    boolean isFelt(Arena arena, int node) throws IOException {
      return arena.nodes.get(node).isStopped();
    }

    @Override
    void end(Arena arena, int node) {
      arena.nodes.get(node).goOn();
    }
  },

  /** Cut off from everybody. */
  UNPLUGGED(Needs.NETWORK) {
    @Override
    void begin(Arena arena, int node) {
      arena.network().plug(node, false);
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return arena.nodes.get(node).role().isEmpty();
    }

    @Override
    void end(Arena arena, int node) {
      arena.network().plug(node, true);
    }
  },

  /** Cut off from the other nodes, but not from clients. */
  PARTITION(Needs.NETWORK) {
    @Override
    void begin(Arena arena, int node) throws IOException, InterruptedException {
      DEAF.begin(arena, node);
      MUTE.begin(arena, node);
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return arena.network().hasDropped();
    }

    @Override
    void end(Arena arena, int node) {
      arena.network().heal(node);
    }
  },

  /** Hears nothing from the other nodes, but is heard. */
  DEAF(Needs.NETWORK) {
    @Override
    void begin(Arena arena, int node) {
      others(node).forEach(other -> arena.network().drop(other, node));
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return arena.network().hasDropped();
    }

    @Override
    void end(Arena arena, int node) {
      arena.network().heal(node);
    }
  },

  /** Is not heard by the other nodes, but hears. */
  MUTE(Needs.NETWORK) {
    @Override
    void begin(Arena arena, int node) {
      others(node).forEach(other -> arena.network().drop(node, other));
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return arena.network().hasDropped();
    }

    @Override
    void end(Arena arena, int node) {
      arena.network().heal(node);
    }
  },

  /** Each fsync takes ten seconds. */
  SLOW_DISK(Needs.LIBRARY) {
    @Override
    void begin(Arena arena, int node) throws IOException {
      arena.mischief(node).set(0, 10_000);
    }

    @Override
    boolean isFelt(Arena arena, int node) throws IOException {
      return arena.mischief(node).hasSlowed();
    }

    @Override
    void end(Arena arena, int node) throws IOException {
      arena.mischief(node).set(0, 0);
    }
  },

  /** The wall clock jumps ahead by a day, and back by another. */
  CLOCK(Needs.LIBRARY) {
    @Override
    void begin(Arena arena, int node) throws IOException {
      arena.mischief(node).set(DAY, 0);
    }

    @Override
    boolean isFelt(Arena arena, int node) {
      return Math.abs(arena.nodes.get(node).secondsAhead() - DAY) < DAY / 2;
    }

    @Override
    void end(Arena arena, int node) throws IOException {
      arena.mischief(node).set(-DAY, 0);
    }
  };

  /** What must be there for it to happen. */
  enum Needs {
    PROCESS,
    NETWORK,
    LIBRARY
  }

  private static final long DAY = 24 * 3600;

  final Needs needs;

  Fault(Needs needs) {
    this.needs = needs;
  }

  abstract void begin(Arena arena, int node) throws IOException, InterruptedException;

  /** Whether it has had an effect since it began. */
  abstract boolean isFelt(Arena arena, int node) throws IOException;

  abstract void end(Arena arena, int node) throws IOException, InterruptedException;

  private static List<Integer> others(int node) {
    return IntStream.range(0, Arena.SIZE).filter(i -> i != node).boxed().toList();
  }
}
