package io.sampo.faults;

import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Asks the nodes in turn which of them is the master, and stays with that one while it may. */
final class PlainCaller implements Caller {
  private static final int PATIENCE = 1000;

  private final List<NodeProcess> nodes;
  private final Predicate<NodeProcess> mayUse;
  private Optional<RespClient> client = Optional.empty();

  /** Which one it is connected to, or was last. */
  private int at;

  /**
   * @param first which one it asks first
   */
  PlainCaller(List<NodeProcess> nodes, int first, Predicate<NodeProcess> mayUse) {
    this.nodes = nodes;
    this.at = first + nodes.size() - 1;
    this.mayUse = mayUse;
  }

  @Override
  public String add(String key, int element) {
    WireReply reply = call("SADD", key, "" + element);
    return reply.isError() ? reply.text() : "";
  }

  @Override
  public BitSet read(String key) {
    WireReply reply = call("SMEMBERS", key);
    if (reply.isError()) {
      throw new UncheckedIOException(new IOException(reply.text()));
    }
    BitSet set = new BitSet();
    reply.texts().forEach(text -> set.set(Integer.parseInt(text)));
    return set;
  }

  private WireReply call(String... words) {
    if (client.isPresent() && !mayUse.test(nodes.get(at))) {
      client.get().close();
      client = Optional.empty();
    }
    RespClient present = client.orElseGet(this::connect);
    client = Optional.empty();
    try {
      WireReply reply = present.call(words);
      if (!reply.isError()) {
        client = Optional.of(present);
      }
      return reply;
    } finally {
      if (client.isEmpty()) {
        present.close();
      }
    }
  }

  /**
   * A connection made to a master is one to a master, for a node that gives up the lead ends it.
   */
  private RespClient connect() {
    at = (at + 1) % nodes.size();
    if (!mayUse.test(nodes.get(at))) {
      throw new UncheckedIOException(new IOException("shunned"));
    }
    RespClient made = nodes.get(at).connect();
    try {
      made.patience(PATIENCE);
      if (made.call("ROLE").elements().get(0).text().equals("master")) {
        return made;
      }
    } catch (IndexOutOfBoundsException noRole) {
      made.close();
      throw new UncheckedIOException(new IOException(noRole));
    } catch (UncheckedIOException e) {
      made.close();
      throw e;
    }
    made.close();
    throw new UncheckedIOException(new IOException("no master"));
  }

  @Override
  public void close() {
    client.ifPresent(RespClient::close);
  }
}
