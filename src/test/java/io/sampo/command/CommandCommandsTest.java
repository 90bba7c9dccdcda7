package io.sampo.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.Differential;
import io.sampo.testkit.RespClient;
import io.sampo.testkit.WireReply;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What COMMAND says, beside the real server's answers, for every command that both have. Texts for
 * people (summary, complexity, notes, what a version has changed) are our own.
 */
class CommandCommandsTest {
  /** Commands that have got another arity since the Redis we compare with. */
  private static final Set<String> NEWER = Set.of("zrank", "zrevrank");

  private static final Set<String> OWN_WORDS = Set.of("summary", "complexity");

  /** A request for each kind of key specification, and some that fit none. */
  private static final String[] REQUESTS = {
    "get a",
    "get a b",
    "get",
    "mget a b c",
    "mset a 1 b 2",
    "mset a 1 b",
    "del a",
    "del",
    "rename a b",
    "lcs a b",
    "strlen a",
    "object freq a",
    "object nope a",
    "object",
    "config get x",
    "set a b",
    "set a b GET",
    "set a b ex 1 get",
    "set a b nx",
    "setrange a 0 b",
    "bitfield a",
    "bitfield a GET u8 0",
    "bitfield a SET u8 0 1",
    "bitfield a OVERFLOW wrap GET u8 0",
    "bitfield a GET u8",
    "bitfield a GET u8 0 INCRBY u8 0 1",
    "bitop and d a b",
    "eval s 0",
    "eval s 2 a b",
    "eval s 3 a b",
    "eval s x",
    "eval s -1 a",
    "evalsha_ro s 1 a",
    "fcall f 1 a",
    "zunionstore d 2 a b",
    "zunionstore d 2 a",
    "zunionstore d x a",
    "zunionstore d 0 a",
    "zinter 2 a b WEIGHTS 1 2",
    "zdiff 99999999999 a",
    "lmpop 2 a b LEFT",
    "lmpop 0 a b LEFT",
    "blmpop 0 2 a b LEFT",
    "blpop a b 0",
    "blpop a",
    "xread STREAMS a 1",
    "xread COUNT 1 STREAMS a b 1 2",
    "xread STREAMS a b c",
    "xread COUNT 1 x y",
    "xreadgroup GROUP g c STREAMS a b 1 2",
    "xreadgroup GROUP STREAMS STREAMS STREAMS a 1",
    "georadius k 1 1 1 m",
    "georadius k 1 1 1 m STORE a",
    "georadius k 1 1 1 m STORE a STOREDIST b",
    "georadius k 1 1 1 m STORE",
    "georadiusbymember k a 1 m storedist a",
    "sort a",
    "sort a BY x GET y STORE d STORE e",
    "sort a BY store z",
    "sort a LIMIT store store d",
    "sort a STORE",
    "sort_ro a BY x",
    "migrate h 1 k 0 10",
    "migrate h 1 k 0 10 COPY KEYS a",
    "migrate h 1 k 0 10 AUTH keys",
    "ping",
    "ping a",
    "spublish a b",
    "ssubscribe a",
    "subscribe a",
    "nope a",
    "memory usage a",
    "xgroup create a b c",
    "pfcount a b",
    "sintercard 1 a LIMIT 3",
    "GETEX a",
    "restore a 0 b",
    "copy a b",
    "watch a b",
    "touch a",
    "exists a a"
  };

  @AgainstRedis
  void infoIsEqual(Differential pair) {
    List<String> common = common(pair);
    assertTrue(common.contains("command|info"));
    for (String name : common) {
      WireReply ours = info(pair.sampo(), name, common);
      assertEquals(info(pair.redis(), name, common), ours, name);
    }
  }

  @AgainstRedis
  void docsAreEqualButForProse(Differential pair) {
    List<String> common = common(pair);
    for (String name : common) {
      WireReply ours = docs(pair.sampo().call("COMMAND", "DOCS", name), common);
      WireReply theirs = docs(pair.redis().call("COMMAND", "DOCS", name), common);
      assertEquals(theirs, ours, name);
    }
  }

  @AgainstRedis
  void everyCommandIsSummarized(Differential pair) {
    WireReply docs = pair.sampo().call("COMMAND", "DOCS");
    assertEquals(pair.sampo().call("COMMAND", "COUNT").number(), docs.elements().size() / 2);
    for (int i = 1; i < docs.elements().size(); i += 2) {
      List<WireReply> facts = docs.elements().get(i).elements();
      assertEquals("summary", facts.get(0).text());
      assertFalse(facts.get(1).text().isBlank(), docs.elements().get(i - 1).text());
    }
  }

  @AgainstRedis
  void keysOfRequestsAreEqual(Differential pair) {
    List<String> common = common(pair);
    for (String request : REQUESTS) {
      String[] words = request.split(" ");
      if (common.contains(words[0].toLowerCase(Locale.ROOT)) || words[0].equals("nope")) {
        pair.same(command("GETKEYS", words));
        pair.same(command("GETKEYSANDFLAGS", words));
      }
    }
    if (common.contains("migrate")) {
      String[] many = {"migrate", "h", "1", "", "0", "10", "AUTH", "keys", "KEYS", "a", "b"};
      pair.same(command("GETKEYSANDFLAGS", many));
      pair.same(command("GETKEYS", "migrate", "h", "1", "", "0", "10", "auth2", "a", "keys"));
      pair.same(command("GETKEYS", "migrate", "h", "1", "", "0", "10", "keys"));
    }
  }

