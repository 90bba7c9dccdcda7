package io.sampo.server.stats;

import io.sampo.server.config.Setting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Remembers what took longer than {@code latency-monitor-threshold}, by kind of event: {@code
 * command} and {@code fast-command}, {@code expire-cycle}, {@code eviction-cycle}, and {@code
 * loop}, the time a shard's core loop was late for its regular work. Used from any thread.
 */
public final class LatencyMonitor {
  private static final int SAMPLES = 160;

  /** The worst of one second. */
  public record Sample(long seconds, long millis) {}

  /**
   * What is known of one event.
   *
   * @param samples oldest first
   */
  public record Series(String event, List<Sample> samples, long worst) {
    public Sample latest() {
      return samples.get(samples.size() - 1);
    }
  }

  private static final class Track {
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long worst;

    void add(Sample sample) {
      worst = Math.max(worst, sample.millis);
      Sample last = samples.peekLast();
      if (last != null && last.seconds == sample.seconds) {
        if (last.millis >= sample.millis) {
          return;
        }
        samples.removeLast();
      }
      samples.add(sample);
      if (samples.size() > SAMPLES) {
        samples.remove();
      }
    }
  }

  private final TreeMap<String, Track> events = new TreeMap<>();
  private volatile long thresholdNanos = -1;

  public LatencyMonitor(Setting<Long> thresholdMillis) {
    thresholdMillis.each(
        millis -> thresholdNanos = millis == 0 ? -1 : Math.min(millis, 1L << 40) * 1_000_000);
  }

  /** From how many nanoseconds on events are remembered; negative while the monitor is off. */
  public long thresholdNanos() {
    return thresholdNanos;
  }

  /** Remembers an event, if it took long enough. */
  public void add(String event, long nanos, long nowMillis) {
    long threshold = thresholdNanos;
    if (threshold >= 0 && nanos >= threshold) {
      synchronized (this) {
        Track track = events.computeIfAbsent(event, name -> new Track());
        track.add(new Sample(nowMillis / 1000, nanos / 1_000_000));
      }
    }
  }

  public synchronized List<Series> all() {
    List<Series> all = new ArrayList<>();
    events.forEach(
        (event, track) -> all.add(new Series(event, List.copyOf(track.samples), track.worst)));
    return all;
  }

  /** What is known of this event; no samples if nothing is. */
  public Series series(String event) {
    return all().stream()
        .filter(series -> series.event.equals(event))
        .findFirst()
        .orElse(new Series(event, List.of(), 0));
  }

  /** Forgets these events; returns how many of them there were. */
  public synchronized int reset(Collection<String> names) {
    int before = events.size();
    names.forEach(events::remove);
    return before - events.size();
  }

  /** Forgets everything; returns how many events there were. */
  public synchronized int reset() {
    int before = events.size();
    events.clear();
    return before;
  }
}
