package io.sampo.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sampo.resp.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
  @Test
  void hasTheCheckValueOfJonessPolynomial() {
    assertEquals(0xe9c6d914c4b8d9caL, Crc64.update(0, Bytes.ascii("123456789"), 0, 9));
  }

  @Test
  void aSumGoesOnWhereTheLastOneEnded() {
    byte[] bytes = new byte[1000];
    new Random(1).nextBytes(bytes);
    long whole = Crc64.update(0, bytes, 0, bytes.length);
    for (int cut = 0; cut < bytes.length; cut += 13) {
      long first = Crc64.update(0, bytes, 0, cut);
      assertEquals(whole, Crc64.update(first, bytes, cut, bytes.length - cut));
    }
  }
}
