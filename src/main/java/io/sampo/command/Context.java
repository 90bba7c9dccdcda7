package io.sampo.command;

import io.sampo.keyspace.Db;
import io.sampo.keyspace.DbKey;
import io.sampo.keyspace.Keyspace;
import io.sampo.keyspace.Slot;
import io.sampo.keyspace.Watches;
import io.sampo.resp.Args;
import io.sampo.resp.ReplyWriter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a command may see and do while it runs: the keyspaces it was given, the reply, and the means
 * to say what it changed. Whether a keyspace is the shard's own or lent for the moment, a command
 * cannot tell. One object serves request after request.
 */
public final class Context {
  /** Takes the counts of INFO stats. */
  public static final class Counters {
    public long hits;
    public long misses;
  }

  private final ReplyWriter out;
  private final Keyspace[] keyspaces;
  private final Watches[] watches;
  private final Waits[] waits;

  /** Keys that clients wait for and that have changed, in that order. */
  private final Set<DbKey> ready = new LinkedHashSet<>();

  private final Effects effects;
  private final Events events;
  private final Counters counters;
  private Client client;
  private int db;
  private long now;
  private long horizon;
  private long changes;
  private boolean partly;
  private boolean elsewhere;
  private boolean holdsAdded;
  private Optional<byte[]> heldAdded = Optional.empty();
  private boolean rewritten;
  private int databases;
  private boolean atomic;
  private Watches.Watch watch = new Watches.Watch();
  private Wait wait = Wait.NONE;
  private Optional<Args> instead = Optional.empty();
  private boolean serving;
  private byte[] served = {};
  private Optional<Advanced> advanced = Optional.empty();

  /**
   * @param shards how many shards the node has
   */
  public Context(ReplyWriter out, int shards, Effects effects, Events events, Counters counters) {
    this.out = out;
    this.keyspaces = new Keyspace[shards];
    this.watches = new Watches[shards];
    this.waits = new Waits[shards];
    this.effects = effects;
    this.events = events;
    this.counters = counters;
  }

  // --- for whoever runs commands

  /** Puts a shard's data within reach, or out of it with {@link #withdraw}. */
  public void lend(int shard, Keyspace keyspace, Watches itsWatches, Waits itsWaits) {
    keyspaces[shard] = keyspace;
    watches[shard] = itsWatches;
    waits[shard] = itsWaits;
    databases = keyspace.databases();
  }

  public void withdraw(int shard) {
    keyspaces[shard] = null;
    watches[shard] = null;
    waits[shard] = null;
  }

  /** Begins a request of this client. */
  public void begin(Client itsClient, long nowMillis) {
    client = itsClient;
    db = itsClient.db();
    now = nowMillis;
    horizon = itsClient.isObeyed() ? Long.MIN_VALUE : nowMillis;
    rewritten = false;
    partly = false;
    elsewhere = false;
    holdsAdded = false;
    heldAdded = Optional.empty();
    wait = Wait.NONE;
    instead = Optional.empty();
    serving = false;
  }

  /** Says that the present request is run anew because of this key. */
  public void serve(byte[] key) {
    serving = true;
    served = key;
  }

  /** Whether the request, in place of an answer, has asked for its client to {@link #block}. */
  public boolean blocks() {
    return wait != Wait.NONE;
  }

  /** What the client is to wait for, if the request {@link #blocks}. */
  public Wait awaited() {
    return wait;
  }

  /** What to run anew for a client that waits after this request. */
  public Args again(Args request) {
    return instead.orElse(request);
  }

  /** Whether keys that clients wait for have changed. */
  public boolean hasReady() {
    return !ready.isEmpty();
  }

  /** The first of the keys that have changed, which then is forgotten. */
  public DbKey takeReady() {
    DbKey first = ready.iterator().next();
    ready.remove(first);
    return first;
  }

  /** Says that somebody may be waiting for what is at this key. */
  public void ready(DbKey key) {
    ready.add(key);
  }

  /** Says whether the requests to come run within a transaction. */
  public void atomic(boolean within) {
    atomic = within;
  }

  /** Sets what the next request, a WATCH, adds to. */
  public void watch(Watches.Watch next) {
    watch = next;
  }

  /** Says what has been done of the next request already; or again that nothing has. */
  public void advanced(Optional<Advanced> already) {
    advanced = already;
  }

  /** How many changes there have been so far; more than before means the request changed data. */
  public long changes() {
    return changes;
  }

  /** Whether the request has said that it has changed something {@link #partly}. */
  public boolean isPartly() {
    return partly;
  }

  /** Whether the request has changed another database than the selected one. */
  public boolean isElsewhere() {
    return elsewhere;
  }

  /**
   * Says that the present request may change what is at key {@code i} in place, as far as it is at
   * hand: a snapshot has to have it before.
   */
  public void keep(Args a, int i) {
    Keyspace its = keyspaces[shard(a.array(), a.offset(i), a.length(i))];
    if (its != null) {
      its.db(db).keep(a.array(), a.offset(i), a.length(i));
    }
  }

