package io.sampo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.sampo.data.Words;
import io.sampo.persist.Crc64;
import io.sampo.resp.Args;
import io.sampo.resp.Bytes;
import io.sampo.resp.Frames;
import io.sampo.resp.RequestDecoder;
import io.sampo.testkit.RespClient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What replicas and the append-only file are told of RESTORE. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestoreEffectsTest {
  private static final int SET_LISTPACK = 20;
  private static final int NEW_VERSION = 11;
  private static final int COMMON_VERSION = 10;

  @Test
  void timesAreAbsoluteAndValuesOfTheVersionThatAllCanRead() {
    String config = "sampo { port = 0, bind = \"127.0.0.1\", shards = 2, loops = 1 }";
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    List<List<String>> effects;
    String dump;
    long before = System.currentTimeMillis();
    try (Sampo sampo = Sampo.start(ConfigFactory.parseString(config));
        RespClient client = RespClient.connect(sampo.port())) {
      client.expect('+', "SET", "k", "v");
      dump = client.expect('$', "DUMP", "k").text();
      sampo
          .node()
          .journal()
          .add((offset, bytes, from, length) -> stream.write(bytes, from, length));
      client.expect('+', "RESTORE", "k", "100000", dump, "REPLACE", "FREQ", "1");
      client.expect('+', "RESTORE", "new", "0", setOfNewVersion());
      client.expect('+', "RESTORE", "k", "1", dump, "REPLACE", "ABSTTL");
      client.expect('+', "RESTORE", "never", "1", dump, "ABSTTL");
      client.expect('+', "RESTORE", "k", "4102444800000", dump, "ABSTTL");
      effects = requests(stream.toByteArray());
    }
    effects.removeIf(request -> request.get(0).equals("SELECT"));
    assertEquals(4, effects.size());

    long when = Long.parseLong(effects.get(0).get(2)) - 100_000;
    assertTrue(when >= before && when <= System.currentTimeMillis());
    assertEquals(
        List.of("RESTORE", "k", "" + (when + 100_000), dump, "REPLACE", "FREQ", "1", "ABSTTL"),
        effects.get(0));

    byte[] rewritten = Bytes.ascii(effects.get(1).get(3));
    assertEquals(COMMON_VERSION, rewritten[rewritten.length - 10]);
    assertEquals(sum(rewritten), Words.getLong(rewritten, rewritten.length - 8));
    assertEquals("0", effects.get(1).get(2));

    assertEquals(List.of("DEL", "k"), effects.get(2));
    assertEquals(List.of("RESTORE", "k", "4102444800000", dump, "ABSTTL"), effects.get(3));
  }

  private static String setOfNewVersion() {
    byte[] dump = {
      SET_LISTPACK, 9, 9, 0, 0, 0, 1, 0, 5, 1, -1, NEW_VERSION, 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    Words.putLong(dump, dump.length - 8, sum(dump));
    return Bytes.text(dump);
  }

  private static long sum(byte[] dump) {
    return Crc64.update(0, dump, 0, dump.length - 8);
  }

  private static List<List<String>> requests(byte[] stream) {
    Frames frames = new Frames();
    new RequestDecoder(RequestDecoder.Limits.DEFAULT).decode(stream, 0, stream.length, frames);
    List<List<String>> requests = new ArrayList<>();
    Args args = new Args();
    for (int i = 0; i < frames.count(); i++) {
      args.at(frames, i);
      List<String> request = new ArrayList<>();
      for (int j = 0; j < args.count(); j++) {
        request.add(args.text(j));
      }
      requests.add(request);
    }
    return requests;
  }
}
