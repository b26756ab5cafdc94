/* A libnvidia-ml.so.1 for tests: see README.md beside it. Own structs with the published layouts. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define MAX_GPU 16
#define MAX_MIG 8
#define MAX_PROC 128
#define MAX_RULE 32
#define MAX_EVENT 4096
#define WHOLE 0xFFFFFFFFu

enum {
    OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, NO_DRIVER = 9, TIMED_OUT = 10,
    NO_FUNCTION = 13, LOST = 15, MISMATCH = 18, BAD_VERSION = 25
};

typedef struct { int gpu, mig; } Handle;
typedef struct { char uuid[96]; unsigned gi, ci; uint64_t mib; Handle handle; } Mig;
typedef struct { unsigned pid; uint64_t mib; int mig, mps, real; } Proc;
typedef struct {
    int present, lost, mig_mode, mig_count, proc_count, links[MAX_GPU];
    char name[96], uuid[96], bus[32];
    int cc_major, cc_minor;
    uint64_t total, reserved, used, grow;
    unsigned util, mem_util, temp, power, recovery, remap[3];
    uint64_t ecc, reasons;
    Mig migs[MAX_MIG];
    Proc procs[MAX_PROC];
    Handle handle;
} Gpu;
typedef struct { char function[64]; int gpu, code; } Fail;
typedef struct { char function[64]; int ms; } Delay;
typedef struct { int gpu; uint64_t type, data; unsigned gi, ci; } Event;
typedef struct { uint64_t wanted[MAX_GPU]; } Set;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Gpu gpus[MAX_GPU];
static Fail fails[MAX_RULE];
static Delay delays[MAX_RULE];
static Event events[MAX_EVENT];
static int gpu_count, fail_count, delay_count, event_count, references, stride, old, mismatch, control = -1;
static off_t control_at;
static double started;
static char driver[80], nvml[80];
static int cuda;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void rest(int ms) {
    struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };
    nanosleep(&t, NULL);
}

/* ---- configuration ---- */

static void defaults(int i) {
    Gpu *g = &gpus[i];
    memset(g, 0, sizeof *g);
    g->present = 1;
    strcpy(g->name, "NVIDIA H100 80GB HBM3");
    snprintf(g->uuid, sizeof g->uuid, "GPU-00000000-0000-0000-0000-%012d", i);
    snprintf(g->bus, sizeof g->bus, "00000000:%02X:00.0", 0x10 + i);
    g->cc_major = 9;
    g->total = 81559; g->reserved = 551; g->used = 0;
    g->temp = 34; g->power = 71000; g->reasons = 1;
    g->handle.gpu = i; g->handle.mig = -1;
    if (i >= gpu_count) gpu_count = i + 1;
}

static void set_system(const char *key, const char *value) {
    if (!strcmp(key, "driver")) snprintf(driver, sizeof driver, "%s", value);
    else if (!strcmp(key, "nvml")) snprintf(nvml, sizeof nvml, "%s", value);
    else if (!strcmp(key, "cuda")) cuda = atoi(value);
    else if (!strcmp(key, "proc_stride")) stride = atoi(value);
    else if (!strcmp(key, "old")) old = atoi(value);
    else if (!strcmp(key, "mismatch")) mismatch = atoi(value);
    else { fprintf(stderr, "fake nvml: unknown key '%s' in [system]\n", key); abort(); }
}

