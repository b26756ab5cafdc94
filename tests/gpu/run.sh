#!/usr/bin/env bash
# tests/gpu/run.sh [publish | dry | --quick]
#
# Checks the device layer on a machine with NVIDIA GPUs. Resets nothing, changes no setting (MIG included), uses no managed memory.
#   publish   on a machine with the .NET SDK: makes tests/gpu/publish, which needs no .NET; copy tests/gpu to the GPU machine
#   (none)    on the GPU machine: all checks, about two minutes; --quick leaves the minute of sweeps out
#   dry       the quick checks against the fake driver of tests/fakes (needs cc): that they run, and nothing about a GPU; into dry.jsonl, "fake":true on each line
# One JSON line for each check, on the screen and in tests/gpu/results.jsonl. What it means goes into RESULTS.md, by hand.
# Leaves with 0: nothing failed; 1: a check failed; 2: it could not be run; 3: no GPU here, nothing was checked.
set -euo pipefail
cd "$(dirname "$0")"
case "${1:-}" in
    "" | publish | dry | --quick) ;;
    *) echo "'$1' is not known here: publish, dry, --quick, or nothing." >&2; exit 2 ;;
esac
if [ "${1:-}" = publish ] || { [ ! -x publish/Lepton.GpuChecks ] && command -v dotnet >/dev/null; }; then
    # A lock file of its own: the runtime that goes along is in nobody else's.
    dotnet publish Lepton.GpuChecks -c Release -r linux-x64 --self-contained -o publish -p:NuGetLockFilePath=obj/publish.lock.json -v q --nologo || exit 2
    [ "${1:-}" != publish ] || exit 0
fi
[ -x publish/Lepton.GpuChecks ] || { echo "publish/Lepton.GpuChecks is missing, and there is no .NET SDK here to make it. Maybe run 'run.sh publish' elsewhere and copy tests/gpu here." >&2; exit 2; }
results=results.jsonl
if [ "${1:-}" = dry ]; then
    command -v cc >/dev/null && [ -d ../fakes/nvml ] || { echo "A dry run needs a C compiler 'cc' and tests/fakes/nvml." >&2; exit 2; }
    fake=$(mktemp -d)
    trap 'rm -rf "$fake"' EXIT
    for library in nvml:libnvidia-ml.so.1 cuda:libcuda.so.1; do
        cc -std=c11 -O2 -shared -fPIC -fvisibility=hidden -pthread -o "$fake/${library#*:}" "../fakes/nvml/fake_${library%%:*}.c" || exit 2
    done
    printf '[gpu0]\nuuid = GPU-fake-0\nnvlink = 1:12\n[gpu1]\nuuid = GPU-fake-1\nnvlink = 0:12\n' >"$fake/devices.ini"
    : >"$fake/control"
    export LD_LIBRARY_PATH="$fake" FAKE_NVML_CONFIG="$fake/devices.ini" FAKE_NVML_CONTROL="$fake/control" FAKE_CUDA=dry
    results=dry.jsonl
    set -- --quick
fi
code=0
timeout 600 publish/Lepton.GpuChecks "$@" | tee "$results" || code=$?
[ "$code" != 124 ] || { echo "the checks did not come to an end within 10 minutes: the last line tells how far they came" >&2; exit 1; }
if grep -q '"ok":false' "$results"; then
    echo "some checks failed: see above" >&2
    exit 1
fi
exit "$code"
