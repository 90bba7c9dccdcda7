package io.sampo.server.stats;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the operating system tells of this process; 0 where it does not. */
public final class OperatingSystem {
  /** Linux reports times in hundredths of a second, whatever the kernel's own clock. */
  private static final double TICKS_PER_SECOND = 100;

  private static final String RESIDENT = "\nVmRSS:";

  private static final OperatingSystemMXBean BEAN =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private OperatingSystem() {}

  /** Seconds of processor time: in user mode, and in the kernel. */
  public record CpuTimes(double user, double system) {}

  public static CpuTimes cpuTimes() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // Behind the name of the program, which may hold anything: fields 14 and 15 of proc(5).
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return new CpuTimes(
          Long.parseLong(fields[11]) / TICKS_PER_SECOND,
          Long.parseLong(fields[12]) / TICKS_PER_SECOND);
    } catch (IOException noProc) {
      return new CpuTimes(BEAN.getProcessCpuTime() / 1e9, 0);
    }
  }

  /** Bytes of memory that the process has resident. */
  public static long residentMemory() {
    try {
      String status = Files.readString(Path.of("/proc/self/status"));
      int start = status.indexOf(RESIDENT);
      if (start < 0) {
        return 0;
      }
      int from = start + RESIDENT.length();
      return 1024 * Long.parseLong(status.substring(from, status.indexOf(" kB", from)).trim());
    } catch (IOException noProc) {
      return 0;
    }
  }

  /** Bytes of memory that the machine or container has. */
  public static long totalMemory() {
    return BEAN.getTotalMemorySize();
  }

  /** How many files and sockets the process may have open. */
  public static long maxDescriptors() {
    return BEAN instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