static void set_gpu(Gpu *g, const char *key, const char *value) {
    if (!strcmp(key, "name")) snprintf(g->name, sizeof g->name, "%s", value);
    else if (!strcmp(key, "uuid")) snprintf(g->uuid, sizeof g->uuid, "%s", value);
    else if (!strcmp(key, "bus")) snprintf(g->bus, sizeof g->bus, "%s", value);
    else if (!strcmp(key, "cc")) sscanf(value, "%d.%d", &g->cc_major, &g->cc_minor);
    else if (!strcmp(key, "mem_total_mib")) g->total = strtoull(value, NULL, 10);
    else if (!strcmp(key, "mem_reserved_mib")) g->reserved = strtoull(value, NULL, 10);
    else if (!strcmp(key, "mem_used_mib")) g->used = strtoull(value, NULL, 10);
    else if (!strcmp(key, "mem_grow_mib_s")) g->grow = strtoull(value, NULL, 10);
    else if (!strcmp(key, "util")) g->util = atoi(value);
    else if (!strcmp(key, "mem_util")) g->mem_util = atoi(value);
    else if (!strcmp(key, "temp")) g->temp = atoi(value);
    else if (!strcmp(key, "power_mw")) g->power = atoi(value);
    else if (!strcmp(key, "recovery")) g->recovery = atoi(value);
    else if (!strcmp(key, "mig_mode")) g->mig_mode = atoi(value);
    else if (!strcmp(key, "proc") && g->proc_count < MAX_PROC) {
        Proc *p = &g->procs[g->proc_count++];
        unsigned long long mib = 0;
        sscanf(value, "%u:%llu", &p->pid, &mib);
        p->mib = mib;
        p->mig = -1;
    } else if (!strcmp(key, "nvlink")) {
        int peer = 0, count = 0;
        sscanf(value, "%d:%d", &peer, &count);
        if (peer >= 0 && peer < MAX_GPU) g->links[peer] = count;
    } else if (!strcmp(key, "mig") && g->mig_count < MAX_MIG) {
        Mig *m = &g->migs[g->mig_count];
        unsigned long long mib = 0;
        sscanf(value, "%95[^,],%u,%u,%llu", m->uuid, &m->gi, &m->ci, &mib);
        m->mib = mib;
        m->handle.gpu = (int)(g - gpus);
        m->handle.mig = g->mig_count++;
    } else { fprintf(stderr, "fake nvml: unknown key '%s' of a gpu\n", key); abort(); }
}

static int load(void) {
    const char *path = getenv("FAKE_NVML_CONFIG");
    FILE *f = path && *path ? fopen(path, "r") : NULL;
    if (!f) return NO_DRIVER;
    memset(gpus, 0, sizeof gpus);
    gpu_count = fail_count = delay_count = event_count = old = mismatch = 0;
    stride = 24; cuda = 13000;
    strcpy(driver, "580.65.06"); strcpy(nvml, "13.580.65.06");
    char line[512];
    Gpu *g = NULL;
    while (fgets(line, sizeof line, f)) {
        char key[64], value[400];
        int i;
        if (sscanf(line, " [gpu%d]", &i) == 1 && i >= 0 && i < MAX_GPU) { defaults(i); g = &gpus[i]; }
        else if (strstr(line, "[system]")) g = NULL;
        else if (sscanf(line, " %63[a-z_] = %399[^\n]", key, value) == 2) { if (g) set_gpu(g, key, value); else set_system(key, value); }
    }
    fclose(f);
    started = now();
    if (control >= 0) close(control);
    path = getenv("FAKE_NVML_CONTROL");
    control = path && *path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    control_at = 0;
    return mismatch ? MISMATCH : OK;
}

/* ---- control file ---- */

static Gpu *at(int i) { return i >= 0 && i < gpu_count && gpus[i].present ? &gpus[i] : NULL; }

static void push(int gpu, uint64_t type, uint64_t data, unsigned gi, unsigned ci) {
    if (event_count < MAX_EVENT) events[event_count++] = (Event){ gpu, type, data, gi, ci };
}

static void set_proc(Gpu *g, int pid, int mib, int mig, int mps) {
    int i = 0;
    while (i < g->proc_count && g->procs[i].pid != (unsigned)pid) i++;
    if (i == MAX_PROC) return;
    g->procs[i] = (Proc){ pid, mib, mig, mps, 0 };
    if (i == g->proc_count) g->proc_count++;
}

static void drop_proc(Gpu *g, int pid) {
    for (int i = 0; i < g->proc_count; i++)
        if (g->procs[i].pid == (unsigned)pid) g->procs[i--] = g->procs[--g->proc_count];
}

/* Clients are processes of this machine: they are listed, and hold their memory, for as long as they live. */
static void drop_dead(Gpu *g) {
    for (int i = 0; i < g->proc_count; i++)
        if (g->procs[i].real && kill((pid_t)g->procs[i].pid, 0) && errno == ESRCH) g->procs[i--] = g->procs[--g->proc_count];
}

