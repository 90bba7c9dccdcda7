package io.sampo.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Electors, their disks, the data they stand for, and a network that does with messages as it
 * likes; for tests that look at what can become of it. A data set is a list of entries, an entry a
 * number that nobody else writes.
 */
final class World {
  /** Ways in which the world may break what the electors rely on, to prove that it is noticed. */
  enum Flaw {
    NONE,
    /** A restart loses what was promised, and does not know it. */
    FORGETFUL,
    /** A restart loses data, and does not know it. */
    CARELESS,
    /** Candidates say that they have more than they do. */
    BOASTFUL,
    /** A voter's clock runs ahead when it starts, past what it had granted. */
    HASTY,
  }

  /** A rule that has been broken. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String message) {
      super(message);
    }
  }

  /** Who was elected, by whom. */
  private record Reign(String master, Map<String, Poll.Voice> voices) {}

  private record Parcel(int from, int to, Message message) {}

  private static final class Machine {
    Setup setup;
    Elector elector;
    List<Integer> log = new ArrayList<>();
    boolean whole;

    /** The term that the data is attached to, and the machine it comes from, or -1. */
    long attached;

    int source = -1;
    int life;

    /** What the elector asked for: to lead or to follow a term; 0 if neither. */
    long leads;

    long follows;
    int master = -1;

    /** Whether a full synchronisation has dropped the data and not brought the new one. */
    boolean loading;

    Machine copy() {
      Machine copy = new Machine();
      copy.setup = setup;
      copy.elector = elector;
      copy.log = new ArrayList<>(log);
      copy.whole = whole;
      copy.attached = attached;
      copy.source = source;
      copy.life = life;
      copy.leads = leads;
      copy.follows = follows;
      copy.master = master;
      copy.loading = loading;
      copy.bereft = bereft;
      copy.label = label;
      return copy;
    }

    /** Whether its disk has lost what it may have acknowledged, or a synchronisation dropped it. */
    boolean bereft;

    /** The last term whose beginning is in the data, as the disk says. */
    long label;

    Holding holding() {
      return new Holding(attached, bereft ? -1 : log.size(), label, whole);
    }

    List<Object> state() {
      List<Boolean> flags = List.of(whole, loading, bereft);
      return List.of(elector, log, flags, attached, source, life, leads, follows, master, label);
    }
  }

  private final Flaw flaw;
  private final List<Machine> machines = new ArrayList<>();
  private List<Parcel> network = new ArrayList<>();
  private Map<Long, Reign> masters = new HashMap<>();

  /** What a majority has acknowledged. */
  private List<Integer> safe = new ArrayList<>();

  private long now;
  private int entries;
  private int memories;

  /**
   * Machines that have never run.
   *
   * @param data how many hold data
   * @param witnesses how many do not; all of them vote
   */
  World(Flaw flaw, int data, int witnesses, long lease, long drift) {
    this.flaw = flaw;
    List<String> voters = new ArrayList<>();
    for (int i = 0; i < data + witnesses; i++) {
      voters.add(id(i));
    }
    for (int i = 0; i < voters.size(); i++) {
      Machine machine = new Machine();
      machine.setup = new Setup(id(i), voters, i >= data, lease, drift, 2, 2);
      machine.elector = Elector.start(machine.setup, Ballot.fresh(++memories), now);
      machine.whole = true;
      machines.add(machine);
    }
  }

  private World(World other) {
    flaw = other.flaw;
    other.machines.forEach(machine -> machines.add(machine.copy()));
    network = new ArrayList<>(other.network);
    masters = new HashMap<>(other.masters);
    safe = new ArrayList<>(other.safe);
    now = other.now;
    entries = other.entries;
    memories = other.memories;
  }

  World copy() {
    return new World(this);
  }

  private static String id(int i) {
    return "n" + i;
  }

  private static int index(String id) {
    return Integer.parseInt(id.substring(1));
  }

