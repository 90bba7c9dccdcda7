package io.sampo.bench;

/** The tables of loads, in the order of the report. */
enum Section {
  ONE_LOOP("Throughput, CPU and latency", ""),
  TWO_LOOPS(
      "Ten random keys per command, Sampo with 2 shards on 2 loops",
      "Most of what DEL is given was deleted by a DEL before."),
  TYPES(
      "Data types",
      "A pop finds something each time; a range is read from 100,000 elements. With LRANGE and ZRANGE"
          + " the client is busier than either server: the next two tables have what they are held to."
          + " Where system calls are slow it is with the others at pipeline 16, too."),
  RANGES_BY_TWO(
      "Ranges, by two threads of redis-benchmark",
      "With `--threads 2`, which share two processors with the server. The client looks every 250 ms"
          + " whether it is done, so a run takes 4 s at least."),
  LEAN(
      "Data types, with a client that has hardly anything to do",
      "`redis-benchmark` takes 7 system calls for a batch where a server needs two, and parses each"
          + " element of a reply, which takes more than to send it. This client has its batch ready but for the random numbers,"
          + " and takes replies by their length or by their lines; of those whose bytes it knows it"
          + " compares the ends of each piece that arrives, and of every sixteenth all. It is one thread"
          + " in a process of its own, and asks as `redis-benchmark` does: each connection again when"
          + " it has its reply. Busy is how much of one processor the servers had."),
  APPENDED("With an append-only file", ""),
  REPLICA("With one redis-server as replica", ""),
  SAVING(
      "While 1,000,000 keys are saved by one BGSAVE after the other",
      "The CPU of Redis is without that of the processes it forks."),
  CLUSTERED(
      "A replica set of one node, beside a node without a cluster",
      "Both are Sampos, and both keep the stream for replicas to come, the one without a cluster"
          + " because it has had one: this is what the cluster, the lease and the terms cost a request."),
  THREE(
      "The master of a replica set of three nodes, beside one with two replicas by REPLICAOF",
      "All six are Sampos: this is what the cluster costs where the replicas are the same. Three"
          + " servers at a time and the client have the machine's processors.");

  final String title;

  /** What stands above the table; or "". */
  final String note;

  Section(String title, String note) {
    this.title = title;
    this.note = note;
  }

  /**
   * How many times the slowest thousandth of Redis's requests takes that of ours may without a
   * pipeline.
   */
  private static final double SLOWEST = 2;

  /** What the rows of this table are held to. */
  Limits limits(Load load) {
    return switch (this) {
      case ONE_LOOP -> load.connections() == Load.CLIENTS ? oneLoop(load) : Limits.NONE;
      case TWO_LOOPS -> Limits.throughput(0.8);
      case TYPES -> TypeLoads.isRange(load) ? Limits.NONE : Limits.throughput(type(load));
      case LEAN, RANGES_BY_TWO ->
          Limits.throughput(
              load.name().endsWith("LRANGE_600") ? Math.max(1, type(load)) : type(load));
      case APPENDED -> load.name().endsWith("EVERYSEC") ? Limits.throughput(0.95) : Limits.NONE;
      case REPLICA, SAVING -> Limits.NONE;
      case CLUSTERED, THREE -> Limits.throughput(0.95);
    };
  }

  private static double type(Load load) {
    return load.pipeline() == 1 ? 0.9 : 1.2;
  }

  private static Limits oneLoop(Load load) {
    double slowest = load.pipeline() == 1 ? SLOWEST : Double.NaN;
    return switch (load.name()) {
      case "SET", "GET" ->
          switch (load.pipeline()) {
            case 1 -> new Limits(0.95, 1.1, slowest);
            case 16 -> new Limits(1.5, 0.65, slowest);
            default -> new Limits(2.2, 0.45, slowest);
          };
      case "MSET" -> new Limits(type(load), Double.NaN, slowest);
      default -> new Limits(Double.NaN, Double.NaN, slowest);
    };
  }
}