static void add_client(Gpu *g, int pid, int mib) {
    drop_dead(g);
    set_proc(g, pid, mib, -1, 0);
    for (int i = 0; i < g->proc_count; i++) if (g->procs[i].pid == (unsigned)pid) g->procs[i].real = 1;
}

static void order(const char *line) {
    char word[64];
    int i, a, b, c;
    unsigned gi = WHOLE, ci = WHOLE;
    if (sscanf(line, "xid %d %d %u %u", &i, &a, &gi, &ci) >= 2) push(i, 0x8, a, gi, ci);
    else if (sscanf(line, "orphan %d", &a) == 1) push(-1, 0x8, a, WHOLE, WHOLE);
    else if (sscanf(line, "ecc %d %d", &i, &a) == 2) { if (at(i)) { gpus[i].ecc += a; push(i, 0x2, a, WHOLE, WHOLE); } }
    else if (sscanf(line, "lost %d", &i) == 1) { if (at(i)) gpus[i].lost = 1; }
    else if (sscanf(line, "restore %d", &i) == 1) { if (at(i)) gpus[i].lost = 0; }
    else if (sscanf(line, "mem %d %d", &i, &a) == 2) { if (at(i)) { gpus[i].used = a; gpus[i].grow = 0; } }
    else if (sscanf(line, "remap %d %d %d %d", &i, &a, &b, &c) == 4) { if (at(i)) { gpus[i].remap[0] = a; gpus[i].remap[1] = b; gpus[i].remap[2] = c; } }
    else if (sscanf(line, "recovery %d %d", &i, &a) == 2) { if (at(i)) gpus[i].recovery = a; }
    else if (sscanf(line, "proc %d %d %d", &i, &a, &b) == 3) { if (at(i)) set_proc(&gpus[i], a, b, -1, 0); }
    else if (sscanf(line, "migproc %d %d %d %d", &i, &c, &a, &b) == 4) { if (at(i)) set_proc(&gpus[i], a, b, c, 0); }
    else if (sscanf(line, "mpsproc %d %d %d", &i, &a, &b) == 3) { if (at(i)) set_proc(&gpus[i], a, b, -1, 1); }
    else if (sscanf(line, "client %d %d %d", &i, &a, &b) == 3) { if (at(i)) add_client(&gpus[i], a, b); }
    else if (sscanf(line, "reasons %d %d", &i, &a) == 2) { if (at(i)) gpus[i].reasons = a; }
    else if (sscanf(line, "noproc %d %d", &i, &a) == 2) { if (at(i)) drop_proc(&gpus[i], a); }
    else if (sscanf(line, "util %d %d", &i, &a) == 2) { if (at(i)) gpus[i].util = a; }
    else if (sscanf(line, "power %d %d", &i, &a) == 2) { if (at(i)) gpus[i].power = a; }
    else if (sscanf(line, "fail %63s %d %d", word, &i, &a) == 3) {
        if (fail_count < MAX_RULE) { Fail *f = &fails[fail_count++]; strcpy(f->function, word); f->gpu = i; f->code = a; }
    } else if (!strncmp(line, "clearfail", 9)) fail_count = 0;
    else if (sscanf(line, "delay %63s %d", word, &a) == 2) {
        for (i = 0; i < delay_count && strcmp(delays[i].function, word); i++) { }
        if (i < MAX_RULE) { strcpy(delays[i].function, word); delays[i].ms = a; if (i == delay_count) delay_count++; }
    } else { fprintf(stderr, "fake nvml: unknown order '%s'\n", line); abort(); }
}

/* Whole lines only: a line being written is taken the next time. */
static void poll_control(void) {
    struct stat s;
    if (control < 0 || fstat(control, &s) || s.st_size <= control_at) return;
    char buffer[8192];
    ssize_t n;
    while ((n = pread(control, buffer, sizeof buffer - 1, control_at)) > 0) {
        buffer[n] = 0;
        char *line = buffer, *end;
        while ((end = strchr(line, '\n'))) {
            *end = 0;
            if (*line) order(line);
            control_at += end + 1 - line;
            line = end + 1;
        }
        if (line == buffer) return;
    }
}

