package io.sampo.command.stream;

import static io.sampo.command.stream.Timeless.everything;
import static io.sampo.command.stream.Timeless.sayTimeless;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sampo.testkit.AgainstRedis;
import io.sampo.testkit.AgainstRedis.On;
import io.sampo.testkit.Differential;
import io.sampo.testkit.WireReply;

/** The commands on groups of consumers reply what Redis replies. */
class StreamGroupsTest {
  private static final String MAX = "18446744073709551615";

  @AgainstRedis({@On, @On(shards = 5, loops = 2)})
  void groups(Differential pair) {
    pair.say("XGROUP CREATE k g 0 MKSTREAM", "XGROUP CREATE k g 0", "XGROUP CREATE k g 0 MKSTREAM");
    everything(pair, "k");
    for (int i = 1; i <= 10; i++) {
      pair.say("XADD k " + i + " f " + i);
    }
    pair.say("XGROUP CREATE k h $ ENTRIESREAD 5", "XGROUP CREATE k i 3 ENTRIESREAD -2");
    pair.say("XGROUP CREATE k i 3 ENTRIESREAD x", "XGROUP CREATE k i 3 ENTRIESREAD");
    pair.say(
        "XGROUP CREATE k i 3 MKSTREAM MKSTREAM MKSTREAM MKSTREAM",
        "XGROUP CREATE none i 3 ENTRIESREAD 5 ENTRIESREAD 5",
        "XGROUP CREATE k g 3 ENTRIESREAD 5 ENTRIESREAD 5",
        "XGROUP SETID none i 3 ENTRIESREAD 5 ENTRIESREAD 5",
        "XGROUP SETID k none 3 ENTRIESREAD 5 ENTRIESREAD 5",
        "XGROUP SETID k g x ENTRIESREAD 5 ENTRIESREAD 5");
    pair.say("XGROUP CREATE k i 3 WHAT", "XGROUP CREATE k i 3 ENTRIESREAD -1 MKSTREAM");
    everything(pair, "k");
    pair.say("XREADGROUP GROUP g c COUNT 2 STREAMS k >", "XREADGROUP GROUP g c STREAMS k 0");
    pair.say("XREADGROUP GROUP g d COUNT 2 STREAMS k >", "XREADGROUP GROUP g d STREAMS k 3");
    pair.say("XREADGROUP GROUP g d NOACK COUNT 2 STREAMS k >", "XREADGROUP GROUP g d STREAMS k $");
    pair.say("XREADGROUP GROUP g e STREAMS k 0", "XREADGROUP GROUP x e STREAMS k >");
    pair.say("XREADGROUP GROUP i e STREAMS k >", "XREADGROUP GROUP i e STREAMS k >");
    pair.say("XREADGROUP STREAMS k > a b", "XREADGROUP GROUP g c NOACK STREAMS k none > >");
    pair.say("XREADGROUP GROUP g c STREAMS k k > 0", "XREADGROUP GROUP g c WHAT STREAMS k >");
    pair.say(
        "XREADGROUP COUNT 2 COUNT 2 COUNT 2 STREAMS k >", "XREADGROUP GROUP g c STREAMS k k >");
    pair.say("XREADGROUP GROUP g c COUNT 1 STREAMS k " + MAX, "XPENDING k g", "XPENDING k h");
    everything(pair, "k");
    sayTimeless(pair, "XINFO CONSUMERS k g", "XPENDING k g - + 10", "XPENDING k g - + 10 c");
    sayTimeless(pair, "XPENDING k g (1 (4 10", "XPENDING k g 2 3 10", "XPENDING k g - + 10 x");
    sayTimeless(pair, "XPENDING k g IDLE 0 - + 10", "XPENDING k g IDLE 100000 - + 10");
    pair.say("XPENDING k g IDLE x - + 10", "XPENDING k g IDLE 5 - +", "XPENDING k g - + x");
    pair.say("XPENDING k g - + -1", "XPENDING k g - + 0", "XPENDING k g -", "XPENDING k g - +");
    sayTimeless(pair, "XPENDING k g IDLE 0 - + 10 c d", "XPENDING k g a - + 10 c d");
    sayTimeless(pair, "XPENDING k g - + 1 c d");
    pair.say("XDEL k 1 4", "XREADGROUP GROUP g c STREAMS k 0", "XREADGROUP GROUP g d STREAMS k 0");
    sayTimeless(pair, "XPENDING k g - + 10");
    pair.say("XACK k g 1 2 3 3 99", "XACK k g x", "XACK k g 4 x", "XPENDING k g", "XACK k x 1");
    everything(pair, "k");
    pair.say("XGROUP SETID k g 2", "XREADGROUP GROUP g z STREAMS k >", "XPENDING k g");
    pair.say(
        "XGROUP SETID k g $ ENTRIESREAD 3", "XGROUP SETID k g 2 MKSTREAM", "XGROUP SETID k g x");
    everything(pair, "k");
    pair.say("XGROUP SETID k x 1", "XGROUP CREATECONSUMER k g n", "XGROUP CREATECONSUMER k g n");
    pair.say("XGROUP CREATECONSUMER k x n", "XGROUP DELCONSUMER k g z", "XGROUP DELCONSUMER k g z");
    pair.say("XGROUP DELCONSUMER k x z", "XPENDING k g", "COPY k l", "XGROUP DESTROY k g");
    pair.say("XGROUP DESTROY k g", "XADD k 50 a b");
    everything(pair, "k");
    everything(pair, "l");
    pair.say("DEL k", "XREADGROUP GROUP g z STREAMS k >");
  }

