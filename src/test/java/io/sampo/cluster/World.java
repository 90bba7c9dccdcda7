package io.sampo.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Electors, their disks, the data they stand for, and a network that does with messages as it
 * likes; for tests that look at what can become of it. An entry of the data is a number that nobody
 * else writes.
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
    /** A disk that has lost the end of the data says that it has what the ballot says. */
    MISLABELLED,
    /** Of a full copy the disk goes on saying what it said of the data before. */
    UNLABELLED,
    /** A node that synchronises vouches for what is yet to come. */
    PREMATURE,
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
      Setup setup = new Setup(id(i), voters, i >= data, lease, drift, 2, 0, 2);
      Elector elector = Elector.start(setup, Ballot.fresh(++memories), now);
      machines.add(new Machine(setup, flaw == Flaw.MISLABELLED, elector));
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
      machine.append(++entries);
      step(i, new Input.Advanced());
    }
  }

  /** Saves the data, or has a master begin to copy it for another replica. */
  void save(int i) {
    machines.get(i).save();
  }

  boolean isToNote(int i) {
    return isToNote(machines.get(i));
  }

  /** The disk gets to say where the data stands. */
  void note(int i) {
    Machine machine = machines.get(i);
    machine.note();
    if (machine.follows > 0 && machine.attached == machine.follows) {
      catchUp(machine);
    }
    step(i, new Input.Advanced());
  }

  /**
   * A replica goes one step on: connects, loads, or takes an entry.
   *
   * @param joins whether it gets a copy that was begun before, if there has to be one
   */
  void replicate(int i, boolean joins) {
    Machine machine = machines.get(i);
    if (!isBusy(i)) {
      return;
    }
    Machine master = machines.get(machine.master);
    boolean serves = master.leads == machine.follows && master.attached == machine.follows;
    if (machine.attached != machine.follows) {
      if (serves) {
        connect(machine, master, joins);
      }
    } else if (machine.source == master.life
        && machine.log.size() < master.log.size()
        && isPrefix(machine.log, master.log)) {
      machine.append(master.log.get(machine.log.size()));
      catchUp(machine);
    }
    step(i, new Input.Advanced());
  }

  private void connect(Machine machine, Machine master, boolean joins) {
    boolean again = machine.source == master.life;
    if (!again || !machine.loading) {
      machine.goal = master.log.size();
      machine.source = master.life;
    }
    if (machine.loading && again) {
      Machine.Copy copy = machine.begun.life() == master.life ? machine.begun : master.present();
      machine.load(copy, flaw == Flaw.UNLABELLED ? machine.label : copy.label());
    } else if (machine.bereft || !isPrefix(machine.log, master.log)) {
      boolean canJoin = master.saved.life() == master.life;
      machine.drop(
          joins && canJoin && isPrefix(master.saved.log(), master.log)
              ? master.saved
              : Machine.Copy.NOTHING);
      return;
    }
    machine.attached = machine.follows;
    catchUp(machine);
  }

  /**
   * Once it has what its master had when it was asked, a replica has the beginning of its term and
   * all that it ever had itself; and once it has noted that, it vouches for it.
   */
  private void catchUp(Machine machine) {
    if (machine.log.size() >= machine.goal && !machine.whole) {
      machine.place = machine.attached;
    }
    if (flaw == Flaw.PREMATURE || machine.log.size() >= machine.goal && !isToNote(machine)) {
      machine.recovered();
    }
  }

  private static boolean isToNote(Machine machine) {
    return machine.place != machine.label;
  }

  void handOver(int from, int to) {
    Machine master = machines.get(from);
    if (master.elector.leads() && master.log.equals(machines.get(to).log)) {
      step(from, new Input.HandOver(id(to)));
    }
  }

  /**
   * Ends the process and starts it again.
   *
   * @param lost how much a torn disk has lost: 1 for a note at the end, 2 for each entry
   */
  void restart(int i, Machine.Disk disk, int lost, boolean keepsBallot) {
    Machine machine = machines.get(i);
    Ballot ballot = machine.elector.ballot();
    machine.restart(disk, lost, ++entries);
    if (flaw == Flaw.CARELESS) {
      machine.recovered();
    }
    if (!keepsBallot) {
      ballot = Ballot.fresh(++memories);
    } else if (flaw == Flaw.CARELESS && disk != Machine.Disk.ALL) {
      ballot = new Ballot(ballot.term(), ballot.candidate(), false, ballot.incarnation(), 0, 0);
    } else if (flaw == Flaw.FORGETFUL) {
      ballot = new Ballot(0, "", false, ballot.incarnation(), ballot.reached(), ballot.start());
    }
    long start = flaw == Flaw.HASTY ? now - machine.setup.lease() : now;
    machine.elector = Elector.start(machine.setup, ballot, start);
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
      machine.place = lead.term();
      boolean had = machine.hasLost();
      machine.recovered();
      led(i, machine, lead.term(), had);
    } else if (output instanceof Output.Follow follow) {
      if (machine.follows != follow.term()) {
        machine.leads = 0;
        machine.follows = follow.term();
        machine.master = index(follow.master());
      }
    } else if (output instanceof Output.Reached reached) {
      machine.place = reached.term();
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

  private void led(int i, Machine machine, long term, boolean had) {
    String who = Ballot.candidate(id(i), machine.elector.ballot().incarnation()) + machine.life;
    // Itself, if it was, no more: it leads now.
    long lossy = machines.stream().filter(Machine::hasLost).count() + (had ? 1 : 0);
    Stance.Leading leading = (Stance.Leading) machine.elector.stance();
    Reign other = masters.get(term);
    if (other != null && !other.master.equals(who) && isRemembered(other)) {
      throw new Violation("two masters of term " + term + ": " + other + " and " + who);
    }
    masters.put(term, new Reign(who, leading.poll().voices()));
    if (!isPrefix(safe, machine.log)) {
      if (lossy < machine.setup.majority()) {
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
