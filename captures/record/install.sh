#!/bin/sh
# Installs what the lab runs: tools and clients as Debian packages, and the FTP
# servers that conflict with each other unpacked side by side into one folder.
#
#   sudo sh install.sh            # Debian 12
#   LAB_CACHE=/some/folder        # where unpacked servers go (default below)
set -eu

cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ftpscope-lab}
export DEBIAN_FRONTEND=noninteractive

apt-get update
# Keep the packages from starting their daemons: the lab starts its own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get install -y --no-install-recommends \
    iproute2 iptables ethtool procps tcpdump tshark tcpreplay \
    openssl python3 python3-venv gcc libc6-dev libcurl3-gnutls \
    vsftpd curl wget lftp ncftp tnftp

mkdir -p "$cache/debs" "$cache/root"
cd "$cache/debs"
apt-get download proftpd-core proftpd-mod-crypto pure-ftpd pure-ftpd-common \
    inetutils-ftpd inetutils-ftp
for deb in *.deb; do
    dpkg -x "$deb" "$cache/root"
done
# Libraries the unpacked programs need and Debian's base system lacks.
apt-get install -y --no-install-recommends \
    libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 \
    libsodium23 libwrap0 libreadline8

python3 -m venv "$cache/venv"
"$cache/venv/bin/pip" install --quiet 'pyftpdlib==2.0.1' pyopenssl
echo "lab software is in $cache"
