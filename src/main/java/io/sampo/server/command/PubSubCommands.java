package io.sampo.server.command;

import static io.sampo.command.Command.cmd;
import static io.sampo.command.Command.container;

import io.sampo.command.Command;
import io.sampo.command.Context;
import io.sampo.command.Help;
import io.sampo.data.Glob;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import io.sampo.resp.RespError;
import io.sampo.server.Node;
import io.sampo.server.Session;
import io.sampo.server.pubsub.Blob;
import io.sampo.server.pubsub.PubSub;
import io.sampo.server.pubsub.PubSub.Kind;
import io.sampo.server.pubsub.Subscriptions;
import io.sampo.server.pubsub.Topic;
import io.sampo.server.pubsub.Topics;
import java.util.List;

/** The commands of publish and subscribe. */
final class PubSubCommands {
  // spotless:off
  static final List<Command> COMMANDS = List.of(
      cmd("psubscribe", -2, "pubsub noscript loading stale on:session", "", "2.0.0", "O(N)", "pattern:(pattern:pattern)...", "Listen to the channels that match patterns.", (c, a) -> subscribe(c, a, Kind.PATTERN, "psubscribe")),
      cmd("publish", 3, "pubsub loading stale fast on:session", "", "2.0.0", "O(N+M)", "channel message", "Send a message to a channel.", PubSubCommands::publish),
      container("pubsub", -2, "2.8.0", "Commands about channels and their subscribers.",
          cmd("pubsub|channels", -2, "pubsub loading stale on:session", "", "2.8.0", "O(N)", "[pattern:pattern]", "Channels that have subscribers.", (c, a) -> channels(c, a, Kind.CHANNEL)),
          cmd("pubsub|help", 2, "loading stale -@pubsub on:session", "", "6.2.0", "O(1)", "", "The subcommands of PUBSUB.", new Help()),
          cmd("pubsub|numpat", 2, "pubsub loading stale on:session", "", "2.8.0", "O(1)", "", "Number of patterns subscribed to.", PubSubCommands::numPat),
          cmd("pubsub|numsub", -2, "pubsub loading stale on:session", "", "2.8.0", "O(N)", "[channel...]", "Number of subscribers of channels.", (c, a) -> numSub(c, a, Kind.CHANNEL)),
          cmd("pubsub|shardchannels", -2, "pubsub loading stale on:session", "", "7.0.0", "O(N)", "[pattern:pattern]", "Shard channels that have subscribers.", (c, a) -> channels(c, a, Kind.SHARD_CHANNEL)),
          cmd("pubsub|shardnumsub", -2, "pubsub loading stale on:session", "", "7.0.0", "O(N)", "[shardchannel...]", "Number of subscribers of shard channels.", (c, a) -> numSub(c, a, Kind.SHARD_CHANNEL))),
      cmd("punsubscribe", -1, "pubsub noscript loading stale on:session", "", "2.0.0", "O(N+M)", "[pattern:pattern...]", "Stop listening to patterns.", (c, a) -> unsubscribe(c, a, Kind.PATTERN, "punsubscribe")),
      cmd("spublish", 3, "pubsub loading stale fast on:session", "not_key 1", "7.0.0", "O(N)", "shardchannel message", "Send a message to a shard channel.", PubSubCommands::spublish),
      cmd("ssubscribe", -2, "pubsub noscript loading stale on:session", "not_key 1..-1", "7.0.0", "O(N)", "shardchannel...", "Listen to shard channels.", (c, a) -> subscribe(c, a, Kind.SHARD_CHANNEL, "ssubscribe")),
      cmd("subscribe", -2, "pubsub noscript loading stale on:session", "", "2.0.0", "O(N)", "channel...", "Listen to channels.", (c, a) -> subscribe(c, a, Kind.CHANNEL, "subscribe")),
      cmd("sunsubscribe", -1, "pubsub noscript loading stale on:session", "not_key 1..-1", "7.0.0", "O(N)", "[shardchannel...]", "Stop listening to shard channels.", (c, a) -> unsubscribe(c, a, Kind.SHARD_CHANNEL, "sunsubscribe")),
      cmd("unsubscribe", -1, "pubsub noscript loading stale on:session", "", "2.0.0", "O(N)", "[channel...]", "Stop listening to channels.", (c, a) -> unsubscribe(c, a, Kind.CHANNEL, "unsubscribe")));
  // spotless:on

