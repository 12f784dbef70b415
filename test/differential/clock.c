/*
 * A wall clock that a test holds, for any program: preloaded, it answers every question for the wall time with the
 * milliseconds (64 bits, this machine's byte order) in the file HELD_CLOCK_FILE, which the test overwrites. Monotonic
 * clocks, on which event loops wait, run on.
 *
 * Why not libfaketime: it calls malloc while it starts, and the jemalloc of redis-server asks for the time while it starts.
 * This one calls nothing but system calls.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t held_ms(void) {
    static const volatile int64_t *clock_ms;
    if (!clock_ms) {
        const char *path = getenv("HELD_CLOCK_FILE");
        int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
        if (page == MAP_FAILED) _exit(99);
        close(file);
        clock_ms = page;
    }
    return *clock_ms;
}

int clock_gettime(clockid_t id, struct timespec *time) {
    if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE) return (int)syscall(SYS_clock_gettime, id, time);
    int64_t ms = held_ms();
    time->tv_sec = ms / 1000;
    time->tv_nsec = ms % 1000 * 1000000;
    return 0;
}

int gettimeofday(struct timeval *time, void *zone) {
    (void)zone;
    int64_t ms = held_ms();
    time->tv_sec = ms / 1000;
    time->tv_usec = ms % 1000 * 1000;
    return 0;
}

time_t time(time_t *out) {
    time_t seconds = held_ms() / 1000;
    if (out) *out = seconds;
    return seconds;
}
