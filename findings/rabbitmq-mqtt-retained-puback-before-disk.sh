#!/usr/bin/env bash
# RabbitMQ 3.10.8 (Debian 12), MQTT plugin: acknowledges a retained message seconds before it is on the disk.
#
# What one would guess: the PUBACK of a retained QoS 1 message means that it outlasts a kill of the broker, as it does for a
# message that waits in a durable queue, which is confirmed once it is on the disk.
# What happens: the retained message is in a DETS table that is written at its next auto save. Killed 1 s after the PUBACK,
# the broker has lost it. `mqtt.retained_message_store_dets_sync_interval` (default 2000 ms) shortens that.
# Output seen on 30 November 2026:
#   3.10.8: puback yes, retained after the kill no
set -euo pipefail
folder=$(mktemp -d)
export ERL_EPMD_PORT=$((20000 + RANDOM % 5000)) RABBITMQ_DIST_PORT=$((25000 + RANDOM % 5000)) HOME=$folder
port=$((30000 + RANDOM % 2000))
mapper=
broker=
trap '[ -z "$broker" ] || kill -9 -- "-$broker" 2>/dev/null; [ -z "$mapper" ] || kill "$mapper" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
erlang=(base asn1 crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl syntax-tools tftp tools xmerl)
apt-get download -qq -o APT::Sandbox::User=root rabbitmq-server=3.10.8-1.1+deb12u1 \
  "${erlang[@]/#/erlang-}" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
# Debian's start script of Erlang names the folder in which the package is installed.
sed -i "s#/usr/lib/erlang#$folder/root/usr/lib/erlang#" root/usr/lib/erlang/bin/erl
export PATH=$folder/root/usr/lib/erlang/bin:$PATH
epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
mapper=$!
echo '[rabbitmq_mqtt].' >plugins
printf 'listeners.tcp = none\nmqtt.listeners.tcp.1 = 127.0.0.1:%s\n' "$port" >rabbitmq.conf
export RABBITMQ_CONF_ENV_FILE=$folder/none RABBITMQ_NODENAME=finding-$port@localhost RABBITMQ_MNESIA_BASE=$folder/state
export RABBITMQ_LOG_BASE=$folder/log RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins
start() {
  setsid root/usr/lib/rabbitmq/bin/rabbitmq-server >/dev/null 2>&1 &
  broker=$!
}
cat >client.py <<'PY'
import socket, struct, sys, time

port, what = int(sys.argv[1]), sys.argv[2]


def text(value):
    return struct.pack('>H', len(value)) + value


def packet(kind, body):
    return bytes([kind, len(body)]) + body


# It listens a moment before it lets anybody in.
for _ in range(300):
    try:
        link = socket.create_connection(('127.0.0.1', port), 5)
        link.sendall(packet(0x10, text(b'MQTT') + b'\x04\x02\x00\x3c' + text(b'finding')))
        if link.recv(4) == b'\x20\x02\x00\x00':
            break
    except OSError:
        pass
    time.sleep(0.2)
link.settimeout(3)
if what == 'publish':
    link.sendall(packet(0x33, text(b'a') + b'\x00\x01' + b'kept'))
    print('yes' if link.recv(4) == b'\x40\x02\x00\x01' else 'no')
else:
    link.sendall(packet(0x82, b'\x00\x02' + text(b'a') + b'\x01'))
    heard = b''
    try:
        while b'kept' not in heard:
            heard += link.recv(100)
    except OSError:
        pass
    print('yes' if b'kept' in heard else 'no')
PY
start
acknowledged=$(python3 client.py "$port" publish)
sleep 1
kill -9 -- "-$broker"
wait "$broker" 2>/dev/null || true
start
kept=$(python3 client.py "$port" subscribe)
seen="$(dpkg-deb -f rabbitmq-server_*.deb Version | sed 's/-.*//'): puback $acknowledged, retained after the kill $kept"
echo "$seen"
[ "$seen" = '3.10.8: puback yes, retained after the kill no' ] || { echo 'RabbitMQ no longer does this' >&2; exit 1; }
