#!/usr/bin/env bash
# mosquitto 2.0.11 (Debian 12): refuses a message over its message_size_limit with a reason code that MQTT 5 does not
# give to a PUBACK.
#
# What one would guess: a broker answers a QoS 1 message that is too large for it with one of the nine reason codes that
# MQTT 5 lists for PUBACK (3.4.2.1), or ends the connection with DISCONNECT 0x95 (Packet too large), and a client can
# rely on that list.
# What happens: PUBACK with reason 0x95, which is a code of CONNACK and DISCONNECT alone, and the connection stays open. A
# client that checks the code against the list meets a malformed answer where it expects the acknowledgement, and must
# not leave the message waiting for it.
# Output seen on 29 November 2026:
#   2.0.11: 40 03 00 01 95
set -euo pipefail
folder=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq -o APT::Sandbox::User=root mosquitto=2.0.11-1.2+deb12u2 libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/$(uname -m)-linux-gnu:$folder/root/lib/$(uname -m)-linux-gnu"
port=18$((RANDOM % 900 + 100))
printf 'listener %s 127.0.0.1\nallow_anonymous true\nmessage_size_limit 1000\n' "$port" >broker.conf
root/usr/sbin/mosquitto -c broker.conf 2>broker.log &
broker=$!
seen=$(python3 - "$port" <<'PY'
import socket, struct, sys, time

port = int(sys.argv[1])
for _ in range(100):
    try:
        link = socket.create_connection(('127.0.0.1', port), 5)
        break
    except OSError:
        time.sleep(0.1)


def packet(kind, body):
    length, size = b'', len(body)
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (128 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def text(value):
    return struct.pack('>H', len(value)) + value


# CONNECT: MQTT 5, clean start, no properties. PUBLISH: QoS 1, packet id 1, 2000 bytes.
link.sendall(packet(0x10, text(b'MQTT') + b'\x05\x02' + b'\x00\x3c' + b'\x00' + text(b'finding')))
connack = link.recv(100)
link.sendall(packet(0x32, text(b'a') + b'\x00\x01' + b'\x00' + b'x' * 2000))
print(' '.join(f'{byte:02x}' for byte in link.recv(100)))
PY
)
version=$({ root/usr/sbin/mosquitto -h || true; } | head -1 | grep -o "[0-9.]*$")
echo "$version: $seen"
[ "$version: $seen" = '2.0.11: 40 03 00 01 95' ] || { echo 'mosquitto no longer does this' >&2; exit 1; }
