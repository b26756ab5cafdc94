#!/usr/bin/env bash
# Passes all tests: checks what the machine has, builds once, runs every test project, ends with a line of counts.
#   bash infra/test.sh [name ...]      only the test projects whose name contains one of the words
set -u
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*" >&2; }
command -v dotnet >/dev/null || { say "dotnet is not on the PATH. Maybe install the .NET 10 SDK."; exit 2; }
case "$(dotnet --version 2>/dev/null)" in 10.*) ;; *) say "The .NET 10 SDK is needed, 'dotnet --version' says: $(dotnet --version 2>&1 | head -1)"; exit 2;; esac
missing=""
for tool in setsid:util-linux sh:dash; do command -v "${tool%%:*}" >/dev/null || missing="$missing ${tool##*:}"; done
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq $missing || exit 2
  else say "Missing:$missing. Maybe: sudo apt-get install$missing"; exit 2; fi
fi

dotnet build Lepton.Orleans.sln -c Release -v q -nologo -clp:NoSummary || { say "The build failed."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# Tests of store and agent fill a small file system to its last byte and write to a read-only one: both are mounted in a mount namespace of their own,
# so that they go with the tests that use them, whatever ends those.
disks=$(mktemp -d) || { say "No temporary folder can be made. Maybe the disk of ${TMPDIR:-/tmp} is full."; exit 2; }
trap 'rm -rf --one-file-system "$disks"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$disks/small" "$disks/readonly"
with_disks() {
  unshare "$namespace" sh -c '
    mount -t tmpfs -o size=8m tmpfs "$0/small" && mount -t tmpfs -o size=1m,ro tmpfs "$0/readonly" || exit 125
    export LEPTON_SMALL_DISK="$0/small" LEPTON_READONLY_DISK="$0/readonly"
    exec "$@"' "$disks" "$@"
}
mounting=""
for namespace in -m -rm; do with_disks true 2>/dev/null && { mounting=yes; break; }; done
[ -n "$mounting" ] || say "This user may not mount: the tests on a full and a read-only disk are skipped. Maybe run as root, or allow user namespaces."

passed=0 failed=0 skipped=0 broken=""
for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  if [ $# -gt 0 ]; then wanted=0; for word in "$@"; do case "$name" in *"$word"*) wanted=1;; esac; done; [ $wanted = 1 ] || continue; fi
  log=$(mktemp)
  started=$SECONDS
  run=""
  case "$name" in Lepton.Hosting.Tests | Lepton.Agent.Tests | Lepton.EndToEnd.Tests) [ -z "$mounting" ] || run=with_disks;; esac
  $run dotnet run --project "$project" -c Release --no-build -- -noColor -noLogo >"$log" 2>&1
  code=$?
  read -r t e f s n <<EOF
$(sed -n 's/^ *Lepton[A-Za-z.]* *Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\),.*/\1 \2 \3 \4 \5/p' "$log" | tail -1)
EOF
  p=$((${t:-0} - ${e:-0} - ${f:-0} - ${s:-0} - ${n:-0})); f=$((${f:-0} + ${e:-0}))
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + ${s:-0}))
  printf '%-28s %5s passed %3s failed %3s skipped  %4s s\n' "$name" "$p" "$f" "${s:-0}" "$((SECONDS - started))"
  grep -F '[SKIP]' -A1 "$log" | head -40
  if [ $code != 0 ]; then
    broken="$broken $name"; [ "$f" = 0 ] && failed=$((failed + 1))
    cat "$log"
  fi
  rm -f "$log"
done
[ -z "$broken" ] || say "Failed:$broken"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
