/* Loaded into a process, moves its wall clock and slows its disk down, as a file says that is mapped:
   seconds by which the clock is ahead, and milliseconds that each fsync takes longer; it notes there
   how many fsyncs have been slow. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long long *numbers;

static long long number(int which) {
  if (!numbers) {
    const char *path = getenv("MISCHIEF");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0) {
      return 0;
    }
    void *mapped = mmap(0, 3 * sizeof(long long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) {
      return 0;
    }
    numbers = mapped;
  }
  return numbers[which];
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) {
    now->tv_sec += number(0);
  }
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  int result = syscall(SYS_gettimeofday, now, zone);
  if (result == 0) {
    now->tv_sec += number(0);
  }
  return result;
}

/* Looks again and again, so that a disk that gets well does so for whoever waits, too. */
static void delay(void) {
  struct timespec step = {0, 10 * 1000 * 1000};
  if (number(1) > 0) {
    numbers[2]++;
  }
  for (long long waited = 0; waited < number(1); waited += 10) {
    nanosleep(&step, 0);
  }
}

int fsync(int file) {
  delay();
  return syscall(SYS_fsync, file);
}

int fdatasync(int file) {
  delay();
  return syscall(SYS_fdatasync, file);
}
