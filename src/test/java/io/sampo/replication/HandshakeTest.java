package io.sampo.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.sampo.resp.Args;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final String OURS = "a".repeat(40);
  private static final String THEIRS = "b".repeat(40);
  private static final Handshake.Identity NOBODY = new Handshake.Identity("", "", "", 7000);

  private final Handshake handshake = new Handshake(NOBODY, 0, OURS, 99, false);

  private static String text(byte[] request) {
    Frames frames = new Frames();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(request, 0, request.length, frames);
    assertEquals(1, frames.count());
    Args args = new Args().at(frames, 0);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < args.count(); i++) {
      words.add(args.text(i));
    }
    return String.join(" ", words);
  }

  private static String say(Handshake.Step step) {
    return text(assertInstanceOf(Handshake.Say.class, step).request());
  }

  private Handshake.Step answerToPsync(String line) {
    handshake.begin();
    handshake.answered("+PONG");
    handshake.answered("+OK");
    handshake.answered("+OK");
    return handshake.answered(line);
  }

  @Test
  void asksForTheByteBehindWhatThereIs() {
    assertEquals("PING", text(handshake.begin()));
    assertEquals("REPLCONF listening-port 7000", say(handshake.answered("+PONG")));
    assertEquals("REPLCONF capa eof capa psync2", say(handshake.answered("+OK")));
    assertEquals("PSYNC " + OURS + " 100", say(handshake.answered("+OK")));
    assertEquals(
        new Handshake.Full(THEIRS, 123), handshake.answered("+FULLRESYNC " + THEIRS + " 123"));
  }

  private Handshake askedForTerm() {
    Handshake inSet = new Handshake(NOBODY, 7, OURS, 99, false);
    inSet.begin();
    inSet.answered("+PONG");
    inSet.answered("+OK");
    assertEquals("REPLCONF sampo-term 7", say(inSet.answered("+OK")));
    return inSet;
  }

  @Test
  void hasTheMasterOfATermSayHowFarItHasCome() {
    Handshake inSet = askedForTerm();
    assertEquals("PSYNC " + OURS + " 100", say(inSet.answered(":1234")));
    assertEquals(Optional.of(new Handshake.Led(7, 1234)), inSet.led());
    assertEquals(Optional.empty(), handshake.led());
  }

  @Test
  void followsNobodyWhoDoesNotLeadTheTerm() {
    assertInstanceOf(Handshake.Refused.class, askedForTerm().answered("-ERR not me"));
  }

  @Test
  void logsInAndIntroducesItself() {
    Handshake known =
        new Handshake(new Handshake.Identity("user", "pass", "1.2.3.4", 7001), 0, OURS, 0, false);
    known.begin();
    assertEquals("AUTH user pass", say(known.answered("-NOAUTH Authentication required.")));
    assertEquals("REPLCONF listening-port 7001", say(known.answered("+OK")));
    assertEquals("REPLCONF ip-address 1.2.3.4", say(known.answered("+OK")));
    assertEquals("REPLCONF capa eof capa psync2", say(known.answered("-ERR unknown")));
    assertEquals("PSYNC " + OURS + " 1", say(known.answered("+OK")));
    Handshake plain =
        new Handshake(new Handshake.Identity("", "pass", "", 7001), 0, OURS, 0, false);
    plain.begin();
    assertEquals("AUTH pass", say(plain.answered("+PONG")));
    assertInstanceOf(Handshake.Refused.class, plain.answered("-WRONGPASS no"));
  }

  @Test
  void learnsTheNameOfTheHistoryThatGoesOn() {
    assertEquals(new Handshake.Partial(THEIRS), answerToPsync("+CONTINUE " + THEIRS));
  }

  @Test
  void goesOnUnderTheSameName() {
    assertEquals(new Handshake.Partial(OURS), answerToPsync("+CONTINUE"));
  }

  @Test
  void waitsWhereTheMasterOnlyLives() {
    assertInstanceOf(Handshake.Wait.class, handshake.answered(""));
    assertEquals("REPLCONF listening-port 7000", say(handshake.answered("+PONG")));
  }

  @Test
  void triesAgainWhereTheMasterCannotServe() {
    for (String line :
        List.of(
            "-NOMASTERLINK Can't SYNC while not connected with my master",
            "-LOADING Redis is loading the dataset in memory",
            "+FULLRESYNC short 12",
            "+FULLRESYNC " + THEIRS + " x",
            "+WHAT")) {
      Handshake again = new Handshake(NOBODY, 0, OURS, 99, false);
      again.begin();
      again.answered("+PONG");
      again.answered("+OK");
      again.answered("+OK");
      assertEquals(new Handshake.Refused("PSYNC: " + line), again.answered(line));
    }
    assertInstanceOf(Handshake.Refused.class, handshake.answered("-LOADING wait"));
  }

  @Test
  void readsLineByLine() {
    handshake.begin();
    handshake.take(ByteString.fromString("\n".repeat(1 << 20) + "+PO"));
    assertInstanceOf(Handshake.Wait.class, handshake.next());
    handshake.take(ByteString.fromString("NG\r\n+OK\r\n+OK\r\n+FULLRESYNC " + THEIRS + " 5\r\n$9"));
    assertEquals("REPLCONF listening-port 7000", say(handshake.next()));
    assertEquals("REPLCONF capa eof capa psync2", say(handshake.next()));
    assertEquals("PSYNC " + OURS + " 100", say(handshake.next()));
    assertEquals(new Handshake.Full(THEIRS, 5), handshake.next());
    assertEquals("$9", handshake.rest().utf8String());
  }

  @Test
  void refusesWhatHasNoEnd() {
    handshake.begin();
    handshake.take(ByteString.fromString("+".repeat(1 << 17)));
    assertInstanceOf(Handshake.Refused.class, handshake.next());
  }
}