/* Sleeps outside the lock for as long as the call is to be slow, or until the control file ends that. */
static void linger(const char *function) {
    double begun = now();
    for (;;) {
        int ms = 0;
        poll_control();
        for (int i = 0; i < delay_count; i++) if (!strcmp(delays[i].function, function)) ms = delays[i].ms;
        if ((now() - begun) * 1000 >= ms) return;
        pthread_mutex_unlock(&lock);
        rest(1);
        pthread_mutex_lock(&lock);
    }
}

/* What every call does first. Takes the lock and keeps it. */
static int enter(const char *function, int gpu) {
    int code = OK;
    pthread_mutex_lock(&lock);
    linger(function);
    if (!references) return UNINITIALIZED;
    for (int i = 0; i < fail_count; i++)
        if (!strcmp(fails[i].function, function) && (fails[i].gpu == -1 || fails[i].gpu == gpu)) code = fails[i].code;
    if (code) return code;
    return gpu >= 0 && gpus[gpu].lost ? LOST : OK;
}

static int leave(int code) { pthread_mutex_unlock(&lock); return code; }

#define CALL(gpu) do { int c_ = enter(__func__, gpu); if (c_) return leave(c_); } while (0)
#define DEVICE(h) CALL((h)->gpu); Gpu *g = &gpus[(h)->gpu]; (void)g
#define WHOLE_ONLY(h) if ((h)->mig >= 0) return leave(NOT_SUPPORTED)
#define NEWER() if (old) return leave(NO_FUNCTION)

static int text(const char *from, char *to, unsigned size) {
    if (strlen(from) + 1 > size) return TOO_SMALL;
    strcpy(to, from);
    return OK;
}

/* ---- system ---- */

EXPORT int nvmlInit_v2(void) {
    pthread_mutex_lock(&lock);
    int code = references ? OK : load();
    if (!code) references++;
    if (!code) { linger(__func__); for (int i = 0; i < fail_count; i++) if (!strcmp(fails[i].function, __func__)) { code = fails[i].code; references--; break; } }
    return leave(code);
}
EXPORT int nvmlShutdown(void) {
    CALL(-1);
    references--;
    return leave(OK);
}
EXPORT const char *nvmlErrorString(int code) {
    switch (code) {
        case OK: return "Success";
        case NO_DRIVER: return "Driver Not Loaded";
        case MISMATCH: return "Driver/library version mismatch";
        case LOST: return "GPU is lost";
        default: return "Error of the fake";
    }
}
EXPORT int nvmlSystemGetDriverVersion(char *v, unsigned n) { CALL(-1); return leave(text(driver, v, n)); }
EXPORT int nvmlSystemGetNVMLVersion(char *v, unsigned n) { CALL(-1); return leave(text(nvml, v, n)); }
EXPORT int nvmlSystemGetCudaDriverVersion_v2(int *v) { CALL(-1); *v = cuda; return leave(OK); }

/* ---- find ---- */

