package io.sampo.cluster;

import io.sampo.cluster.Stance.Following;
import io.sampo.cluster.Stance.Leading;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in its replica set: it carries the {@link Elector}'s messages, writes down what it
 * is to remember, and has the data do what it decides. The membership of the cluster only tells it
 * whom to talk to.
 */
final class ReplicaSet extends AbstractBehavior<ReplicaSet.Command> {
  /** What it is told. */
  interface Command {}

  private record Tick() implements Command {}

  private record Led(long term, long start) implements Command {}

  private record Advanced() implements Command {}

  /** It has been put off for long enough to take notice that the data has grown. */
  private record Late() implements Command {}

  private record Seen(Member member) implements Command {}

  private record Gone(Member member) implements Command {}

  private record Paused() implements Command {}

  private record Remembered(Optional<Exception> failure) implements Command {}

  /**
   * Has another node become the master, without a write being lost.
   *
   * @param successor the node, or nothing for whichever is best
   * @param millis how long writes may have to wait for it
   * @param outcome is told "" once the lead has been given up, or why it has not
   */
  record HandOver(Optional<String> successor, long millis, Consumer<String> outcome)
      implements Command {}

  /**
   * Asks the master, whichever node that is, to hand over to whichever replica is best.
   *
   * @param millis how long writes may have to wait for it
   * @param answer is told at once whether that is going to happen
   */
  record AskForHandOver(long millis, Consumer<Consent> answer) implements Command {}

  /** The master has answered, or has not. */
  private record Answered(Consent consent, Consumer<Consent> answer) implements Command {}

