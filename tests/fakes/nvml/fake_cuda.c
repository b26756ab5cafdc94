/*
 * A libcuda.so.1 for tests of the context check: FAKE_CUDA says what it does: ok, hang, none (no device seen), fail (no context to be had), crash.
 * FAKE_CUDA=dry, for a dry run of the checks of tests/gpu: devices by CUDA_VISIBLE_DEVICES and the file of the fake driver; contexts and faults are told to its control file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define NO_DEVICE 100
#define ILLEGAL_ADDRESS 700
#define CONTEXT_MIB 400

static int faulted, mib;

static int does(const char *what) { const char *v = getenv("FAKE_CUDA"); return v && !strcmp(v, what); }

/* Place of a UUID in the fake driver's file; -1: not there. */
static int place(const char *uuid) {
    const char *path = getenv("FAKE_NVML_CONFIG");
    FILE *f = path ? fopen(path, "r") : NULL;
    char line[512], value[400];
    int gpu = -1, found = -1;
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, " [gpu%d]", &gpu) != 1 && sscanf(line, " uuid = %399s", value) == 1 && !strcmp(value, uuid)) found = gpu;
    }
    if (f) fclose(f);
    return found;
}

/* As CUDA does: the list ends at the first name that is not known. */
static int visible(int *first) {
    const char *all = getenv("CUDA_VISIBLE_DEVICES");
    char names[4096];
    int n = 0;
    snprintf(names, sizeof names, "%s", all ? all : "");
    for (char *rest = names, *name; (name = strsep(&rest, ",")) && *name; n++) {
        int at = place(name);
        if (at < 0) break;
        if (n == 0 && first) *first = at;
    }
    return n;
}

static void tell(const char *what, int figure) {
    const char *path = getenv("FAKE_NVML_CONTROL");
    int gpu = 0, f = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
    if (f < 0) return;
    visible(&gpu);
    if (!strcmp(what, "xid")) dprintf(f, "xid %d %d\n", gpu, figure);
    else dprintf(f, "client %d %d %d\n", gpu, (int)getpid(), figure);
    close(f);
}

EXPORT int cuInit(unsigned flags) { (void)flags; return does("none") || (does("dry") && !visible(NULL)) ? NO_DEVICE : 0; }
EXPORT int cuDeviceGetCount(int *n) { *n = does("dry") ? visible(NULL) : 1; return 0; }
EXPORT int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
    (void)device;
    if (does("hang")) for (;;) pause();
    if (does("crash")) abort();
    if (does("fail")) return 2;
    if (does("dry")) tell("client", mib = CONTEXT_MIB);
    *context = context;
    return 0;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; return 0; }
EXPORT int cuCtxSetCurrent(void *context) { (void)context; return 0; }
EXPORT int cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
    *address = 0x10000;
    tell("client", mib += (int)(bytes >> 20));
    return 0;
}
EXPORT int cuModuleLoadData(void **module, const void *image) { (void)image; *module = module; return 0; }
EXPORT int cuModuleGetFunction(void **function, void *module, const char *name) { (void)module; (void)name; *function = function; return 0; }
/* Nothing runs: a kernel is taken for the one that faults. */
EXPORT int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void *stream, void **arguments, void **extra) {
    (void)function; (void)gx; (void)gy; (void)gz; (void)bx; (void)by; (void)bz; (void)shared; (void)stream; (void)arguments; (void)extra;
    faulted = 1;
    return 0;
}
EXPORT int cuCtxSynchronize(void) {
    if (!faulted) return 0;
    tell("xid", 31);
    return ILLEGAL_ADDRESS;
}