EXPORT int nvmlDeviceGetCount_v2(unsigned *n) { CALL(-1); *n = gpu_count; return leave(OK); }
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned i, Handle **h) {
    if (i >= (unsigned)gpu_count) return INVALID;
    CALL((int)i);
    *h = &gpus[i].handle;
    return leave(OK);
}
EXPORT int nvmlDeviceGetHandleByUUID(const char *uuid, Handle **h) {
    CALL(-1);
    for (int i = 0; i < gpu_count; i++) {
        if (!strcmp(gpus[i].uuid, uuid)) { *h = &gpus[i].handle; return leave(gpus[i].lost ? LOST : OK); }
        for (int m = 0; m < gpus[i].mig_count; m++)
            if (!strcmp(gpus[i].migs[m].uuid, uuid)) { *h = &gpus[i].migs[m].handle; return leave(gpus[i].lost ? LOST : OK); }
    }
    return leave(NOT_FOUND);
}
EXPORT int nvmlDeviceGetName(Handle *h, char *v, unsigned n) {
    char name[160];
    DEVICE(h);
    if (h->mig < 0) return leave(text(g->name, v, n));
    snprintf(name, sizeof name, "%s MIG %dg.%dgb", g->name, (int)(g->migs[h->mig].mib / 10000), (int)((g->migs[h->mig].mib + 512) / 1024));
    return leave(text(name, v, n));
}
EXPORT int nvmlDeviceGetUUID(Handle *h, char *v, unsigned n) { DEVICE(h); return leave(text(h->mig < 0 ? g->uuid : g->migs[h->mig].uuid, v, n)); }
EXPORT int nvmlDeviceGetMinorNumber(Handle *h, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); *v = h->gpu; return leave(OK); }
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } Pci;
EXPORT int nvmlDeviceGetPciInfo_v3(Handle *h, Pci *p) {
    DEVICE(h);
    memset(p, 0, sizeof *p);
    sscanf(g->bus, "%x:%x:%x", &p->domain, &p->bus, &p->device);
    snprintf(p->bus_id, sizeof p->bus_id, "%s", g->bus);
    return leave(OK);
}
EXPORT int nvmlDeviceGetCudaComputeCapability(Handle *h, int *major, int *minor) { DEVICE(h); WHOLE_ONLY(h); *major = g->cc_major; *minor = g->cc_minor; return leave(OK); }

/* ---- sample ---- */

static uint64_t used_mib(Gpu *g) {
    uint64_t used = g->used + (uint64_t)(g->grow * (now() - started)), most = g->total - g->reserved;
    drop_dead(g);
    for (int i = 0; i < g->proc_count; i++) if (g->procs[i].real) used += g->procs[i].mib;
    return used > most ? most : used;
}
typedef struct { unsigned version; uint64_t total, reserved, free, used; } Memory2;
typedef struct { uint64_t total, free, used; } Memory1;
EXPORT int nvmlDeviceGetMemoryInfo_v2(Handle *h, Memory2 *m) {
    DEVICE(h);
    NEWER();
    if (m->version != (sizeof *m | 2u << 24)) return leave(BAD_VERSION);
    uint64_t total = h->mig < 0 ? g->total : g->migs[h->mig].mib, used = h->mig < 0 ? used_mib(g) : 0, reserved = h->mig < 0 ? g->reserved : 0;
    m->total = total << 20; m->reserved = reserved << 20; m->used = used << 20; m->free = (total - reserved - used) << 20;
    return leave(OK);
}
EXPORT int nvmlDeviceGetMemoryInfo(Handle *h, Memory1 *m) {
    DEVICE(h);
    uint64_t total = h->mig < 0 ? g->total : g->migs[h->mig].mib, used = h->mig < 0 ? used_mib(g) + g->reserved : 0;
    m->total = total << 20; m->used = used << 20; m->free = (total - used) << 20;
    return leave(OK);
}
EXPORT int nvmlDeviceGetUtilizationRates(Handle *h, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); v[0] = g->util; v[1] = g->mem_util; return leave(OK); }
typedef struct { unsigned version, sensor; int temperature; } Temperature;
EXPORT int nvmlDeviceGetTemperatureV(Handle *h, Temperature *t) {
    DEVICE(h); WHOLE_ONLY(h); NEWER();
    if (t->version != (sizeof *t | 1u << 24)) return leave(BAD_VERSION);
    t->temperature = g->temp;
    return leave(OK);
}
EXPORT int nvmlDeviceGetTemperature(Handle *h, unsigned sensor, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); (void)sensor; *v = g->temp; return leave(OK); }
EXPORT int nvmlDeviceGetPowerUsage(Handle *h, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); *v = g->power; return leave(OK); }
EXPORT int nvmlDeviceGetEnforcedPowerLimit(Handle *h, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); *v = 700000; return leave(OK); }
EXPORT int nvmlDeviceGetTotalEnergyConsumption(Handle *h, uint64_t *v) { DEVICE(h); WHOLE_ONLY(h); *v = (uint64_t)(g->power * (now() - started)); return leave(OK); }
EXPORT int nvmlDeviceGetClockInfo(Handle *h, unsigned type, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); *v = type == 2 ? 2619 : 1980; return leave(OK); }
EXPORT int nvmlDeviceGetCurrentClocksEventReasons(Handle *h, uint64_t *v) { DEVICE(h); WHOLE_ONLY(h); NEWER(); *v = g->reasons; return leave(OK); }
EXPORT int nvmlDeviceGetCurrentClocksThrottleReasons(Handle *h, uint64_t *v) { DEVICE(h); WHOLE_ONLY(h); *v = g->reasons; return leave(OK); }
EXPORT int nvmlDeviceGetPcieReplayCounter(Handle *h, unsigned *v) { DEVICE(h); WHOLE_ONLY(h); *v = 0; return leave(OK); }

