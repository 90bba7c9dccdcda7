package io.sampo.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The loads on the data types, each with pipeline 1 and 16: redis-benchmark's own and a few more.
 */
final class TypeLoads {
  private static final String VALUE = "x".repeat(Load.VALUE);
  private static final List<String> LIST = List.of("LPUSH", "mylist", VALUE);
  private static final List<String> SET = List.of("SADD", "myset", "element:__rand_int__");
  private static final List<String> ZSET =
      List.of("ZADD", "myzset", "__rand_int__", "element:__rand_int__");

  private TypeLoads() {}

  static Stream<Load> all() {
    List<Load> loads = new ArrayList<>();
    for (int pipeline : new int[] {1, 16}) {
      for (String test : List.of("lpush", "rpush", "sadd", "hset", "zadd")) {
        loads.add(test(test, pipeline, List.of()));
      }
      loads.add(test("lpop", pipeline, LIST));
      loads.add(test("rpop", pipeline, LIST));
      loads.add(test("spop", pipeline, SET));
      loads.add(test("zpopmin", pipeline, ZSET));
      for (int n : new int[] {100, 300, 600}) {
        loads.add(range("LRANGE_" + n, pipeline, LIST, "LRANGE", "mylist", "0", "" + (n - 1)));
      }
      List<String> entry = List.of("XADD", "mystream", "*", "field", VALUE);
      loads.add(Load.command("XADD", pipeline, entry).after(new Load.Only(List.of())));
      for (int n : new int[] {10, 100}) {
        loads.add(range("ZRANGE_" + n, pipeline, ZSET, "ZRANGE", "myzset", "0", "" + (n - 1)));
      }
      loads.add(
          Load.command("PUBLISH_100", pipeline, List.of("PUBLISH", "news", VALUE))
              .after(new Load.Subscribers(100)));
    }
    return loads.stream();
  }

  /** Those that a {@link Lean} client can put on a server. */
  static Stream<Load> lean() {
    return all()
        .filter(load -> !(load.before() instanceof Load.Subscribers))
        .map(load -> load.called("lean " + load.name()));
  }

  /** Those whose replies give redis-benchmark more to do than the server, by two of its threads. */
  static Stream<Load> byTwoThreads() {
    return all().filter(TypeLoads::isRange).map(load -> load.called("two " + load.name()).by(2));
  }

  static boolean isRange(Load load) {
    return load.name().matches("[LZ]RANGE_.*");
  }

  private static Load test(String name, int pipeline, List<String> before) {
    return Load.test(name, 50, pipeline).after(new Load.Only(before));
  }

  private static Load range(String name, int pipeline, List<String> before, String... words) {
    return Load.command(name, pipeline, List.of(words)).after(new Load.Read(before));
  }
}
