package io.sampo.server.stats;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;

/** The JVM's memory, for people to read. */
public final class Heap {
  private Heap() {}

  /** A line for each pool and each collector. */
  public static String describe() {
    StringBuilder text = new StringBuilder();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      text.append(pool.getName())
          .append(": used ")
          .append(InfoText.human(pool.getUsage().getUsed()))
          .append(", committed ")
          .append(InfoText.human(pool.getUsage().getCommitted()))
          .append('\n');
    }
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      text.append(gc.getName())
          .append(": ")
          .append(gc.getCollectionCount())
          .append(" collections, ")
          .append(gc.getCollectionTime())
          .append(" ms\n");
    }
    return text.toString();
  }
}