  @AgainstRedis
  void claims(Differential pair) {
    for (int i = 1; i <= 30; i++) {
      pair.say("XADD k " + i + " f " + i);
    }
    pair.say("XGROUP CREATE k g 0", "XREADGROUP GROUP g c COUNT 15 STREAMS k >");
    pair.say("XCLAIM k g d 0 1 2 99", "XCLAIM k g d 0 3 JUSTID", "XCLAIM k g d 100000 4");
    pair.say("XCLAIM k g d 0 20", "XCLAIM k g d 0 20 FORCE", "XCLAIM k g d 0 21 FORCE JUSTID");
    pair.say(
        "XCLAIM k g d 0 99 FORCE", "XCLAIM k g d 0 5 RETRYCOUNT 7", "XCLAIM k g d -5 6 IDLE 5000");
    pair.say("XCLAIM k g d 0 7 TIME 5", "XCLAIM k g d 0 8 TIME -5", "XCLAIM k g d 0 8 TIME x");
    pair.say(
        "XCLAIM k g d 0 8 IDLE x", "XCLAIM k g d 0 8 IDLE -9", "XCLAIM k g d 0 8 RETRYCOUNT x");
    pair.say("XCLAIM k g d 0 8 RETRYCOUNT -2", "XCLAIM k g d 0 8 TIME", "XCLAIM k g d 0 8 WHAT 5");
    pair.say(
        "XCLAIM k g d x 8", "XCLAIM k g d 0 x", "XCLAIM k g d 0 8 x", "XCLAIM k g d 0 8 8 force");
    pair.say(
        "XCLAIM k g e 0 9 LASTID 25", "XCLAIM k g e 0 9 LASTID 5", "XCLAIM k g e 0 9 LASTID x");
    pair.say("XCLAIM k x e 0 9", "XCLAIM none g e 0 9", "XCLAIM k g e 0 22 FORCE RETRYCOUNT 0");
    sayTimeless(pair, "XPENDING k g - + 50", "XINFO CONSUMERS k g");
    everything(pair, "k");
    pair.say("XDEL k 2 3 10", "XCLAIM k g d 0 2 10 11", "XPENDING k g");
    pair.say("XAUTOCLAIM k g f 0 0 COUNT 3", "XAUTOCLAIM k g f 0 4 COUNT 2 JUSTID");
    pair.say("XAUTOCLAIM k g f 100000 0 COUNT 1", "XAUTOCLAIM k g f 0 (11", "XPENDING k g");
    pair.say(
        "XAUTOCLAIM k g f 0 0 COUNT 0",
        "XAUTOCLAIM k g f 0 0 COUNT x",
        "XAUTOCLAIM k g f 0 0 WHAT");
    pair.say("XAUTOCLAIM k g f 0 0 COUNT", "XAUTOCLAIM k g f x 0", "XAUTOCLAIM k g f 0 x");
    pair.say("XAUTOCLAIM k x f 0 0", "XAUTOCLAIM k g new 0 99", "XAUTOCLAIM k g f -1 0 JUSTID");
    pair.say("XAUTOCLAIM k g f 0 + COUNT 2", "XAUTOCLAIM k g f 0 - COUNT 2", "XDEL k 1 4 5 6");
    pair.say("XAUTOCLAIM k g f 0 - COUNT 2", "XAUTOCLAIM k g f 0 - COUNT 2", "XPENDING k g");
    sayTimeless(pair, "XPENDING k g - + 50", "XINFO CONSUMERS k g");
    everything(pair, "k");
  }