  @AgainstRedis
  void namesAreFoundAsInRedis(Differential pair) {
    for (String name : new String[] {"nope", "get|x", "command|nope", "command|info|x", "", "|"}) {
      pair.same("COMMAND", "INFO", name, name);
      pair.same("COMMAND", "DOCS", name);
    }
    WireReply upper = pair.sampo().call("COMMAND", "INFO", "COMMAND|INFO");
    assertEquals(pair.sampo().call("COMMAND", "INFO", "command|info"), upper);
    assertEquals(
        pair.sampo().call("COMMAND").sorted(), pair.sampo().call("COMMAND", "INFO").sorted());
  }

  @AgainstRedis
  void listsAreFiltered(Differential pair) {
    Set<String> common = new HashSet<>(common(pair));
    String[][] filters = {
      {"ACLCAT", "fast"}, {"ACLCAT", "STRING"}, {"aclcat", "connection"}, {"ACLCAT", "@string"},
      {"ACLCAT", ""}, {"PATTERN", "*"}, {"PATTERN", "GET*"}, {"pattern", "command|?[a-n]*"},
      {"PATTERN", "*|*"}, {"MODULE", "x"}
    };
    for (String[] filter : filters) {
      String[] request = {"COMMAND", "LIST", "FILTERBY", filter[0], filter[1]};
      Set<String> ours = new HashSet<>(pair.sampo().call(request).texts());
      Set<String> theirs = new HashSet<>(pair.redis().call(request).texts());
      ours.retainAll(common);
      theirs.retainAll(common);
      assertEquals(theirs, ours, filter[0] + ' ' + filter[1]);
    }
  }

  @AgainstRedis
  void errorsAreEqual(Differential pair) {
    pair.same("COMMAND", "LIST", "FILTERBY");
    pair.same("COMMAND", "LIST", "FILTERBY", "PATTERN");
    pair.same("COMMAND", "LIST", "FILTERBY", "PATTERN", "a", "b");
    pair.same("COMMAND", "LIST", "FILTERBY", "nope", "a");
    pair.same("COMMAND", "LIST", "nope", "PATTERN", "a");
    pair.same("COMMAND", "LIST", "FILTERBY", "ACLCAT", "nope");
    pair.same("COMMAND", "COUNT", "x");
    pair.same("COMMAND", "GETKEYS", "get");
    pair.same("COMMAND", "nope");
  }

  private static String[] command(String subcommand, String... words) {
    List<String> request = new ArrayList<>(List.of("COMMAND", subcommand));
    request.addAll(List.of(words));
    return request.toArray(String[]::new);
  }

  private static List<String> common(Differential pair) {
    Set<String> theirs = new HashSet<>(pair.redis().call("COMMAND", "LIST").texts());
    theirs.removeAll(NEWER);
    return pair.sampo().call("COMMAND", "LIST").texts().stream().filter(theirs::contains).toList();
  }

  private static WireReply info(RespClient client, String name, List<String> common) {
    WireReply whole = client.call("COMMAND", "INFO", name).elements().get(0);
    List<WireReply> facts = new ArrayList<>(whole.elements());
    assertEquals(10, facts.size(), name);
    WireReply keys = facts.get(8);
    facts.set(
        8, with(keys, keys.elements().stream().map(k -> without(k, Set.of(), true)).toList()));
    WireReply subs = facts.get(9);
    List<WireReply> shared =
        subs.elements().stream().filter(s -> common.contains(s.elements().get(0).text())).toList();
    facts.set(9, with(subs, shared.stream().map(s -> s.elements().get(0)).toList()).sorted());
    return with(whole, facts);
  }

  private static WireReply docs(WireReply reply, List<String> common) {
    assertEquals(2, reply.elements().size());
    WireReply facts = without(reply.elements().get(1), OWN_WORDS, false);
    List<WireReply> flat = new ArrayList<>(facts.elements());
    int history = facts.texts().indexOf("history") + 1;
    if (history > 0) {
      flat.set(history, versions(flat.get(history)));
    }
    int subs = facts.texts().indexOf("subcommands") + 1;
    if (subs > 0) {
      WireReply map = flat.get(subs);
      List<WireReply> names =
          map.elements().stream().filter(x -> common.contains(x.text())).toList();
      flat.set(subs, new WireReply('*', "of " + map.type(), names).sorted());
    }
    return with(reply, flat);
  }

  /** A history without what it says of each version, which must be something. */
  private static WireReply versions(WireReply history) {
    return with(
        history,
        history.elements().stream()
            .map(
                change -> {
                  assertEquals(2, change.elements().size());
                  assertFalse(change.elements().get(1).text().isBlank());
                  return with(change, change.elements().subList(0, 1));
                })
            .toList());
  }

  /** A map without some of its entries; on request with the text of notes left out. */
  private static WireReply without(WireReply map, Set<String> names, boolean notes) {
    List<WireReply> flat = new ArrayList<>();
    IntStream.iterate(0, i -> i < map.elements().size(), i -> i + 2)
        .filter(i -> !names.contains(map.elements().get(i).text()))
        .forEach(
            i -> {
              WireReply name = map.elements().get(i);
              flat.add(name);
              flat.add(notes && name.text().equals("notes") ? name : map.elements().get(i + 1));
            });
    return with(map, flat);
  }

  private static WireReply with(WireReply reply, List<WireReply> elements) {
    return new WireReply(reply.type(), reply.text(), elements);
  }
}
