/* Loaded into a server to make its disk slow, and to turn its clock, by what a file says.

   SHIM_FAULTS names the file; each line is a word and a number: "sync 20000" waits so many microseconds in
   each sync, "clock 60000000" adds so many microseconds to the wall clock. It is
   read anew by each call, so that a test turns faults on and off while the server runs. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long asked(const char *word) {
    const char *path = getenv("SHIM_FAULTS");
    int file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    char text[256];
    ssize_t size = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (size < 0) return 0;
    text[size] = 0;
    char *found = strstr(text, word);
    return found ? atoll(found + strlen(word)) : 0;
}

static int waited(long long microseconds) {
    struct timespec span = {microseconds / 1000000, microseconds % 1000000 * 1000};
    return microseconds > 0 ? syscall(SYS_nanosleep, &span, NULL) : 0;
}

int fsync(int file) {
    waited(asked("sync "));
    return syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    waited(asked("sync "));
    return syscall(SYS_fdatasync, file);
}

static int turned(struct timespec *now) {
    long long at = now->tv_sec * 1000000LL + now->tv_nsec / 1000 + asked("clock ");
    now->tv_sec = at / 1000000;
    now->tv_nsec = at % 1000000 * 1000;
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    return failed || clock != CLOCK_REALTIME ? failed : turned(now);
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    (void)zone;
    return 0;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where) *where = now.tv_sec;
    return now.tv_sec;
}
