#!/usr/bin/env bash
# tests/gpu/run.sh [publish | --quick]
#
# Checks the device layer on a machine with NVIDIA GPUs. Resets nothing, changes no setting (MIG included), uses no managed memory.
#   publish   on a machine with the .NET SDK: makes tests/gpu/publish, which needs no .NET; copy tests/gpu to the GPU machine
#   (none)    on the GPU machine: all checks, about two minutes; --quick leaves the minute of sweeps out
# One JSON line for each check, on the screen and in tests/gpu/results.jsonl. What it means goes into RESULTS.md, by hand.
set -euo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" = publish ] || { [ ! -x publish/Lepton.GpuChecks ] && command -v dotnet >/dev/null; }; then
    # A lock file of its own: the runtime that goes along is in nobody else's.
    dotnet publish Lepton.GpuChecks -c Release -r linux-x64 --self-contained -o publish -p:NuGetLockFilePath=obj/publish.lock.json -v q --nologo
    [ "${1:-}" != publish ] || exit 0
fi
[ -x publish/Lepton.GpuChecks ] || { echo "publish/Lepton.GpuChecks is missing, and there is no .NET SDK here to make it. Maybe run 'run.sh publish' elsewhere and copy tests/gpu here." >&2; exit 2; }
timeout 600 publish/Lepton.GpuChecks "$@" | tee results.jsonl
if grep -q '"ok":false' results.jsonl; then
    echo "some checks failed: see above" >&2
    exit 1
fi
