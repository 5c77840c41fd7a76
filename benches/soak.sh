#!/bin/sh
# Lets `ftpscope sniff` run on real FTP traffic for a while, and fails when its memory grows or a
# session is missed.
#
#   benches/soak.sh [-m MINUTES] [-c CLIENTS] [-p PROGRAM] [-- ARGUMENT…]
#
# MINUTES is 20, CLIENTS 3; PROGRAM is built anew; the arguments go to `ftpscope sniff`. As root: it
# makes two network namespaces, joined by a pair of interfaces, with vsftpd in one and clients in the
# other (benches/soak.py: logins, downloads, uploads, listings, active and passive, and data channels
# that fail). ftpscope listens beside the server. Every 30 seconds a line is printed; at the end the
# memory of the last quarter is held against that of the second: the first is for warming up.
set -eu

usage() { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }

minutes=20 clients=3 program=
while getopts m:c:p:h option; do
    case $option in
        m) minutes=$OPTARG ;;
        c) clients=$OPTARG ;;
        p) program=$OPTARG ;;
        *) usage ;;
    esac
done
shift $((OPTIND - 1))

cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'soak: needs root, for network namespaces' >&2; exit 2; }
for tool in ip vsftpd python3 curl; do
    command -v "$tool" >/dev/null || { echo "soak: $tool is not installed" >&2; exit 2; }
done
if [ -z "$program" ]; then
    cargo build --quiet --release --bin ftpscope
    program=${CARGO_TARGET_DIR:-target}/release/ftpscope
fi

id=soak-$$
work=$(mktemp -d)
chmod 755 "$work"
pids=

clean() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    ip netns del "$id-s" 2>/dev/null || true
    ip netns del "$id-c" 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

ip netns add "$id-s"
ip netns add "$id-c"
ip -n "$id-s" link add eth0 type veth peer name eth0 netns "$id-c"
ip -n "$id-s" addr add 10.77.0.1/24 dev eth0
ip -n "$id-c" addr add 10.77.0.2/24 dev eth0
for side in s c; do
    ip -n "$id-$side" link set lo up
    ip -n "$id-$side" link set eth0 up
done

mkdir -p "$work/ftp/incoming" "$work/empty"
chmod 777 "$work/ftp/incoming"
head -c 300000 /dev/urandom >"$work/ftp/file.bin"
cat >"$work/vsftpd.conf" <<CONF
listen=YES
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root=$work/ftp
anon_upload_enable=YES
anon_other_write_enable=YES
write_enable=YES
connect_from_port_20=NO
seccomp_sandbox=NO
secure_chroot_dir=$work/empty
xferlog_enable=NO
max_clients=0
max_per_ip=0
connect_timeout=2
CONF
ip netns exec "$id-s" vsftpd "$work/vsftpd.conf" >"$work/vsftpd.log" 2>&1 &
pids="$pids $!"

mkdir "$work/out"
chown nobody "$work/out"
ip netns exec "$id-s" "$program" sniff -i eth0 --format json --user nobody \
    -o "$work/out/events.json" --rotate-size 20M --rotate-keep 2 --metrics 9121 "$@" \
    2>"$work/sniff.log" &
sniff=$!
pids="$pids $sniff"

metric() {
    ip netns exec "$id-s" curl -s --max-time 5 http://127.0.0.1:9121/metrics |
        awk -v name="$1" '$1 == name { print $2; exit }'
}
until [ -n "$(metric ftpscope_sessions_total)" ]; do
    kill -0 "$sniff" 2>/dev/null || { cat "$work/sniff.log"; exit 1; }
    sleep 0.1
done

seconds=$((minutes * 60))
ip netns exec "$id-c" python3 benches/soak.py 10.77.0.1 "$clients" "$seconds" >"$work/clients.log" 2>&1 &
traffic=$!
pids="$pids $traffic"

printf '%6s %9s %9s %7s %7s %10s %9s\n' second sessions 'data ok' failed open packets 'RSS kB'
step=30
[ "$seconds" -ge 240 ] || step=$((seconds / 8))
[ "$step" -ge 1 ] || step=1
second=0
while [ "$second" -lt "$seconds" ]; do
    sleep "$step"
    second=$((second + step))
    kill -0 "$sniff" 2>/dev/null || { cat "$work/sniff.log"; echo 'soak: ftpscope has ended'; exit 1; }
    resident=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$sniff/status")
    echo "$resident" >>"$work/resident"
    printf '%6d %9s %9s %7s %7s %10s %9s\n' "$second" \
        "$(metric ftpscope_sessions_total)" \
        "$(metric 'ftpscope_data_channels_total{outcome="completed"}')" \
        "$(metric 'ftpscope_data_channels_total{outcome="failed"}')" \
        "$(metric ftpscope_sessions_open)" \
        "$(metric ftpscope_packets_total)" "$resident"
done
wait "$traffic" || { cat "$work/clients.log"; echo 'soak: a client failed'; exit 1; }
seen=$(metric ftpscope_sessions_total)
made=$(awk '$1 == "clients:" { print $2 }' "$work/clients.log")
kill -INT "$sniff"
code=0
wait "$sniff" || code=$?
cat "$work/clients.log" "$work/sniff.log"
[ "$code" = 0 ] || { echo "soak: ftpscope ended with $code"; exit 1; }
[ "$seen" = "$made" ] || { echo "soak: of $made sessions ftpscope saw $seen"; exit 1; }

# The medians of the second and of the last quarter; a twentieth and 2 MB are noise.
awk '
    { rss[NR] = $1 }
    function median(from, to,    part, count, i, j, x) {
        for (i = from; i <= to; i++) {
            x = rss[i]
            for (j = count; j > 0 && part[j] > x; j--) part[j + 1] = part[j]
            part[j + 1] = x
            count++
        }
        return part[int((count + 1) / 2)]
    }
    END {
        quarter = int(NR / 4)
        early = median(quarter + 1, 2 * quarter)
        late = median(NR - quarter + 1, NR)
        printf "memory: %d kB in the second quarter, %d kB in the last\n", early, late
        if (late > early * 1.05 + 2048) { print "soak: memory grows"; exit 1 }
    }' "$work/resident"