  private static final RespError NOT_IN_MULTI =
      new RespError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");

  private PubSubCommands() {}

  private static void subscribe(Context c, Args a, Kind kind, String word) {
    if (kind == Kind.SHARD_CHANNEL && c.atomic()) {
      throw NOT_IN_MULTI;
    }
    Session session = Session.of(c);
    for (int i = 1; i < a.count(); i++) {
      Blob name = Blob.copy(a, i);
      session.subscriptions.add(kind, name);
      confirm(c.out(), session, kind, word, name);
    }
  }

  private static void unsubscribe(Context c, Args a, Kind kind, String word) {
    Session session = Session.of(c);
    if (a.count() > 1) {
      for (int i = 1; i < a.count(); i++) {
        unsubscribe(c, session, kind, word, Blob.of(a, i));
      }
      return;
    }
    List<Blob> all = session.subscriptions.names(kind);
    all.forEach(name -> unsubscribe(c, session, kind, word, name));
    if (all.isEmpty()) {
      c.out().push(3);
      c.out().bulk(word);
      c.out().nil();
      c.out().integer(counted(session, kind));
    }
  }

  private static void unsubscribe(Context c, Session session, Kind kind, String word, Blob name) {
    session.subscriptions.remove(kind, name);
    confirm(c.out(), session, kind, word, name);
  }

  private static void confirm(ReplyWriter out, Session session, Kind kind, String word, Blob name) {
    out.push(3);
    out.bulk(word);
    bulk(out, name);
    out.integer(counted(session, kind));
  }

  /** How many subscriptions a client is told it has: those of shard channels are counted apart. */
  private static int counted(Session session, Kind kind) {
    Subscriptions held = session.subscriptions;
    return kind == Kind.SHARD_CHANNEL
        ? held.count(kind)
        : held.count(Kind.CHANNEL) + held.count(Kind.PATTERN);
  }

  private static void bulk(ReplyWriter out, Blob blob) {
    out.bulk(blob.array, blob.offset, blob.length);
  }

  private static PubSub pubSub(Context c) {
    return Session.of(c).service.pubSub();
  }

  private static void publish(Context c, Args a) {
    published(c, a, pubSub(c).publish(Blob.of(a, 1), Blob.of(a, 2)));
  }

  private static void spublish(Context c, Args a) {
    published(c, a, pubSub(c).publishToShard(Blob.of(a, 1), Blob.of(a, 2)));
  }

  private static void published(Context c, Args a, int receivers) {
    c.out().integer(receivers);
    replicate(c, a);
    Session session = Session.of(c);
    if (receivers > 0 && session.subscriptions.any()) {
      session.hearItself();
    }
  }

  /** Replicas get the message, too, for their own subscribers. */
  private static void replicate(Context c, Args a) {
    Node node = Session.of(c).node;
    if (node.replication.replicas.any()) {
      ReplyWriter request = new ReplyWriter(64);
      request.array(a.count());
      for (int i = 0; i < a.count(); i++) {
        request.bulk(a.array(), a.offset(i), a.length(i));
      }
      node.journal.signal(request.take());
    }
  }

  private static void channels(Context c, Args a, Kind kind) {
    if (a.count() > 3) {
      throw Help.misuse(a);
    }
    Topics topics = pubSub(c).topics(kind);
    boolean every = a.count() == 2;
    Glob glob = every ? Glob.of(new byte[0]) : Glob.of(a.bytes(2));
    int mark = c.out().defer();
    int found = 0;
    for (Topic topic : topics.all()) {
      if (every || glob.matches(topic.name.array)) {
        bulk(c.out(), topic.name);
        found++;
      }
    }
    c.out().endArray(mark, found);
  }

  private static void numPat(Context c, Args a) {
    c.out().integer(pubSub(c).topics(Kind.PATTERN).count());
  }

  private static void numSub(Context c, Args a, Kind kind) {
    Topics topics = pubSub(c).topics(kind);
    c.out().array(2 * (a.count() - 2));
    for (int i = 2; i < a.count(); i++) {
      c.out().bulk(a.array(), a.offset(i), a.length(i));
      c.out().integer(topics.find(Blob.of(a, i)).count());
    }
  }
}
