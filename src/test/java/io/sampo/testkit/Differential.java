package io.sampo.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two connections, one to Sampo and one to Redis, that are told the same and must reply the same:
 * type, value and error text. Tests get one by {@link AgainstRedis}.
 */
public final class Differential implements AutoCloseable {
  /** How many of the last commands a failure shows. */
  private static final int REMEMBERED = 30;

  private static final Pattern FOUR_DECIMALS = Pattern.compile("-?[0-9]+\\.[0-9]{4}");
  private final RespClient sampo;
  private final RespClient redis;
  private final int sampoPort;
  private final int redisPort;
  private final int protocol;
  private final Deque<String> said = new ArrayDeque<>();
  private final List<Differential> others = new ArrayList<>();
  private final Deque<Runnable> restore = new ArrayDeque<>();

  private Differential(int sampoPort, int redisPort, int protocol) {
    this.sampoPort = sampoPort;
    this.redisPort = redisPort;
    this.protocol = protocol;
    this.sampo = RespClient.connect(sampoPort);
    this.redis = RespClient.connect(redisPort);
    if (protocol == 3) {
      both(client -> client.expect('%', "HELLO", "3"));
    }
  }

  /** Empties both servers and connects to them. */
  static Differential connect(int sampoPort, int redisPort, int protocol) {
    Differential pair = new Differential(sampoPort, redisPort, protocol);
    pair.both(client -> client.expect('+', "FLUSHALL"));
    return pair;
  }

  /** A second pair of connections to the same servers; closed together with this one. */
  public Differential another() {
    Differential other = new Differential(sampoPort, redisPort, protocol);
    others.add(other);
    return other;
  }

  /** As {@link #another}, but in RESP2 and having said nothing yet. */
  public Differential plain() {
    Differential other = new Differential(sampoPort, redisPort, 2);
    others.add(other);
    return other;
  }

  public RespClient sampo() {
    return sampo;
  }

  public RespClient redis() {
    return redis;
  }

  /** The protocol the connections began with: 2 or 3. */
  public int protocol() {
    return protocol;
  }

  /** Sends the command to both; the replies must be equal. Returns the reply. */
  public WireReply same(String... command) {
    return compare(UnaryOperator.identity(), command);
  }

  /** {@link #same} for each line, its words parted by single spaces. */
  public void say(String... lines) {
    for (String line : lines) {
      same(line.split(" ", -1));
    }
  }

  /** As {@link #same}, the order of elements apart, at every depth. */
  public WireReply sameUnordered(String... command) {
    return compare(WireReply::sorted, command);
  }

  /** Types and numbers of elements must be equal, values need not: for clocks and sizes. */
  public WireReply sameTypeOnly(String... command) {
    return compare(WireReply::shape, command);
  }

  /** Integers, or texts that are integers, at most {@code tolerance} apart. */
  public WireReply sameWithin(long tolerance, String... command) {
    remember(command);
    both(client -> client.send(command));
    WireReply ours = sampo.read();
    WireReply theirs = redis.read();
    if (ours.type() != theirs.type() || Math.abs(ours.number() - theirs.number()) > tolerance) {
      mismatch(ours, theirs);
    }
    return ours;
  }

  /**
   * As {@link #same}, but numbers printed with four decimals may differ by one in the last: two
   * libraries' sines and cosines are not always the same double.
   */
  public WireReply sameRounded(String... command) {
    remember(command);
    both(client -> client.send(command));
    WireReply ours = sampo.read();
    WireReply theirs = redis.read();
    if (!isRoundedSame(ours, theirs)) {
      mismatch(ours, theirs);
    }
    return ours;
  }

  private static boolean isRoundedSame(WireReply a, WireReply b) {
    if (a.type() != b.type() || a.elements().size() != b.elements().size()) {
      return false;
    }
    for (int i = 0; i < a.elements().size(); i++) {
      if (!isRoundedSame(a.elements().get(i), b.elements().get(i))) {
        return false;
      }
    }
    return a.text().equals(b.text())
        || (FOUR_DECIMALS.matcher(a.text()).matches()
            && FOUR_DECIMALS.matcher(b.text()).matches()
            && Math.abs(Double.parseDouble(a.text()) - Double.parseDouble(b.text())) < 0.00015);
  }