  /** Has key {@code i}, which is going to be used, looked up {@link Keyspace#ahead}. */
  public void foresee(Args a, int i, int index) {
    Keyspace its = keyspaces[shard(a.array(), a.offset(i), a.length(i))];
    its.ahead.add(its.db(index), a.array(), a.offset(i), a.length(i));
  }

  /** Whether the request has said itself what its effects are. */
  public boolean rewritten() {
    return rewritten;
  }

  // --- for commands

  /** Where the reply goes. */
  public ReplyWriter out() {
    return out;
  }

  public Client client() {
    return client;
  }

  /** Whether the request runs within a transaction, where nothing may wait. */
  public boolean atomic() {
    return atomic;
  }

  /** What the client's next transaction watches; for WATCH alone. */
  public Watches.Watch watch() {
    return watch;
  }

  /**
   * What has been done of this request in advance, if it has been: see {@link Advance}.
   *
   * @throws io.sampo.resp.RespError if the request has to be refused
   */
  public <T> Optional<T> advanced(Class<T> type) {
    return advanced.map(its -> its.result(type));
  }

  /** Index of the selected database. */
  public int dbIndex() {
    return db;
  }

  /** Wall clock in milliseconds; stands still while a command runs. */
  public long now() {
    return now;
  }

  /**
   * What expires no later than this is over, in milliseconds: {@link #now}, but that nothing is for
   * who is {@link Client#isObeyed obeyed}.
   */
  public long horizon() {
    return horizon;
  }

  public int shards() {
    return keyspaces.length;
  }

  /** The data of one shard, for commands that go over all of it. */
  public Keyspace keyspace(int shard) {
    return keyspaces[shard];
  }

  /** How many databases there are. */
  public int databases() {
    return databases;
  }

  /** What is watched on one shard, for commands that go over all of it. */
  public Watches watches(int shard) {
    return watches[shard];
  }

  /** Who waits for keys of one shard, for commands that go over all of it. */
  public Waits waits(int shard) {
    return waits[shard];
  }

  /**
   * Blocks the client, unless within a transaction, where the caller has to answer: the request is
   * run anew when there may be what it lacks.
   */
  public void block(Wait what) {
    wait = what;
  }

  /** As {@link #block(Wait)}, with another request to run anew than the present one. */
  public void block(Wait what, Args request) {
    wait = what;
    instead = Optional.of(request);
  }

  /** Whether the request is run anew for a client that has waited. */
  public boolean isServing() {
    return serving;
  }

  /**
   * Whether key {@code i} is at hand and may be used: all are, but where a client is served that
   * has waited for several, only the one that has become ready is.
   */
  public boolean offers(Args a, int i) {
    int from = a.offset(i);
    return !serving || Arrays.equals(served, 0, served.length, a.array(), from, from + a.length(i));
  }

  /** The watches of the shard that owns key {@code i}. */
  public Watches watches(Args a, int i) {
    return watches[shard(a.array(), a.offset(i), a.length(i))];
  }

  /** The selected database, as far as it lies on the shard that owns key {@code i}. */
  public Db db(Args a, int i) {
    return db(a, i, db);
  }

  /** Database {@code index} on the shard that owns key {@code i}. */
  public Db db(Args a, int i, int index) {
    return keyspaces[shard(a.array(), a.offset(i), a.length(i))].db(index);
  }

  public Db db(byte[] key) {
    return db(key, db);
  }

  public Db db(byte[] key, int index) {
    return keyspaces[shard(key, 0, key.length)].db(index);
  }

  private int shard(byte[] a, int offset, int length) {
    return keyspaces.length == 1 ? 0 : Slot.shard(a, offset, length, keyspaces.length);
  }

  /** The entry of key {@code i} for reading, touched and counted as a hit or a miss. */
  public int read(Db db, Args a, int i) {
    return read(db, a.array(), a.offset(i), a.length(i));
  }

  /** As {@link #read(Db, Args, int)}, for a key that is no argument. */
  public int read(Db db, byte[] key) {
    return read(db, key, 0, key.length);
  }

  private int read(Db db, byte[] a, int offset, int length) {
    int h = client.noTouch() ? db.find(a, offset, length) : db.lookup(a, offset, length);
    return counted(h, a, offset, length);
  }

  /** The entry of key {@code i} for reading, counted as a hit or a miss but not touched. */
  public int peek(Db db, Args a, int i) {
    int h = db.find(a.array(), a.offset(i), a.length(i));
    return counted(h, a.array(), a.offset(i), a.length(i));
  }

  private int counted(int h, byte[] a, int offset, int length) {
    if (h == Db.NONE) {
      counters.misses++;
      if (events.wanted(KeyEvent.MISS)) {
        byte[] key = Arrays.copyOfRange(a, offset, offset + length);
        events.publish(KeyEvent.MISS, "keymiss", this.db, key);
      }
    } else {
      counters.hits++;
    }
    return h;
  }