/* ---- health ---- */

EXPORT int nvmlDeviceGetTotalEccErrors(Handle *h, int type, int counter, uint64_t *v) { DEVICE(h); WHOLE_ONLY(h); (void)counter; *v = type == 1 ? g->ecc : 0; return leave(OK); }
EXPORT int nvmlDeviceGetRemappedRows(Handle *h, unsigned *corr, unsigned *unc, unsigned *pending, unsigned *failed) {
    DEVICE(h); WHOLE_ONLY(h);
    *corr = 0; *unc = g->remap[0]; *pending = g->remap[1]; *failed = g->remap[2];
    return leave(OK);
}
typedef struct { unsigned id, scope; int64_t at, latency; int type, code; union { uint64_t u64; unsigned u32; } value; } Field;
EXPORT int nvmlDeviceGetFieldValues(Handle *h, int count, Field *fields) {
    DEVICE(h); WHOLE_ONLY(h); NEWER();
    for (int i = 0; i < count; i++) {
        fields[i].code = fields[i].id == 230 ? OK : NOT_SUPPORTED;
        fields[i].type = 1;
        fields[i].value.u64 = 0;
        fields[i].value.u32 = g->recovery;
    }
    return leave(OK);
}

/* ---- processes ---- */

static int listed(Gpu *g, Handle *h, Proc *p, int mps) { return p->mig == h->mig && (h->mig >= 0 || !g->mig_mode) && p->mps == mps; }
static int processes(Handle *h, unsigned *count, unsigned char *to, int width, int mps) {
    Gpu *g = &gpus[h->gpu];
    unsigned room = *count, n = 0, gi = h->mig < 0 ? WHOLE : g->migs[h->mig].gi, ci = h->mig < 0 ? WHOLE : g->migs[h->mig].ci;
    drop_dead(g);
    for (int i = 0; i < g->proc_count; i++) n += listed(g, h, &g->procs[i], mps);
    *count = n;
    if (room < n) return TOO_SMALL;
    unsigned char *e = to;
    for (int i = 0; i < g->proc_count; i++) {
        if (!listed(g, h, &g->procs[i], mps)) continue;
        uint64_t bytes = g->procs[i].mib << 20, none = 0;
        unsigned pad = 0;
        memcpy(e, &g->procs[i].pid, 4); memcpy(e + 4, &pad, 4); memcpy(e + 8, &bytes, 8); memcpy(e + 16, &gi, 4); memcpy(e + 20, &ci, 4);
        if (width == 32) memcpy(e + 24, &none, 8);
        e += width;
    }
    return OK;
}
EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(Handle *h, unsigned *n, void *to) { DEVICE(h); NEWER(); return leave(processes(h, n, to, stride, 0)); }
EXPORT int nvmlDeviceGetComputeRunningProcesses_v2(Handle *h, unsigned *n, void *to) { DEVICE(h); return leave(processes(h, n, to, 24, 0)); }
EXPORT int nvmlDeviceGetMPSComputeRunningProcesses_v3(Handle *h, unsigned *n, void *to) { DEVICE(h); return leave(processes(h, n, to, stride, 1)); }

/* ---- MIG ---- */

