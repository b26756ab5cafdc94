# setsid sh shim.sh FOLDER DEADLINE-FILE GRACE -- COMMAND [ARGUMENT...]
#
# Runs COMMAND in a session of its own, writes FOLDER/pid, FOLDER/log and FOLDER/exit, and is its dead-man's switch: when the
# boot-time second in DEADLINE-FILE (as in /proc/uptime, two decimals) passes without having been renewed, the whole session
# ends, whether or not anybody else is alive. GRACE: hundredths of a second between the SIGTERM and the deadline.
#
# Files hold one line, written with one write(): a line without its newline is not there yet. Two renames less per task.
# All names here are prefixed: an assignment to an imported variable would change what COMMAND sees.
# Only builtins on the way of a task that runs and ends; processes per task: this one, COMMAND, the watcher, its sleep.
__lepton_folder=$1 __lepton_deadline=$2 __lepton_grace=$3
shift 4
exec </dev/null >/dev/null 2>&1
trap : HUP INT QUIT TERM USR1 USR2        # not ignored (that would be inherited): COMMAND gets the default handlers back

# Last known deadline, in hundredths of a second since boot; a file that is missing or garbled changes nothing.
__lepton_until=
__lepton_read() {
    IFS= read -r __lepton_line <"$__lepton_deadline" || return 0
    case $__lepton_line in
        *[!0-9.]* | *.*.* | .* | 0*) return 0 ;;
        *.??) __lepton_until=${__lepton_line%.*}${__lepton_line#*.} ;;
    esac
}

# Hundredths of a second since boot, time asleep included.
__lepton_clock() {
    IFS= read -r __lepton_up </proc/uptime
    __lepton_up=${__lepton_up%% *}
    __lepton_up=${__lepton_up%.*}${__lepton_up#*.}
}

# Sleeps hundredths of a second; ends early when a signal to the group hits the sleep. Whole seconds where sleep knows no others.
__lepton_pause() {
    sleep "$(($1 / 100)).$(($1 % 100 / 10))$(($1 % 10))" || [ $? -gt 128 ] || sleep $(($1 / 100 + 1))
}

# Kills what belongs to this attempt outside of the group: other groups of the session, and whoever left the session but
# still carries the mark in its environment. Again until nothing is found: victims may have been forking.
__lepton_sweep() {
    [ ! -f "$__lepton_folder/kill" ] || timeout 30 /bin/sh "$__lepton_folder/kill"        # a container: it lives outside of this session
    for __lepton_round in 1 2 3 4 5; do
        __lepton_found=
        for __lepton_proc in /proc/[0-9]*; do
            IFS= read -r __lepton_line <"$__lepton_proc/stat" || continue
            __lepton_line=${__lepton_line##*) }                                  # state parent group session ...
            case $__lepton_line in [ZX]*) continue ;; esac
            __lepton_line=${__lepton_line#* * }
            __lepton_group=${__lepton_line%% *}
            __lepton_line=${__lepton_line#* }
            [ "${__lepton_line%% *}" = $$ ] && [ "$__lepton_group" != $$ ] && kill -KILL "${__lepton_proc#/proc/}" && __lepton_found=1
        done
        for __lepton_proc in $(grep -lazFx -- "LEPTON_ATTEMPT_ID=$LEPTON_ATTEMPT_ID" /proc/[0-9]*/environ); do
            __lepton_proc=${__lepton_proc%/environ}
            IFS= read -r __lepton_line <"$__lepton_proc/stat" || continue
            __lepton_line=${__lepton_line##*) }
            case $__lepton_line in [ZX]*) continue ;; esac
            __lepton_line=${__lepton_line#* * }
            [ "${__lepton_line%% *}" != $$ ] && kill -KILL "${__lepton_proc#/proc/}" && __lepton_found=1
        done
        [ -n "$__lepton_found" ] || return 0
    done
}

# Identity: boot, pid, and the rest of the stat line (its 20th field is the start time).
IFS= read -r __lepton_boot </proc/sys/kernel/random/boot_id
IFS= read -r __lepton_line </proc/$$/stat
echo "$__lepton_boot $$ ${__lepton_line##*) }" >"$__lepton_folder/pid"
printf '        ' >"$__lepton_folder/exit"        # room for the exit code, should the disk be full by then; no newline: not there yet

__lepton_read
if [ -z "$__lepton_until" ]; then         # no lease was ever given: nothing may run
    echo "no deadline" >"$__lepton_folder/lease"
    exit 1
fi
__lepton_clock
if [ "$__lepton_up" -ge "$__lepton_until" ]; then       # too late to begin, and the watcher would only come second
    echo "lapsed" >"$__lepton_folder/lease"
    exit 1
fi

(
    trap : HUP INT QUIT TERM USR1 USR2
    PATH=/usr/bin:/bin:$PATH              # whatever PATH the task was given
    while :; do
        __lepton_read
        __lepton_clock
        __lepton_left=$((__lepton_until - __lepton_grace - __lepton_up))
        [ $__lepton_left -gt 0 ] || break
        __lepton_pause $__lepton_left
    done
    echo "lapsed" >"$__lepton_folder/lease"
    kill -TERM 0
    while __lepton_clock && [ $__lepton_up -lt $__lepton_until ]; do
        __lepton_pause $((__lepton_until - __lepton_up))
    done
    __lepton_sweep
    kill -KILL 0
) &

( exec "$@" >>"$__lepton_folder/log" 2>&1 )      # exec: a command is a program, never a builtin of this shell
echo $? 1<>"$__lepton_folder/exit"
[ ! -e "$__lepton_folder/lease" ] || PATH=/usr/bin:/bin:$PATH __lepton_sweep
kill -KILL 0                                     # strays of the group, the watcher, its sleep, and this shell
