package io.sampo.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares a Sampo with redis-server, or with another Sampo, on this machine: throughput, CPU and
 * latency under redis-benchmark, memory of keys and of collections, idle connections and time to
 * start.
 */
public final class Bench {
  private static final int IDLE = 10_000;
  private static final int MEMORY_KEYS = 1_000_000;
  private static final int IDLE_SECONDS = 20;
  private static final int PROBE = 20_000;

  /**
   * How long a run takes at least that several threads of redis-benchmark make, in seconds: up to a
   * quarter of one goes by before they see that they are done.
   */
  private static final double SEVERAL_THREADS = 4;

  /** Connections before the first that counts: a run begins with fifty at once. */
  static final int WARMING = 40_000;

  /**
   * Commands at least where the slowest thousandth counts: the fifty that wait for all connections
   * to be accepted are a quarter of that.
   */
  private static final long TAIL = 200_000;

  private static final long MIB = 1 << 20;

  private final Options options;
  private final Report report;

  private Bench(Options options, Report report) {
    this.options = options;
    this.report = report;
  }

  public static void main(String[] words) throws IOException, InterruptedException {
    if (List.of(words).contains("--help")) {
      System.out.println(Options.HELP);
      return;
    }
    Options options;
    try {
      options = Options.parse(words);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + Options.HELP);
      System.exit(2);
      return;
    }
    // Two benchmarks at once would measure each other.
    Path lock = Path.of(System.getProperty("java.io.tmpdir"), "sampo-bench.lock");
    try (RandomAccessFile file = new RandomAccessFile(lock.toFile(), "rw")) {
      file.getChannel().lock();
      Report report = new Report(options);
      new Bench(options, report).run();
      report.write();
    }
  }

  private void run() throws IOException, InterruptedException {
    List<String> tests =
        options.quick() ? List.of("set", "get") : List.of("set", "get", "incr", "mset");
    Stream<Load> throughput =
        Stream.of(1, 16, 64)
            .flatMap(pipeline -> tests.stream().map(test -> Load.test(test, 50, pipeline)));
    Stream<Load> fewAndMany =
        Stream.of(1, 200)
            .flatMap(count -> Stream.of("set", "get").map(test -> Load.test(test, count, 1)));
    loads(Section.ONE_LOOP, Stream.concat(throughput, fewAndMany));
    ceilings();
    loads(Section.TWO_LOOPS, multiKey(), "--shards", "2", "--loops", "2");
    if (!options.quick()) {
      loads(Section.TYPES, TypeLoads.all());
      loads(Section.RANGES_BY_TWO, TypeLoads.byTwoThreads());
      lean();
      for (String policy : AppendLoads.POLICIES) {
        appended(policy);
      }
    }
    replica();
    saving();
    replicaSets();
    memory();
    collections();
    millions();
    growth();
    idle();
    start();
  }

  private Server sampo(String... arguments) throws IOException {
    return Server.sampo(options.other().isPresent() ? "A" : "Sampo", options.sampo(), arguments);
  }

  private Server other(String... arguments) throws IOException {
    return options.other().isPresent()
        ? Server.sampo("B", options.other().get(), arguments)
        : Server.redis();
  }

  /** The second server with the arguments of the first, which Redis knows, too. */
  private Server alike(String... arguments) throws IOException {
    return options.other().isPresent() ? other(arguments) : Server.redis(arguments);
  }

  /** Starts one of the two servers. */
  interface Launch {
    Server start() throws IOException;
  }

  private boolean wanted(String row) {
    return options.only().matcher(row).find();
  }

  private List<Load> wanted(Stream<Load> loads) {
    return loads.filter(load -> wanted(load.row())).toList();
  }

  /** MSET, MGET and DEL of ten random keys. */
  private static Stream<Load> multiKey() {
    String key = "key:__rand_int__";
    String value = "x".repeat(Load.VALUE);
    return Stream.of(
        Load.command("multi MSET", 16, line("MSET", key, value)),
        Load.command("multi MGET", 16, line("MGET", key)),
        Load.command("multi DEL", 16, line("DEL", key)));
  }

  private static List<String> line(String command, String... each) {
    return Stream.concat(
            Stream.of(command), IntStream.range(0, 10).boxed().flatMap(i -> Stream.of(each)))
        .toList();
  }

  private void appended(String policy) throws IOException, InterruptedException {
    String[] appendOnly = AppendLoads.arguments(policy);
    try (TempFolder folder = new TempFolder()) {
      loads(
          Section.APPENDED,
          AppendLoads.all(policy),
          () -> sampo(folder.arguments("a", appendOnly)),
          () -> alike(folder.arguments("b", appendOnly)));
    }
  }

  private void loads(Section section, Stream<Load> all, String... sampoArguments)
      throws IOException, InterruptedException {
    loads(section, all, () -> sampo(sampoArguments), () -> other(sampoArguments));
  }

  private void loads(Section section, Stream<Load> all, Launch first, Launch second)
      throws IOException, InterruptedException {
    List<Load> loads = wanted(all);
    if (loads.isEmpty()) {
      return;
    }
    try (Server a = first.start();
        Server b = second.start()) {
      compare(section, loads, Driver.REDIS_BENCHMARK, a, b);
    }
  }

  /** Data types, by a client that has less to do. */
  private void lean() throws IOException, InterruptedException {
    List<Load> loads = wanted(TypeLoads.lean());
    if (loads.isEmpty()) {
      return;
    }
    try (Driver lean = new LeanClient();
        Server a = sampo();
        Server b = other()) {
      compare(Section.LEAN, loads, lean, a, b);
    }
  }

  /** What the client can at all. */
  private void ceilings() throws IOException, InterruptedException {
    List<Load> loads = options.quick() ? List.of() : wanted(Ceiling.loads());
    if (loads.isEmpty()) {
      return;
    }
    try (Server a = sampo();
        Server b = other()) {
      warm(a, loads, Driver.REDIS_BENCHMARK);
      for (Load load : loads) {
        long commands = prepare(load, Driver.REDIS_BENCHMARK, a, b);
        report.ceiling(load, Ceiling.of(load, a, b, commands, options.rounds()));
      }
    }
  }

  private void compare(Section section, List<Load> loads, Driver driver, Server a, Server b)
      throws IOException, InterruptedException {
    for (Server server : List.of(a, b)) {
      if (server.isJvm()) {
        warm(server, loads, driver);
      }
    }
    for (Load load : loads) {
      report.load(section, load, measure(section, load, driver, a, b));
    }
  }

  /** Lets the JIT see connections and all loads before any of them is measured. */
  private void warm(Server server, List<Load> loads, Driver driver)
      throws IOException, InterruptedException {
    Load.connections(server, WARMING);
    long begin = System.nanoTime();
    int passes = 0;
    while (passes < options.warmPasses()
        || System.nanoTime() - begin < options.warmSeconds() * 1e9) {
      for (Load load : loads) {
        load.prepare(server);
        driver.run(load, server, commands(load, driver.run(load, server, PROBE).rate()) / 2);
      }
      passes++;
    }
  }

  /** Rounds of A B A B: element 0 of each has A's run, element 1 has B's. */
  private List<Load.Run[]> measure(Section section, Load load, Driver driver, Server a, Server b)
      throws IOException, InterruptedException {
    boolean tail = !Double.isNaN(section.limits(load).p999());
    long commands = Math.max(prepare(load, driver, a, b), tail ? TAIL : 0);
    List<Load.Run[]> rounds = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      Load.Run first = driver.run(load, a, commands);
      rounds.add(new Load.Run[] {first, driver.run(load, b, commands)});
    }
    return rounds;
  }

  /** Fills both; returns of how many commands a run is to be. */
  private long prepare(Load load, Driver driver, Server a, Server b)
      throws IOException, InterruptedException {
    load.prepare(a);
    load.prepare(b);
    long probe = commands(load, driver.run(load, b, PROBE).rate()) / 4;
    // The slower of the two is to run for as long as was asked, neither much longer.
    double slower = Math.min(driver.run(load, a, probe).rate(), driver.run(load, b, probe).rate());
    return commands(load, slower);
  }

  private long commands(Load load, double rate) {
    long perRoundTrip = (long) load.connections() * load.pipeline();
    double least = load.threads() > 1 ? SEVERAL_THREADS : 0;
    double seconds = Math.max(options.seconds(), least);
    return Math.max(perRoundTrip * 20, (long) (rate * seconds));
  }

  /** With a replica each, and while one is brought up to date. */
  private void replica() throws IOException, InterruptedException {
    List<Load> loads =
        wanted(
            Stream.of(1, 16).map(pipeline -> Load.test("set", 50, pipeline).called("set replica")));
    String[] prompt = FullSync.ARGUMENTS.toArray(new String[0]);
    if (!loads.isEmpty()) {
      try (Server a = sampo(prompt);
          Server b = alike(prompt)) {
        try (Server ofA = replicaOf(a);
            Server ofB = replicaOf(b)) {
          compare(Section.REPLICA, loads, Driver.REDIS_BENCHMARK, a, b);
        }
      }
    }
    if (wanted("full sync")) {
      try (Server a = sampo(prompt);
          Server b = alike(prompt)) {
        long commands = commands(Load.test("set", 50, 1), 300_000);
        report.fullSync(List.of(FullSync.of(a, commands), FullSync.of(b, commands)));
      }
    }
  }

  /** A master whose replica is no more. */
  private Server deserted() throws IOException {
    Server master = sampo(FullSync.ARGUMENTS.toArray(new String[0]));
    replicaOf(master).close();
    return master;
  }

  private static Server replicaOf(Server master) throws IOException {
    Server replica = Server.redis();
    try (Client client = Client.connect(replica.port())) {
      client.command("REPLICAOF", "127.0.0.1", "" + master.port());
      FullSync.awaitUp(client);
    }
    return replica;
  }

  /** A million keys to and from a file. */
  private void saving() throws IOException, InterruptedException {
    try (TempFolder folder = new TempFolder()) {
      loads(
          Section.SAVING,
          Saving.loads(),
          () -> sampo(folder.arguments("a")),
          () -> alike(folder.arguments("b")));
    }
    if (wanted("saving")) {
      long writes = commands(Load.test("set", 50, 16), 1_000_000);
      try (TempFolder folder = new TempFolder()) {
        report.saving(
            Saving.of(() -> sampo(folder.arguments("a")), writes),
            Saving.of(() -> alike(folder.arguments("b")), writes));
      }
    }
  }

  private void replicaSets() throws IOException, InterruptedException {
    try (TempFolder folder = new TempFolder()) {
      loads(
          Section.CLUSTERED,
          ReplicaSets.loads("clustered"),
          () -> ReplicaSets.start(1, folder, this::sampo).get(0),
          this::deserted);
    }
    List<Load> loads = wanted(ReplicaSets.loads("of three"));
    if (!loads.isEmpty()) {
      try (TempFolder folder = new TempFolder();
          ReplicaSets.Group a = ReplicaSets.set(folder, this::sampo);
          ReplicaSets.Group b = ReplicaSets.replicated(this::sampo)) {
        compare(Section.THREE, loads, Driver.REDIS_BENCHMARK, a.master(), b.master());
      }
    }
    if (wanted("idle cluster")) {
      try (TempFolder folder = new TempFolder()) {
        report.idleCluster(ReplicaSets.idle(IDLE_SECONDS, folder, this::sampo));
      }
    }
  }

  private void memory() throws IOException, InterruptedException {
    if (!wanted("memory")) {
      return;
    }
    try (Server a = sampo();
        Server b = other()) {
      report.memory(memory(a, true), memory(b, options.other().isPresent()));
    }
  }

  /**
   * What a million keys cost.
   *
   * @param heapPerKey bytes of live heap per key, or NaN where there is no heap
   * @param usedPerKey growth of used_memory per key, in bytes
   * @param residentMib right after loading, before any collection we ask for
   */
  record Memory(String server, double heapPerKey, double usedPerKey, double residentMib) {}

  private static Memory memory(Server server, boolean jvm)
      throws IOException, InterruptedException {
    long heap = jvm ? server.liveHeap() : 0;
    long used = server.info("used_memory");
    try (Client client = Client.connect(server.port())) {
      client.fill(MEMORY_KEYS, Load.VALUE);
    }
    long resident = server.resident();
    double usedPerKey = (double) (server.info("used_memory") - used) / MEMORY_KEYS;
    double heapPerKey = jvm ? (double) (server.liveHeap() - heap) / MEMORY_KEYS : Double.NaN;
    return new Memory(server.name(), heapPerKey, usedPerKey, (double) resident / MIB);
  }

  private void collections() throws IOException, InterruptedException {
    if (!wanted("collections")) {
      return;
    }
    try (Server a = sampo();
        Server b = other()) {
      report.collections(Collections.measure(a, b, options.other().isPresent()));
    }
  }

  private void millions() throws IOException, InterruptedException {
    Millions millions = new Millions(options);
    if (options.quick() || millions.isEmpty()) {
      return;
    }
    String[] debug = {"--enable-debug-command", "yes"};
    try (Server a = sampo(debug);
        Server b = alike(debug)) {
      millions.fill(a);
      millions.fill(b);
      millions.measure(a, b, options.rounds(), report);
    }
  }

  private void growth() throws IOException {
    List<BigValue> values =
        Growth.values().stream().filter(value -> wanted(Growth.row(value))).toList();
    if (options.quick() || values.isEmpty()) {
      return;
    }
    try (Server a = sampo();
        Server b = other()) {
      for (BigValue value : values) {
        report.growth(Growth.of(value, a, b, options.rounds()));
      }
    }
  }

  private void idle() throws IOException, InterruptedException {
    if (!wanted("idle connections")) {
      return;
    }
    try (Server a = sampo("--maxclients", "" + (IDLE + 100))) {
      report.idle(idle(a));
    }
  }

  /**
   * What idle connections cost.
   *
   * @param heapPerConnection bytes of live heap
   * @param residentMib with all of them open
   */
  record Idle(int connections, double heapPerConnection, double residentMib) {}

  private static Idle idle(Server server) throws IOException, InterruptedException {
    long before = server.liveHeap();
    List<Client> clients = new ArrayList<>(IDLE);
    try {
      for (int i = 0; i < IDLE; i++) {
        Client client = Client.connect(server.port());
        client.command("PING");
        clients.add(client);
      }
      long with = server.liveHeap();
      for (Client client : clients) {
        client.command("PING");
      }
      return new Idle(IDLE, (double) (with - before) / IDLE, (double) server.resident() / MIB);
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  private void start() throws IOException {
    if (!wanted("start")) {
      return;
    }
    List<Double> a = new ArrayList<>();
    List<Double> b = new ArrayList<>();
    for (int i = 0; i < (options.quick() ? 3 : 7); i++) {
      try (Server server = sampo()) {
        a.add(server.startMillis());
      }
      try (Server server = other()) {
        b.add(server.startMillis());
      }
    }
    report.start(Report.median(a), Report.median(b));
  }
}
