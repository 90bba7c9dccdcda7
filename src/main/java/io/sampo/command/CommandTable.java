package io.sampo.command;

import io.sampo.data.Words;
import io.sampo.resp.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All commands of a node, found by the bytes of their name. Built once at start from the families'
 * declarations; the look-up allocates nothing.
 */
public final class CommandTable {
  private final Map<String, Command> byName = new LinkedHashMap<>();
  private final List<Command> byId = new ArrayList<>();
  private Command[] slots = new Command[16];

  /** Names of up to eight bytes, in lower and in upper case, as a word each, and their commands. */
  private long[] words = new long[16];

  private Command[] byWord = new Command[16];
  private int nextId;

  /** Adds a family: the commands of one of Redis's groups. */
  public CommandTable add(String group, List<Command> commands) {
    for (Command command : commands) {
      command.in(group);
      if (byName.put(command.name, command) != null) {
        throw new IllegalStateException("declared twice: " + command.name);
      }
      number(command);
      command.subcommands().values().forEach(this::number);
    }
    index();
    return this;
  }

  /**
   * A table with these commands of this one, to which others may be added: their ids go on from
   * those here, where nothing is to be added any more.
   */
  public CommandTable part(String... names) {
    CommandTable part = new CommandTable();
    part.nextId = nextId;
    for (String name : names) {
      Command command = byName.get(name);
      part.byName.put(name, command);
      part.byId.add(command);
      part.byId.addAll(command.subcommands().values());
    }
    part.index();
    return part;
  }

  private void number(Command command) {
    command.id(nextId++);
    byId.add(command);
  }

  private void index() {
    int capacity = Integer.highestOneBit(Math.max(8, byName.size())) * 8;
    slots = new Command[capacity];
    for (Command command : byName.values()) {
      byte[] name = Bytes.ascii(command.name);
      int at = hash(name, 0, name.length) & capacity - 1;
      while (slots[at] != null) {
        at = at + 1 & capacity - 1;
      }
      slots[at] = command;
    }
    words = new long[2 * capacity];
    byWord = new Command[2 * capacity];
    for (Command command : byName.values()) {
      if (command.name.length() <= Long.BYTES) {
        addWord(command.name, command);
        addWord(command.name.toUpperCase(Locale.ROOT), command);
      }
    }
  }

  private void addWord(String name, Command command) {
    long word = Words.getLong(Arrays.copyOf(Bytes.ascii(name), Long.BYTES), 0);
    int at = place(word);
    while (words[at] != 0) {
      at = at + 1 & words.length - 1;
    }
    words[at] = word;
    byWord[at] = command;
  }

  private int place(long word) {
    return (int) (word * 0x9e3779b97f4a7c15L >>> 40) & words.length - 1;
  }

  /** The command of this name in any case; null where there is none (the one hot look-up). */
  public Command find(byte[] a, int offset, int length) {
    // Nearly every name, if its last byte is one.
    if (length > 0 && length <= Long.BYTES && offset + Long.BYTES <= a.length) {
      int unused = Long.SIZE - Byte.SIZE * length;
      long word = Words.getLong(a, offset) << unused >>> unused;
      if (a[offset + length - 1] != 0) {
        for (int at = place(word); words[at] != 0; at = at + 1 & words.length - 1) {
          if (words[at] == word) {
            return byWord[at];
          }
        }
      }
    }
    int mask = slots.length - 1;
    for (int at = hash(a, offset, length) & mask; ; at = at + 1 & mask) {
      Command command = slots[at];
      if (command == null || Bytes.equalsIgnoreCase(a, offset, length, command.name)) {
        return command;
      }
    }
  }

  private static int hash(byte[] a, int offset, int length) {
    int h = length;
    for (int i = offset; i < offset + length; i++) {
      h = h * 31 + (a[i] | 0x20);
    }
    return h ^ h >>> 9;
  }

  /** Every command, containers included, subcommands not, in the order of declaration. */
  public Collection<Command> commands() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** All ids of its commands are below this. */
  public int ids() {
    return nextId;
  }

  /** Every command and subcommand, by {@link Command#id} unless it is a part of another table. */
  public List<Command> all() {
    return Collections.unmodifiableList(byId);
  }
}