  /** Sends the commands in one write each; every reply must be equal. */
  public void samePipelined(List<String[]> commands) {
    commands.forEach(this::remember);
    byte[] bytes = RespClient.encode(commands);
    both(client -> client.raw(bytes));
    commands.forEach(command -> sameNext());
  }

  /** Sends the commands in one write each; what matters of every reply must be equal. */
  public void sameAnswers(List<Question> questions) {
    byte[] bytes =
        RespClient.encode(
            questions.stream().map(each -> each.command().toArray(String[]::new)).toList());
    both(client -> client.raw(bytes));
    for (Question question : questions) {
      remember(question.command().toArray(String[]::new));
      sameNext(question.aspect());
    }
  }

  /** The next reply or push of both must be equal, e.g. of a command that was blocked. */
  public WireReply sameNext() {
    return sameNext(UnaryOperator.identity());
  }

  private WireReply sameNext(UnaryOperator<WireReply> aspect) {
    WireReply ours = sampo.read();
    WireReply theirs = redis.read();
    if (!aspect.apply(ours).equals(aspect.apply(theirs))) {
      mismatch(ours, theirs);
    }
    return ours;
  }

  /**
   * Sends bytes that may break the protocol to both, says that no more will come, and reads to the
   * end of the connection; everything said must be equal. The pair is of no use afterwards.
   */
  public void sameToTheEnd(byte[] bytes) {
    said.add("raw " + WireReply.printable(new String(bytes, StandardCharsets.ISO_8859_1)));
    String ours = sampo.converse(bytes);
    String theirs = redis.converse(bytes);
    if (!ours.equals(theirs)) {
      mismatch(WireReply.of('=', ours), WireReply.of('=', theirs));
    }
  }

  /** Sets a directive on both until the test ends. */
  public void config(String name, String value) {
    restoring(sampo, sampoPort, name);
    restoring(redis, redisPort, name);
    same("CONFIG", "SET", name, value);
  }

  private void restoring(RespClient client, int port, String name) {
    String before = client.call("CONFIG", "GET", name).texts().get(1);
    restore.push(
        () -> {
          try (RespClient fresh = RespClient.connect(port)) {
            fresh.expect('+', "CONFIG", "SET", name, before);
          }
        });
  }

  /**
   * Sends {@code n} random commands; every reply must be equal. The seed is printed, and system
   * property {@code test.seed} replaces it.
   */
  public void random(long seed, Function<Random, String[]> commands, int n) {
    Random random = Seed.random("random commands", seed);
    for (int i = 0; i < n; i++) {
      same(commands.apply(random));
    }
  }

  private WireReply compare(UnaryOperator<WireReply> aspect, String... command) {
    remember(command);
    both(client -> client.send(command));
    return sameNext(aspect);
  }

  private void both(Consumer<RespClient> action) {
    action.accept(sampo);
    action.accept(redis);
  }

  private void remember(String... command) {
    if (said.size() == REMEMBERED) {
      said.remove();
    }
    said.add(Stream.of(command).map(Differential::quoted).collect(Collectors.joining(" ")));
  }

  private static String quoted(String argument) {
    String text = WireReply.printable(argument);
    return text.isEmpty() || text.contains(" ") ? '"' + text + '"' : text;
  }

  private void mismatch(WireReply ours, WireReply theirs) {
    fail(
        "sampo: %s%nredis: %s%nafter:%n  %s"
            .formatted(ours, theirs, String.join(System.lineSeparator() + "  ", said)));
  }

  @Override
  public void close() {
    others.forEach(Differential::close);
    both(RespClient::close);
    restore.forEach(Runnable::run);
  }
}