  @AgainstRedis
  void manyPending(Differential pair) {
    for (int i = 1; i <= 1500; i++) {
      pair.say("XADD l " + i / 3 + "-" + i + " f " + i);
    }
    pair.say("XGROUP CREATE l g 0");
    for (String name : new String[] {"c", "d", "c", "few", "e", "c"}) {
      int count = name.equals("few") ? 9 : 290;
      pair.say("XREADGROUP GROUP g " + name + " COUNT " + count + " STREAMS l >");
    }
    pair.say(
        "XADD l 600 f new", "XTRIM l MAXLEN 1400", "XCLAIM l g e 0 70-212 70-211 450-1352 9-28");
    String gone = "XDEL l";
    String scattered = "XCLAIM l g d 0";
    String back = "XCLAIM l g c 0";
    for (int i = 1; i <= 1500; i += 11) {
      gone += " " + i / 3 + "-" + i;
      int next = i * 4 % 1500;
      scattered += " " + next / 3 + "-" + next;
      back += " " + (1500 - i) / 3 + "-" + (1500 - i);
    }
    pair.say(gone, scattered, back, "XPENDING l g", "XREADGROUP GROUP g c STREAMS l 0");
    pair.say(
        "XREADGROUP GROUP g c COUNT 200 STREAMS l 100", "XREADGROUP GROUP g d STREAMS l 333-999");
    sayTimeless(pair, "XPENDING l g - + 2000", "XPENDING l g (100 300-901 2000 c");
    sayTimeless(pair, "XPENDING l g IDLE 0 120 + 300", "XPENDING l g IDLE 1000000 - + 2000");
    sayTimeless(pair, "XINFO STREAM l FULL COUNT 0");
    pair.say("XAUTOCLAIM l g e 0 0 COUNT 130", "XAUTOCLAIM l g e 0 90 COUNT 700 JUSTID");
    pair.say("XAUTOCLAIM l g few 1000000 0 COUNT 90", "XAUTOCLAIM l g c 0 480-1 COUNT 700");
    sayTimeless(pair, "XPENDING l g - + 2000");
    pair.say("XGROUP DELCONSUMER l g few", "XPENDING l g", "XGROUP DELCONSUMER l g e");
    everything(pair, "l");
    pair.say("COPY l m", "XACK l g 480-1440 481-1443 481-1444", "XAUTOCLAIM l g z 0 0 COUNT 9999");
    pair.say("XPENDING m g", "XGROUP DESTROY m g", "XGROUP DELCONSUMER l g z", "XPENDING l g");
    everything(pair, "l");
    everything(pair, "m");
  }

  @AgainstRedis
  void infos(Differential pair) {
    for (int i = 1; i <= 30; i++) {
      pair.say("XADD k " + i + " f " + i);
    }
    pair.say("XGROUP CREATE k g 0", "XREADGROUP GROUP g c STREAMS k >");
    sayTimeless(pair, "XINFO STREAM k FULL COUNT 3", "XINFO STREAM k FULL COUNT -1");
    sayTimeless(pair, "XINFO STREAM k FULL COUNT x", "XINFO STREAM k full count 12");
    sayTimeless(pair, "XINFO STREAM k FULL COUNT", "XINFO STREAM k FULL WHAT 1");
    sayTimeless(pair, "XINFO STREAM k COUNT 1", "XINFO STREAM k FULL COUNT 1 2");
    assertTrue(pair.sampo().call("XINFO", "HELP").elements().size() > 8);
    WireReply consumer = pair.sampo().call("XINFO", "CONSUMERS", "k", "g").elements().get(0);
    assertEquals("inactive", consumer.elements().get(6).text());
  }
}
