# Runs inside a new network and mount namespace (namespace.ts): gives it a loopback device and a device `out0` that leads
# nowhere but looks like a working connection, and then becomes the watcher.
# Arguments: a folder with resolv.conf and nsswitch.conf, then the watcher.
set -eu
ip link set lo up
# Not every kernel has dummy devices; of a pair of virtual ones, the other end is one that nobody reads.
if ! ip link add out0 type dummy 2>/dev/null; then
  ip link add out0 type veth peer name out1
  ip link set out1 arp off up
fi
# Packets leave without asking for the address of a neighbour first.
ip link set out0 arp off
ip addr add 192.0.2.2/24 dev out0
ip -6 addr add fd00::2/64 dev out0 nodad 2>/dev/null || true
ip link set out0 up
ip route add default dev out0
ip -6 route add default dev out0 2>/dev/null || true
# Names are asked of loopback, where nobody answers. Services reached through files would ask from outside the namespace.
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
if [ -d /run/nscd ]; then mount -t tmpfs none /run/nscd; fi
exec perl "$2"