  /** Two worlds with equal states have the same future. */
  List<Object> state() {
    List<Object> state = new ArrayList<>();
    machines.forEach(machine -> state.add(machine.state()));
    state.add(Map.of("at", now, "safe", List.copyOf(safe), "masters", Map.copyOf(masters)));
    state.add(new HashSet<>(network));
    return state;
  }

  int size() {
    return machines.size();
  }

  int messages() {
    return network.size();
  }

  int safeEntries() {
    return safe.size();
  }

  int terms() {
    return masters.size();
  }

  boolean leads(int i) {
    return machines.get(i).leads > 0;
  }

  boolean isBusy(int i) {
    Machine machine = machines.get(i);
    return machine.follows > 0 && machine.master >= 0;
  }

  // --- what may happen

  void pass() {
    now++;
    check();
  }

  void tick(int i) {
    step(i, new Input.Tick());
  }

  /** Delivers one of the messages under way, and keeps it for another time if asked to. */
  void deliver(int which, boolean again) {
    Parcel parcel = again ? network.get(which) : network.remove(which);
    step(parcel.to, new Input.Received(id(parcel.from), parcel.message));
  }

  void lose(int which) {
    network.remove(which);
  }

  /** The master executes a client's write, if its lease allows. */
  void write(int i) {
    Machine machine = machines.get(i);
    if (machine.leads > 0 && machine.attached == machine.leads) {
      machine.log.add(++entries);
      step(i, new Input.Advanced());
    }
  }

  /** A replica goes one step on: connects, loads, or takes an entry. */
  void replicate(int i) {
    Machine machine = machines.get(i);
    if (!isBusy(i)) {
      return;
    }
    Machine master = machines.get(machine.master);
    boolean serves = master.leads == machine.follows && master.attached == machine.follows;
    if (machine.attached != machine.follows) {
      if (serves) {
        connect(machine, master);
      }
    } else if (machine.source == master.life
        && machine.log.size() < master.log.size()
        && isPrefix(machine.log, master.log)) {
      machine.log.add(master.log.get(machine.log.size()));
    }
    step(i, new Input.Advanced());
  }

  private void connect(Machine machine, Machine master) {
    if (machine.loading) {
      machine.log = new ArrayList<>(master.log);
      machine.loading = false;
    } else if (machine.whole && isPrefix(machine.log, master.log)) {
      machine.source = master.life;
    } else {
      machine.log.clear();
      machine.whole = false;
      machine.loading = true;
      machine.bereft = true;
      return;
    }
    machine.whole = true;
    machine.bereft = false;
    machine.source = master.life;
    machine.attached = machine.follows;
  }

  void handOver(int from, int to) {
    Machine master = machines.get(from);
    if (master.elector.leads() && master.log.equals(machines.get(to).log)) {
      step(from, new Input.HandOver(id(to)));
    }
  }

  /** Ends the process and starts it again. */
  void restart(int i, boolean keepsData, boolean keepsBallot) {
    Machine machine = machines.get(i);
    Ballot ballot = machine.elector.ballot();
    machine.label = machine.whole ? ballot.reached() : machine.label;
    if (!keepsBallot) {
      ballot = Ballot.fresh(++memories);
    } else if (flaw == Flaw.CARELESS && !keepsData) {
      ballot = new Ballot(ballot.term(), ballot.candidate(), false, ballot.incarnation(), 0, 0);
    } else if (flaw == Flaw.FORGETFUL) {
      ballot = new Ballot(0, "", false, ballot.incarnation(), ballot.reached(), ballot.start());
    }
    machine.elector =
        Elector.start(
            machine.setup, ballot, flaw == Flaw.HASTY ? now - machine.setup.lease() : now);
    machine.whole = flaw == Flaw.CARELESS;
    if (!keepsData) {
      machine.log.clear();
      machine.bereft = flaw != Flaw.CARELESS;
    }
    machine.loading = false;
    machine.attached = 0;
    machine.source = -1;
    machine.life = ++entries;
    machine.leads = 0;
    machine.follows = 0;
    machine.master = -1;
    check();
  }

