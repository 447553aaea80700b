#!/usr/bin/env bash
# Runs scripts/mpi_run.sh over two hosts that are network namespaces of this one, joined by a virtual cable: ranks talk over
# TCP, and mpirun starts those of the second host by a remote shell, as on a cluster. Linux and Open MPI, as root.
#
#   scripts/two_hosts.sh -n 2 pretrain --config configs/quickstart.yaml
#
#   TWO_HOSTS_RATE  slows the cable down, as tc says it: 2gbit
set -euo pipefail

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[[ $EUID -eq 0 ]] || {
    echo "two_hosts: network namespaces need root" >&2
    exit 2
}

name=asl$$
work=$(mktemp -d)
clean() {
    ip netns del "$name-1" 2> /dev/null || true
    ip netns del "$name-2" 2> /dev/null || true
    rm -rf "$work"
}
trap clean EXIT

for host in 1 2; do
    ip netns add "$name-$host"
    ip -n "$name-$host" link set lo up
done
ip -n "$name-1" link add cable type veth peer name cable netns "$name-2"
for host in 1 2; do
    ip -n "$name-$host" address add "10.99.0.$host/24" dev cable
    ip -n "$name-$host" link set cable up
    if [[ -n ${TWO_HOSTS_RATE:-} ]]; then
        ip netns exec "$name-$host" tc qdisc add dev cable root tbf rate "$TWO_HOSTS_RATE" burst 2mb latency 50ms
    fi
    echo "10.99.0.$host slots=1" >> "$work/hosts"
done

# In the place of ssh: HOST COMMAND. A host name of its own, or Open MPI takes both hosts for one.
cat > "$work/shell" << END
#!/bin/sh
host=${name}-\${1##*.}
shift
exec ip netns exec "\$host" unshare --uts sh -c "hostname \$host; \$*"
END
chmod +x "$work/shell"

export OMPI_MCA_plm_rsh_agent=$work/shell OMPI_MCA_btl=tcp,self OMPI_MCA_pml=ob1
export OMPI_MCA_btl_tcp_if_include=cable OMPI_MCA_oob_tcp_if_include=cable
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
ip netns exec "$name-1" unshare --uts sh -c "hostname $name-1; exec \"\$@\"" - \
    "$root/scripts/mpi_run.sh" --hosts "$work/hosts" "$@"
