/* A libcuda.so.1 for tests of the context check: FAKE_CUDA says what it does: ok, hang, none (no device seen), fail (no context to be had), crash. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static int does(const char *what) { const char *v = getenv("FAKE_CUDA"); return v && !strcmp(v, what); }

EXPORT int cuInit(unsigned flags) { (void)flags; return does("none") ? 100 : 0; }
EXPORT int cuDeviceGetCount(int *n) { *n = 1; return 0; }
EXPORT int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
    (void)device;
    if (does("hang")) for (;;) pause();
    if (does("crash")) abort();
    if (does("fail")) return 2;
    *context = context;
    return 0;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; return 0; }
