#!/bin/sh
# Runs ftpscope, tcpdump, tshark and (where installed) Suricata side by side on generated captures
# and prints their times, peak memory and ratios.
#
#   benches/peers.sh [-r RUNS] [-s SIZE] [-d FOLDER] [-p PROGRAM,…] [KIND…]
#
# RUNS is 3, SIZE 500MB, KIND chatty (bulk, chatty, mixed, lossy, dense). The captures are kept in
# FOLDER (target/peers) for the next time. tshark takes about a minute for 500 MB of chatty; -p leaves
# out all but the programs that it names.
#
# The programs take turns, so that a slow spell of the machine hits all of them. Every figure is
# the median of the runs; files are in the page cache; output goes to /dev/null. What each does:
#
#   tcpdump      tcpdump --count: reads every packet, the floor of what libpcap can do
#   summary      ftpscope, the report's head alone
#   text         ftpscope, the default report
#   json         ftpscope, everything it knows
#   tshark       lists FTP commands and replies, all protocols enabled
#   tshark-lean  the same with the protocols that this does not need switched off
#   suricata     logs FTP and FTP data as JSON, one thread, no rules
set -eu

usage() { sed -n '2,21s/^# \{0,1\}//p' "$0"; exit 2; }

runs=3 size=500MB folder= programs=
while getopts r:s:d:p:h option; do
    case $option in
        r) runs=$OPTARG ;;
        s) size=$OPTARG ;;
        d) folder=$OPTARG ;;
        p) programs=$OPTARG ;;
        *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- chatty

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
folder=${folder:-$target/peers}
mkdir -p "$folder"
cargo build --quiet --release --bin ftpscope --example generate

for kind; do
    capture=$folder/$kind-$size.pcap
    # Under another name until it is whole: an interrupted run must not leave half a capture.
    [ -e "$capture" ] || {
        "$target/release/examples/generate" "$kind" "$size" "$capture.part" >"$capture.json"
        mv "$capture.part" "$capture"
    }
    cat "$capture" >/dev/null
    python3 benches/peers.py --runs "$runs" --programs "$programs" --ftpscope "$target/release/ftpscope" "$capture"
done