  // --- how it comes about

  private void step(int i, Input input) {
    Machine machine = machines.get(i);
    Elector.Step step = machine.elector.step(now, machine.holding(), input);
    machine.elector = step.next();
    for (Output output : step.outputs()) {
      carryOut(i, machine, output);
    }
    check();
  }

  private void carryOut(int i, Machine machine, Output output) {
    if (output instanceof Output.Send send) {
      post(i, index(send.to()), send.message());
    } else if (output instanceof Output.Tell tell) {
      for (int to = 0; to < machines.size(); to++) {
        if (to != i) {
          post(i, to, tell.message());
        }
      }
    } else if (output instanceof Output.Lead lead) {
      machine.leads = lead.term();
      machine.follows = 0;
      machine.attached = lead.term();
      boolean was = machine.bereft;
      machine.whole = true;
      machine.bereft = false;
      machine.loading = false;
      led(i, machine, lead.term(), was);
    } else if (output instanceof Output.Follow follow) {
      if (machine.follows != follow.term()) {
        machine.leads = 0;
        machine.follows = follow.term();
        machine.master = index(follow.master());
      }
    } else if (output instanceof Output.Retire) {
      machine.leads = 0;
      machine.follows = 0;
      machine.master = -1;
    }
  }

  private void post(int from, int to, Message message) {
    Message sent = message;
    if (flaw == Flaw.BOASTFUL && message instanceof Message.Canvass c) {
      Rank rank = new Rank(c.rank().term() + 9, 9);
      sent =
          new Message.Canvass(
              c.term(), c.trial(), rank, c.incarnation(), c.released(), c.releasedTerm());
    }
    Parcel parcel = new Parcel(from, to, sent);
    if (!network.contains(parcel)) {
      network.add(parcel);
    }
  }

  private void led(int i, Machine machine, long term, boolean was) {
    String who = Ballot.candidate(id(i), machine.elector.ballot().incarnation()) + machine.life;
    // Itself, if it was, no more: it leads now.
    long bereft = machines.stream().filter(each -> each.bereft).count() + (was ? 1 : 0);
    Stance.Leading leading = (Stance.Leading) machine.elector.stance();
    Reign other = masters.get(term);
    if (other != null && !other.master.equals(who) && isRemembered(other)) {
      throw new Violation("two masters of term " + term + ": " + other + " and " + who);
    }
    masters.put(term, new Reign(who, leading.poll().voices()));
    if (!isPrefix(safe, machine.log)) {
      if (bereft < machine.setup.majority()) {
        throw new Violation("lost of " + safe + ": " + machine.log);
      }
      safe = new ArrayList<>();
    }
    step(i, new Input.Led(term, machine.log.size()));
  }

  /** Whether any of those who elected it knows: where all have lost their disks, all is lost. */
  private boolean isRemembered(Reign reign) {
    return machines.stream()
        .anyMatch(
            machine -> {
              Poll.Voice voice = reign.voices.get(machine.setup.self());
              return voice != null && voice.incarnation() == machine.elector.ballot().incarnation();
            });
  }

  private static boolean isPrefix(List<Integer> part, List<Integer> whole) {
    return part.size() <= whole.size() && part.equals(whole.subList(0, part.size()));
  }

  private void check() {
    int alone = -1;
    for (int i = 0; i < machines.size(); i++) {
      Machine machine = machines.get(i);
      if (machine.elector.leads() && machine.elector.leaseUntil() - now > 0) {
        if (alone >= 0) {
          throw new Violation("two leases: " + machines.get(alone).state() + machine.state());
        }
        alone = i;
      }
      long offset = machine.elector.safeOffset(machine.holding());
      if (offset > safe.size()) {
        List<Integer> more = new ArrayList<>(machine.log.subList(0, (int) offset));
        if (!isPrefix(safe, more)) {
          throw new Violation("safe were " + safe + " and now " + more);
        }
        safe = more;
      }
    }
  }
}
