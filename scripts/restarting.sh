# shellcheck shell=bash
# Sourced by mpi_run.sh and slurm_pretrain.sbatch: runs a job of several ranks, passes signals on to it, and starts it again
# from its last checkpoint where it failed. Who sources it sets program, its own name, and root, the checkout; and
# then launch, the launcher with its options, and command, what asl is to do.
: "${program:?}" "${root:?}"
launch=()
command=()

asked=       # the signal that asked for an end; empty while none did
interrupted= # whether a signal came while we waited
job=         # process id of the launcher

say() {
    echo "$program: $1" >&2
}

# The launchers pass SIGUSR1 on to every rank, which saves and ends. They would kill the ranks soon after a SIGTERM.
pass_on() {
    interrupted=yes
    if [[ -z $asked ]]; then
        asked=$1
        say "SIG$1: the ranks finish their step, save and end; another signal kills them"
        [[ -z $job ]] || kill -s USR1 "$job" 2> /dev/null || true
    else
        say "SIG$1: killing the ranks"
        [[ -z $job ]] || kill -s TERM "$job" 2> /dev/null || true
    fi
}

# From here on signals are for the ranks, or ask not to start them.
listen() {
    local signal
    for signal in INT TERM HUP USR1; do
        # shellcheck disable=SC2064 # the name as it is now
        trap "pass_on $signal" "$signal"
    done
}

# Runs a launcher to its end and leaves its exit code in $code.
run_job() {
    # In a process group of its own: a terminal sends Ctrl-C to the whole group, and the launcher would kill the ranks.
    set -m
    "$@" < /dev/null &
    job=$!
    set +m
    [[ -z $asked ]] || kill -s USR1 "$job" || true # the signal came while the job was started
    until
        interrupted=
        code=0
        wait "$job" || code=$?
        [[ -z $interrupted ]]
    do
        : # a signal ended the wait, not the job
    done
    job=
}

# Puts into $command what goes on where it stopped, if there is such a thing.
resume_command() {
    local help kept=() argument
    help=$("$root/scripts/asl" "${command[0]}" --help 2> /dev/null || true)
    [[ $help == *--resume* ]] || return 0
    for argument in "${command[@]}"; do
        [[ $argument == --resume || $argument == --overwrite ]] || kept+=("$argument")
    done
    command=("${kept[@]}" --resume)
}

# Where the ranks may have been asked to end past this script, a function of this name finds out and sets asked.
ask_system() {
    :
}

# run_restarting K: runs the command by the launcher, again up to K times if it fails. Returns 0 done, 1 failed, 2 wrong
# usage, 128 + N where signal N asked for an end.
run_restarting() {
    local most=$1 restarts=0 code=0
    while :; do
        [[ -n $asked ]] || run_job "${launch[@]}" "$root/scripts/asl" "${command[@]}"
        ((code == 0)) || [[ -n $asked ]] || ask_system
        if [[ -n $asked ]]; then
            say "ended by SIG$asked; the same command with --resume goes on"
            return $((128 + $(kill -l "$asked")))
        fi
        case $code in
            0) return 0 ;;
            2)
                say "wrong usage or configuration, see above: not started again"
                return 2
                ;;
        esac
        if ((restarts == most)); then
            say "the job failed (exit code $code) after $restarts of $most restarts"
            return 1
        fi
        restarts=$((restarts + 1))
        say "the job failed (exit code $code): restart $restarts of $most, from the last checkpoint"
        resume_command
    done
}