EXPORT int nvmlDeviceGetMigMode(Handle *h, unsigned *current, unsigned *pending) { DEVICE(h); WHOLE_ONLY(h); *current = *pending = g->mig_mode; return leave(OK); }
EXPORT int nvmlDeviceGetMaxMigDeviceCount(Handle *h, unsigned *n) { DEVICE(h); *n = MAX_MIG - 1; return leave(OK); }
/* Instances stand in every second slot: callers must skip the holes. */
EXPORT int nvmlDeviceGetMigDeviceHandleByIndex(Handle *h, unsigned i, Handle **mig) {
    DEVICE(h);
    if (i % 2 || (int)i / 2 >= g->mig_count) return leave(NOT_FOUND);
    *mig = &g->migs[i / 2].handle;
    return leave(OK);
}
EXPORT int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(Handle *h, Handle **parent) { DEVICE(h); *parent = &g->handle; return leave(OK); }
EXPORT int nvmlDeviceGetGpuInstanceId(Handle *h, unsigned *id) { DEVICE(h); if (h->mig < 0) return leave(NOT_SUPPORTED); *id = g->migs[h->mig].gi; return leave(OK); }
EXPORT int nvmlDeviceGetComputeInstanceId(Handle *h, unsigned *id) { DEVICE(h); if (h->mig < 0) return leave(NOT_SUPPORTED); *id = g->migs[h->mig].ci; return leave(OK); }
typedef struct { unsigned sms, other[5], gi_slices, ci_slices; uint64_t mib; } Attributes;
EXPORT int nvmlDeviceGetAttributes_v2(Handle *h, Attributes *a) {
    DEVICE(h);
    if (h->mig < 0) return leave(NOT_SUPPORTED);
    memset(a, 0, sizeof *a);
    a->mib = g->migs[h->mig].mib;
    a->gi_slices = a->ci_slices = (unsigned)(a->mib / 10000);
    a->sms = 16 * a->gi_slices;
    return leave(OK);
}

/* ---- links ---- */

EXPORT int nvmlDeviceGetTopologyCommonAncestor(Handle *a, Handle *b, int *level) { CALL(a->gpu); *level = a->gpu / 4 == b->gpu / 4 ? 20 : 50; return leave(OK); }
EXPORT int nvmlDeviceGetP2PStatus(Handle *a, Handle *b, int index, int *status) {
    DEVICE(a);
    *status = index == 2 && !g->links[b->gpu] ? 1 : 0;
    return leave(OK);
}
EXPORT int nvmlDeviceGetNvLinkState(Handle *h, unsigned link, unsigned *active) {
    int total = 0;
    DEVICE(h); WHOLE_ONLY(h);
    for (int i = 0; i < MAX_GPU; i++) total += g->links[i];
    if (link >= 18) return leave(INVALID);
    *active = (int)link < total;
    return leave(OK);
}

/* ---- events ---- */

EXPORT int nvmlDeviceGetSupportedEventTypes(Handle *h, uint64_t *types) { DEVICE(h); WHOLE_ONLY(h); *types = 0x1 | 0x2 | 0x8 | 0x100; return leave(OK); }
EXPORT int nvmlEventSetCreate(Set **set) { CALL(-1); *set = calloc(1, sizeof **set); return leave(OK); }
EXPORT int nvmlEventSetFree(Set *set) { CALL(-1); free(set); return leave(OK); }
EXPORT int nvmlDeviceRegisterEvents(Handle *h, uint64_t types, Set *set) { DEVICE(h); WHOLE_ONLY(h); set->wanted[h->gpu] |= types; return leave(OK); }
typedef struct { Handle *device; uint64_t type, data; unsigned gi, ci; } EventData;
EXPORT int nvmlEventSetWait_v2(Set *set, EventData *data, unsigned ms) {
    double until = now() + ms / 1000.0;
    for (;;) {
        CALL(-1);
        for (int i = 0; i < gpu_count; i++) if (set->wanted[i] && gpus[i].lost) return leave(LOST);
        while (event_count) {
            Event e = events[0];
            memmove(events, events + 1, --event_count * sizeof *events);
            if (e.gpu >= 0 && (!at(e.gpu) || !(set->wanted[e.gpu] & e.type))) continue;
            *data = (EventData){ e.gpu < 0 ? NULL : &gpus[e.gpu].handle, e.type, e.data, e.gi, e.ci };
            return leave(OK);
        }
        leave(OK);
        if (now() >= until) return TIMED_OUT;
        rest(1);
    }
}
