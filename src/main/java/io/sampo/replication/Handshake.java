package io.sampo.replication;

import io.sampo.resp.Bytes;
import io.sampo.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/**
 * What a replica and its master say to each other before the stream: PING, AUTH, REPLCONF, PSYNC.
 * Within a replica set the master has to confirm that it leads the term. One request at a time,
 * each answered by one line.
 */
public final class Handshake {
  /**
   * Who we are to the master.
   *
   * @param user for AUTH; empty for the default user
   * @param password empty if there is none
   * @param announcedIp empty if it is what the master sees
   * @param announcedPort where clients reach us
   */
  public record Identity(String user, String password, String announcedIp, int announcedPort) {}

  /** That the master leads a term of a replica set, and has its stream up to this offset. */
  record Led(long term, long offset) {}

  /** What a line of the master's leads to. */
  sealed interface Step permits Say, Wait, Full, Partial, Refused {}

  /** The next request, encoded. */
  record Say(byte[] request) implements Step {}

  /** Nothing yet. */
  record Wait() implements Step {}

  /** All data is to come, as of this offset of this history, and then the stream. */
  record Full(String id, long offset) implements Step {}

  /** The stream goes on from where we are; the history may have a new name. */
  record Partial(String id) implements Step {}

  /** It does not work, at least now. */
  record Refused(String reason) implements Step {}

  private static final Wait WAIT = new Wait();
  private static final int ID_LENGTH = 40;

  /** What a REPLCONF is about that asks whether the other leads a term of a replica set. */
  public static final String TERM = "sampo-term";

  private static final int MOST_LINE = 1 << 16;

  /** What each answer is an answer to; the last is PSYNC. */
  private final ArrayDeque<List<String>> requests = new ArrayDeque<>();

  private final String id;
  private final long term;
  private Optional<Led> led = Optional.empty();

  /** What has come and is not a whole line, or stands behind the last. */
  private ByteString unread = ByteString.emptyByteString();

  /**
   * @param term of a replica set, which the master has to lead; 0 if there is none
   * @param id names the history that we have
   * @param offset up to where we have it
   * @param handsOver whether the other, which has been our replica, is to become the master
   */
  Handshake(Identity identity, long term, String id, long offset, boolean handsOver) {
    this.id = id;
    this.term = term;
    requests.add(List.of("PING"));
    if (!identity.password.isEmpty()) {
      requests.add(
          identity.user.isEmpty()
              ? List.of("AUTH", identity.password)
              : List.of("AUTH", identity.user, identity.password));
    }
    requests.add(List.of("REPLCONF", "listening-port", String.valueOf(identity.announcedPort)));
    if (!identity.announcedIp.isEmpty()) {
      requests.add(List.of("REPLCONF", "ip-address", identity.announcedIp));
    }
    requests.add(List.of("REPLCONF", "capa", "eof", "capa", "psync2"));
    if (term > 0) {
      requests.add(List.of("REPLCONF", TERM, String.valueOf(term)));
    }
    String next = String.valueOf(offset + 1);
    requests.add(handsOver ? List.of("PSYNC", id, next, "FAILOVER") : List.of("PSYNC", id, next));
  }

  /** The first request. */
  byte[] begin() {
    return encode(requests.peek());
  }

  /** Takes what has come from the master. */
  void take(ByteString bytes) {
    unread = unread.concat(bytes);
  }

  /** The step that the next line leads to, of those that {@link #take} was given. */
  Step next() {
    while (true) {
      int end = unread.indexOf((byte) '\n');
      if (end < 0) {
        return unread.length() > MOST_LINE ? new Refused("a line without an end") : WAIT;
      }
      String line = unread.take(end).decodeString(StandardCharsets.ISO_8859_1).stripTrailing();
      unread = unread.drop(end + 1);
      Step step = answered(line);
      if (!(step instanceof Wait)) {
        return step;
      }
    }
  }

  /** What the master has said of the term that it was asked for. */
  Optional<Led> led() {
    return led;
  }

  /** What has come behind the last line. */
  ByteString rest() {
    return unread;
  }

  /**
   * The next step after a line, without its end, from the master. Empty lines only say that it
   * lives.
   */
  Step answered(String line) {
    if (line.isEmpty()) {
      return WAIT;
    }
    List<String> request = requests.poll();
    boolean error = line.charAt(0) == '-';
    switch (request.get(0)) {
      case "PING" -> {
        if (error && !line.startsWith("-NOAUTH") && !line.startsWith("-NOPERM")) {
          return new Refused("PING: " + line);
        }
      }
      case "AUTH" -> {
        if (error) {
          return new Refused("AUTH: " + line);
        }
      }
      case "PSYNC" -> {
        return synced(line);
      }
      default -> {
        if (request.get(1).equals(TERM)) {
          if (!line.startsWith(":")) {
            return new Refused("REPLCONF: " + line);
          }
          led = Optional.of(new Led(term, Long.parseLong(line.substring(1))));
        }
        // A master may be too old for some REPLCONF, and serves us nevertheless.
      }
    }
    return new Say(encode(requests.peek()));
  }

  private Step synced(String line) {
    String[] words = line.split(" ");
    if (words[0].equals("+CONTINUE")) {
      return new Partial(words.length > 1 && isId(words[1]) ? words[1] : id);
    }
    if (words[0].equals("+FULLRESYNC") && words.length == 3 && isId(words[1])) {
      byte[] offset = Bytes.ascii(words[2]);
      if (Bytes.isLong(offset, 0, offset.length)) {
        return new Full(words[1], Bytes.parseLong(offset, 0, offset.length));
      }
    }
    return new Refused("PSYNC: " + line);
  }

  private static boolean isId(String word) {
    return word.length() == ID_LENGTH;
  }

  private static byte[] encode(List<String> request) {
    return request(request.toArray(new String[0]));
  }

  /**
   * What tells the master how far we have come.
   *
   * @param onDisk up to where it is on the disk; below 0 if it is not kept there
   */
  static byte[] acknowledgement(long offset, long onDisk) {
    String all = String.valueOf(offset);
    return onDisk < 0
        ? request("REPLCONF", "ACK", all)
        : request("REPLCONF", "ACK", all, "FACK", String.valueOf(onDisk));
  }

  /** A request as it is sent. */
  static byte[] request(String... parts) {
    ReplyWriter out = new ReplyWriter(128);
    out.array(parts.length);
    for (String part : parts) {
      out.bulk(Bytes.ascii(part));
    }
    return out.toByteArray();
  }
}