  static final String NAME = "replica-set";
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaSet.class);
  private static final Duration NEWS = Duration.ofSeconds(2);

  /** The least time between two ticks. */
  private static final long BREATH = TimeUnit.MILLISECONDS.toNanos(20);

  /** For how long a disk that was too slow is not trusted again. */
  private static final long CONVALESCENCE = TimeUnit.SECONDS.toNanos(10);

  /** How long the master may take to say whether it hands over. */
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /** How long an acknowledgement may take that nobody waits for: each costs both ends a message. */
  private static final Duration UNAWAITED = Duration.ofMillis(100);

  private static final Duration AILING_PATIENCE = Duration.ofSeconds(1);

  private final Plan plan;
  private final Role role;
  private final Observer observer;
  private final AtomicBoolean advancing;
  private final Peers peers;
  private final Clerk clerk;
  private final Handover handover;
  private final TimerScheduler<Command> timers;

  /** By how much news may come early or late, so that they go with a beat or its answer. */
  private final long leeway;

  private long newsAt;

  /** Whether there will be a tick, and when. */
  private boolean armed;

  private long tickAt;

  /** Whether the master waits for acknowledgements, as far as is known. */
  private boolean awaited = true;

  /** Whether one has been put off. */
  private boolean late;

  /** When the disk was last found to be too slow; it was not, long ago. */
  private long ailedAt;

  private ReplicaSet(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Plan plan,
      BallotFile file,
      Ballot ballot,
      Role role,
      Observer observer,
      AtomicBoolean advancing) {
    super(context);
    this.plan = plan;
    this.role = role;
    this.observer = observer;
    this.advancing = advancing;
    ActorRefResolver refs = ActorRefResolver.get(context.getSystem());
    String prefix = "pekko://" + context.getSystem().name() + "@";
    this.peers = new Peers(plan, id -> refs.resolveActorRef(prefix + id + "/user/" + NAME));
    long lease = TimeUnit.MILLISECONDS.toNanos(plan.leaseMillis());
    Setup setup = Setup.of(plan.self(), plan.voters(), plan.isWitness(), lease);
    this.leeway = setup.beat() / 2;
    this.newsAt = System.nanoTime();
    this.ailedAt = newsAt - CONVALESCENCE;
    ActorRef<Command> self = context.getSelf();
    this.clerk =
        new Clerk(
            Elector.start(setup, ballot, newsAt),
            file,
            context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()),
            failure -> self.tell(new Remembered(failure)),
            role::holding,
            this::carryOut);
    this.handover =
        new Handover(plan, role, clerk::elector, () -> self.tell(new Paused()), clerk::take);
    Cluster.get(context.getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.MemberEvent.class, ReplicaSet::command),
                ClusterEvent.MemberEvent.class));
    this.timers = timers;
    arm();
  }

  /**
   * @param advancing is set by whoever tells it that the data has grown, and cleared when it looks
   */
  static Behavior<Command> create(
      Plan plan,
      BallotFile file,
      Ballot ballot,
      Role role,
      Observer observer,
      AtomicBoolean advancing) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new ReplicaSet(
                        context, timers, plan, file, ballot, role, observer, advancing)));
  }

  /** Tells that the data has grown. */
  static Command advanced() {
    return new Advanced();
  }

  private static Command command(ClusterEvent.MemberEvent event) {
    return event instanceof ClusterEvent.MemberRemoved
        ? new Gone(event.member())
        : new Seen(event.member());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Wire.Letter.class, this::onLetter)
        .onMessage(Wire.News.class, this::onNews)
        .onMessage(Tick.class, tick -> onTick())
        .onMessage(Advanced.class, advanced -> onAdvanced())
        .onMessage(Late.class, late -> onLate())
        .onMessage(Led.class, led -> take(new Input.Led(led.term(), led.start())))
        .onMessage(Seen.class, seen -> onSeen(seen.member()))
        .onMessage(Gone.class, gone -> onGone(gone.member()))
        .onMessage(HandOver.class, this::onHandOver)
        .onMessage(AskForHandOver.class, this::onAskForHandOver)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(Wire.Abdicate.class, this::onAbdicate)
        .onMessage(Paused.class, paused -> onPaused())
        .onMessage(Remembered.class, remembered -> onRemembered(remembered.failure()))
        .onSignal(PostStop.class, stop -> onStop())
        .build();
  }

  // --- the elector

  private Behavior<Command> onLetter(Wire.Letter letter) {
    if (!letter.set().equals(plan.set()) || letter.from().equals(plan.self())) {
      return this;
    }
    peers.reached(letter.from(), letter.host(), letter.port());
    letter.news().ifPresent(this::onNews);
    if (letter.message() instanceof Message.Beat) {
      look();
      awaited = letter.awaits();
      if (awaited && late) {
        timers.cancel(Late.class);
        onLate();
      }
    }
    return take(new Input.Received(letter.from(), letter.message()));
  }

  /** Has a tick come when something may be due. */
  private void arm() {
    long now = System.nanoTime();
    long due = Math.min(elector().wakeAt(now) - now, newsAt + leeway - now);
    long at = now + Math.max(due, BREATH);
    if (!armed || at - tickAt < 0) {
      timers.startSingleTimer(Tick.class, new Tick(), Duration.ofNanos(at - now));
      armed = true;
      tickAt = at;
    }
  }

  private Behavior<Command> onTick() {
    armed = false;
    look();
    take(new Input.Tick());
    if (isTimeForNews()) {
      spread();
    }
    arm();
    return this;
  }

  private boolean isTimeForNews() {
    return System.nanoTime() - newsAt > -leeway;
  }

  /** Has a look at the disk; a master whose disk is too slow gives way, if not too often. */
  private void look() {
    if (role.ails()) {
      ailedAt = System.nanoTime();
      if (isTimeForNews() && elector().leads() && !handover.isUnderWay()) {
        giveWay();
      }
    }
  }

  private Behavior<Command> onAdvanced() {
    if (!awaited && elector().stance() instanceof Following) {
      timers.startSingleTimer(Late.class, new Late(), UNAWAITED);
      late = true;
      return this;
    }
    advancing.set(false);
    return take(new Input.Advanced());
  }

  private Behavior<Command> onLate() {
    late = false;
    advancing.set(false);
    return take(new Input.Advanced());
  }

  private Behavior<Command> take(Input input) {
    clerk.take(input);
    return this;
  }

  private Behavior<Command> onRemembered(Optional<Exception> failure) {
    if (failure.isPresent()) {
      throw new IllegalStateException("what this node has promised cannot be kept", failure.get());
    }
    clerk.remembered();
    return this;
  }

  private Elector elector() {
    return clerk.elector();
  }

  /** A step of the elector takes effect. */
  private void carryOut(Elector before, List<Output> outputs) {
    Elector elector = elector();
    carryOut(outputs);
    observer.lease(elector.leaseUntil());
    if (elector.leads()) {
      long safe = elector.safeOffset(role.holding());
      if (safe >= 0) {
        observer.safe(safe);
      }
    }
    if (before.term() != elector.term() || !role(before).equals(role(elector))) {
      log();
      spread();
    }
    handover.proceed();
    arm();
  }

  private void carryOut(List<Output> outputs) {
    if (outputs.isEmpty()) {
      return;
    }
    Optional<Wire.News> news =
        isTimeForNews() && outputs.stream().anyMatch(ReplicaSet::isRegular)
            ? Optional.of(news())
            : Optional.empty();
    Set<ActorRef<Wire>> without = new HashSet<>(news.isPresent() ? peers.others() : List.of());
    outputs.forEach(output -> carryOut(output, news, without));
    if (news.isPresent()) {
      without.forEach(peer -> peer.tell(news.get()));
      haveSpread();
    }
  }

  /** Whether it goes out again and again, so that news may go with it. */
  private static boolean isRegular(Output output) {
    return output instanceof Output.Tell tell && tell.message() instanceof Message.Beat
        || output instanceof Output.Send send && send.message() instanceof Message.Grant;
  }

  /**
   * @param news to go with what is sent
   * @param without who has not been sent the news yet
   */
  private void carryOut(Output output, Optional<Wire.News> news, Set<ActorRef<Wire>> without) {
    if (output instanceof Output.Reached reached) {
      role.reached(reached.term());
    } else if (output instanceof Output.Send send) {
      ActorRef<Wire> peer = peers.get(send.to());
      peer.tell(letter(send.message(), news));
      without.remove(peer);
    } else if (output instanceof Output.Tell tell) {
      Wire letter = letter(tell.message(), news);
      peers.others().forEach(peer -> peer.tell(letter));
      without.clear();
    } else if (plan.isWitness()) {
      LOG.debug("A witness has no data for {}", output);
    } else if (output instanceof Output.Lead lead) {
      ActorRef<Command> self = getContext().getSelf();
      role.lead(lead.term(), start -> self.tell(new Led(lead.term(), start)));
    } else if (output instanceof Output.Follow follow) {
      Peers.Endpoint master = peers.endpoint(follow.master());
      role.follow(master.host(), master.port(), follow.term(), follow.start());
    } else if (output instanceof Output.Retire) {
      role.retire();
    }
  }

  private Wire letter(Message message, Optional<Wire.News> news) {
    return new Wire.Letter(
        plan.set(), plan.self(), plan.host(), plan.port(), message, role.awaits(), news);
  }

  private void log() {
    LOG.info(
        "replica-set={} event=role node={} role={} term={} master={}",
        plan.set(),
        plan.self(),
        role(elector()).name().toLowerCase(Locale.ROOT),
        elector().term(),
        elector().stance() instanceof Following following
            ? following.master()
            : elector().leads() ? plan.self() : "none");
  }

  // --- whom to talk to

  private Behavior<Command> onSeen(Member member) {
    if (member.hasRole(plan.set())) {
      peers.get(id(member));
    }
    return this;
  }

  private Behavior<Command> onGone(Member member) {
    if (peers.forget(id(member))) {
      publish();
    }
    return this;
  }

  private static String id(Member member) {
    Address address = member.address();
    return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
  }

  // --- what can be seen of it

  private Behavior<Command> onNews(Wire.News news) {
    if (news.set().equals(plan.set()) && !news.node().id().equals(plan.self())) {
      peers.heard(news, System.nanoTime());
      publish();
    }
    return this;
  }

  /** Tells the others, and whoever observes it, how this node is. */
  private void spread() {
    Wire.News news = news();
    peers.others().forEach(peer -> peer.tell(news));
    haveSpread();
  }

  private Wire.News news() {
    return new Wire.News(plan.set(), elector().term(), self());
  }

  private void haveSpread() {
    newsAt = System.nanoTime() + NEWS.toNanos();
    publish();
  }

  private Topology.Node self() {
    long lease = elector().leaseUntil() - System.nanoTime();
    return new Topology.Node(
        plan.self(),
        plan.host(),
        plan.port(),
        plan.sentinelPort(),
        plan.runId(),
        plan.kind(),
        role(elector()),
        plan.voters().contains(plan.self()),
        elector().term(),
        role.holding().offset(),
        Math.max(0, TimeUnit.NANOSECONDS.toMillis(lease)),
        System.nanoTime() - ailedAt < CONVALESCENCE,
        true,
        0,
        true);
  }

  private Topology.Role role(Elector present) {
    if (plan.isWitness()) {
      return Topology.Role.WITNESS;
    }
    if (present.stance() instanceof Leading leading) {
      return leading.start() >= 0 ? Topology.Role.MASTER : Topology.Role.NONE;
    }
    return present.stance() instanceof Following ? Topology.Role.REPLICA : Topology.Role.NONE;
  }

  private void publish() {
    observer.changed(peers.topology(self(), elector().term(), System.nanoTime()));
  }

  // --- planned succession

  private Behavior<Command> onHandOver(HandOver request) {
    Consent consent =
        handover.begin(request.successor(), id -> true, request.millis(), request.outcome());
    if (consent != Consent.GIVEN) {
      request.outcome().accept(consent.text);
    }
    return this;
  }

  private Behavior<Command> onAskForHandOver(AskForHandOver request) {
    if (elector().stance() instanceof Following following) {
      getContext()
          .ask(
              Wire.Abdicated.class,
              peers.get(following.master()),
              ANSWER,
              self -> new Wire.Abdicate(plan.set(), request.millis(), self),
              (answer, failure) ->
                  new Answered(
                      answer == null ? Consent.NO_ANSWER : answer.consent(), request.answer()));
    } else {
      request.answer().accept(toWhoever(request.millis()));
    }
    return this;
  }

  private Behavior<Command> onAnswered(Answered answered) {
    answered.answer().accept(answered.consent());
    return this;
  }

  private Behavior<Command> onAbdicate(Wire.Abdicate request) {
    if (request.set().equals(plan.set())) {
      request.replyTo().tell(new Wire.Abdicated(toWhoever(request.millis())));
    }
    return this;
  }

  private Consent toWhoever(long millis) {
    return handover.begin(Optional.empty(), id -> true, millis, this::logRefusal);
  }

  /** Has a node take over of which the disk is well: as clients see it, this one has failed. */
  private void giveWay() {
    Consent consent =
        handover.begin(
            Optional.empty(), peers::isWell, AILING_PATIENCE.toMillis(), this::logRefusal);
    if (consent == Consent.GIVEN) {
      LOG.warn("replica-set={} event=slow-disk why=\"another node is to lead\"", plan.set());
    }
  }

  private void logRefusal(String why) {
    if (!why.isEmpty()) {
      LOG.warn("replica-set={} event=hand-over-refused why=\"{}\"", plan.set(), why);
    }
  }

  private Behavior<Command> onPaused() {
    handover.paused();
    return this;
  }

  private Behavior<Command> onStop() {
    observer.lease(System.nanoTime() - 1);
    role.retire();
    return this;
  }
}