  /** As {@link #peek}, but that it is absent is no event. */
  public int inspect(Db db, Args a, int i) {
    int h = db.find(a.array(), a.offset(i), a.length(i));
    if (h == Db.NONE) {
      counters.misses++;
    } else {
      counters.hits++;
    }
    return h;
  }

  /** The entry of key {@code i} for writing, touched unless the client asked not to. */
  public int write(Db db, Args a, int i) {
    return client.noTouch()
        ? db.find(a.array(), a.offset(i), a.length(i))
        : db.lookup(a.array(), a.offset(i), a.length(i));
  }

  /** Says that key {@code i} was changed: breaks watches, counts, notifies. */
  public void modified(Args a, int i, KeyEvent event, String name) {
    modified(db, a.array(), a.offset(i), a.length(i), event, name);
  }

  /** Says that key {@code i} was changed in another database than the selected one. */
  public void modified(int dbIndex, Args a, int i, KeyEvent event, String name) {
    modified(dbIndex, a.array(), a.offset(i), a.length(i), event, name);
  }

  public void modified(int dbIndex, byte[] key, KeyEvent event, String name) {
    modified(dbIndex, key, 0, key.length, event, name);
  }

  private void modified(
      int dbIndex, byte[] a, int offset, int length, KeyEvent event, String name) {
    changes++;
    elsewhere |= dbIndex != db;
    changed(dbIndex, a, offset, length, event, name);
    wake(dbIndex, a, offset, length);
  }

  /**
   * Says that a part of what the request is to change has been changed, and not yet been told of:
   * if there is no heap for the rest, its keys are told as they are then.
   */
  public void partly() {
    partly = true;
  }

  /** Says that key {@code i} was changed in a way for which there is no event. */
  public void altered(Args a, int i) {
    changes++;
    watches(a, i).changed(db, a.array(), a.offset(i), a.length(i));
    wake(a, i);
  }

  /** Has those looked after who wait for something at key {@code i}. */
  public void wake(Args a, int i) {
    wake(db, a.array(), a.offset(i), a.length(i));
  }

  private void wake(int dbIndex, byte[] a, int offset, int length) {
    Waits here = waits[shard(a, offset, length)];
    if (!here.isEmpty()) {
      DbKey key = new DbKey(dbIndex, Arrays.copyOfRange(a, offset, offset + length));
      if (here.contains(key)) {
        ready.add(key);
      }
    }
  }

  /** Says that a key has left by itself, by expiry or eviction: no change of the request's. */
  public void lost(int dbIndex, byte[] key, KeyEvent event, String name) {
    changed(dbIndex, key, 0, key.length, event, name);
    wake(dbIndex, key, 0, key.length);
  }

  /** Whether somebody wants to hear of new keys. */
  public boolean announces() {
    return events.wanted(KeyEvent.NEW);
  }

  /** Says that a key is there that was not: something else than the change that made it. */
  public void added(int dbIndex, byte[] key) {
    if (holdsAdded) {
      heldAdded = Optional.of(key);
    } else {
      events.publish(KeyEvent.NEW, "new", dbIndex, key);
    }
  }

  /** Has the next key of the selected database that is {@link #added} be told of later. */
  public void holdAdded() {
    holdsAdded = true;
  }

  /** Tells of the key that was added since {@link #holdAdded}, if one was. */
  public void tellAdded() {
    holdsAdded = false;
    heldAdded.ifPresent(key -> added(db, key));
    heldAdded = Optional.empty();
  }

  /** Says that key {@code i} has left for another place, where it is {@link #modified}. */
  public void left(int dbIndex, Args a, int i, KeyEvent event, String name) {
    changed(dbIndex, a.array(), a.offset(i), a.length(i), event, name);
    wake(dbIndex, a.array(), a.offset(i), a.length(i));
  }

  private void changed(int dbIndex, byte[] a, int offset, int length, KeyEvent event, String name) {
    watches[shard(a, offset, length)].changed(dbIndex, a, offset, length);
    if (events.wanted(event)) {
      byte[] key = Arrays.copyOfRange(a, offset, offset + length);
      events.publish(event, name, dbIndex, key);
    }
  }

  /** Publishes an event about key {@code i} without counting a change. */
  public void notify(Args a, int i, KeyEvent event, String name) {
    if (events.wanted(event)) {
      events.publish(event, name, db, a.bytes(i));
    }
  }

  /** Counts changes that {@link #modified} was not told of, such as those of a flush. */
  public void changed(long count) {
    changes += count;
  }

  /** Whether anybody reads effects: if not, rewriting them is wasted. */
  public boolean wantsEffects() {
    return effects.wanted();
  }

  /** Says what the request changed, in place of the request itself; may be called repeatedly. */
  public void effect(byte[]... request) {
    rewritten = true;
    effects.add(db, request);
  }

  /** Says that the request's effect is the request itself, though it may have changed nothing. */
  public void effect(Args request) {
    rewritten = true;
    effects.add(db, request);
  }

  /** Says that the request has no effect worth repeating, though it is a write. */
  public void noEffect() {
    rewritten = true;
  }
}
