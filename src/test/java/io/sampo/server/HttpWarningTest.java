package io.sampo.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HttpWarningTest {
  @Test
  void onceAMinuteIsEnough() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    HttpWarning warning = new HttpWarning(now::get);
    assertTrue(warning.isDue());
    assertFalse(warning.isDue());
    now.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertFalse(warning.isDue());
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertTrue(warning.isDue());
    assertFalse(warning.isDue());
  }
}
