#!/usr/bin/env bash
# Runs an asl command as several ranks over MPI and starts it again where it fails; see usage below.
set -euo pipefail

program=mpi_run
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=restarting.sh
source "$root/scripts/restarting.sh"

usage() {
    cat << 'END'
Usage: scripts/mpi_run.sh -n N [OPTIONS] [--] COMMAND [ARGUMENTS]

Runs 'asl COMMAND ARGUMENTS' as N ranks over Open MPI or MPICH, on this machine or on several.

  -n N                ranks in all, one for each GPU (on CPUs: one for each socket)
  --hosts FILE        machines to use, one a line: NAME slots=RANKS; they need this folder, the data and the output folder
                      under the same paths, and a login by ssh without a password
  --max-restarts K    if the job fails, start it again from its last checkpoint up to K times (default 0)
  --cache FOLDER      where each machine keeps PyTorch's native libraries; on a local disk (default ~/.djl.ai)
  -h, --help          print this

Environment: MPIRUN names the mpirun to use, where it is not the one on the PATH. Variables that begin with ASL_, DJL_,
PYTORCH_, OMP_, MALLOC_, NCCL_, UCX_ or CUDA_ reach all ranks; so do PATH, LD_LIBRARY_PATH and JAVA_HOME.

Signals: Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 let all ranks finish their step, save and end; another one kills them.
Exit codes: 0 done, 1 failed and no restart left, 2 wrong usage or configuration (never started again), 128 + N after
signal N.

  scripts/mpi_run.sh -n 8 --max-restarts 3 pretrain --config configs/coco_vitb.yaml --set data.root=/data/coco
END
}

fail() {
    say "$1"
    exit "${2:-2}"
}

ranks=
hosts=
restarts=0
while (($# > 0)); do
    case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        -n | --hosts | --max-restarts | --cache)
            (($# > 1)) || fail "$1 needs a value; --help tells more"
            case $1 in
                -n) ranks=$2 ;;
                --hosts) hosts=$2 ;;
                --max-restarts) restarts=$2 ;;
                --cache) export DJL_CACHE_DIR=$2 ;;
            esac
            shift 2
            ;;
        --)
            shift
            break
            ;;
        -*) fail "unknown option $1; --help tells more (options of asl come after its command)" ;;
        *) break ;;
    esac
done
[[ $ranks =~ ^[1-9][0-9]*$ ]] || fail "-n ${ranks:-is missing}: give the number of ranks, as in -n 8"
[[ $restarts =~ ^[0-9]+$ ]] || fail "--max-restarts $restarts is no number"
[[ -z $hosts || -r $hosts ]] || fail "--hosts $hosts: cannot be read"
(($# > 0)) || fail "an asl command is missing, as in: -n 8 pretrain --config configs/coco_vitb.yaml"
command=("$@")

mpirun=${MPIRUN:-mpirun}
command -v "$mpirun" > /dev/null || fail "no $mpirun found; install MPI (Debian, Ubuntu: apt-get install openmpi-bin)"
version=$("$mpirun" --version 2>&1 || true)

# The ranks divide the cores of their machine among them, and must not be bound to one each.
launch=("$mpirun" -n "$ranks")
case $version in
    *"Open MPI"*)
        launch+=(--bind-to none)
        # mpirun takes each core for a slot; who names no hosts may want more ranks than that.
        if [[ -n $hosts ]]; then
            launch+=(--hostfile "$hosts")
        elif [[ -z ${SLURM_JOB_ID:-} ]]; then
            launch+=(--map-by slot:oversubscribe)
        fi
        # UCX and Open MPI take signals that a JVM lives on: a SIGSEGV is how it finds a null.
        export OMPI_MCA_opal_signal='' UCX_ERROR_SIGNALS=''
        for name in $(compgen -e); do
            case $name in
                ASL_* | DJL_* | PYTORCH_* | OMP_* | MALLOC_* | NCCL_* | UCX_* | CUDA_* | PATH | LD_LIBRARY_PATH | JAVA_HOME)
                    launch+=(-x "$name")
                    ;;
            esac
        done
        ;;
    *HYDRA* | *"Intel(R) MPI"*)
        launch+=(-bind-to none) # variables are passed on by themselves
        if [[ -n $hosts ]]; then
            machines=$(mktemp)
            trap 'rm -f "$machines"' EXIT
            sed -E 's/#.*//; s/[[:space:]]+slots=/:/' "$hosts" > "$machines"
            launch+=(-f "$machines")
        fi
        export UCX_ERROR_SIGNALS=''
        ;;
    *) fail "$mpirun is neither Open MPI's nor MPICH's: ${version%%$'\n'*}" ;;
esac

# Here first, where the folder is shared. Then by one rank of each machine: a build where there is none yet, and the native
# libraries, which ranks that start together would each unpack (4 GB on the CUDA lines).
"$root/scripts/asl" --version > /dev/null
# shellcheck disable=SC2016 # for the shell of each rank
"${launch[@]}" sh -c '[ "${OMPI_COMM_WORLD_LOCAL_RANK:-${MPI_LOCALRANKID:-0}}" != 0 ] || exec "$0" env > /dev/null' \
    "$root/scripts/asl" < /dev/null || fail "cannot start $ranks ranks, see above" 1

listen
run_restarting "$restarts" && code=0 || code=$?
exit "$code"
