import { join } from 'node:path';
import { ackTopic, everyUnit, orderTopics, unitTopic } from '../../uplink/topics.ts';
import { authorityFiles } from './authority.ts';
import type { BrokerKind, BrokerSettings, BrokerUsers } from './broker-kind.ts';
import { hashedNameOf } from './sign-certificate.ts';

const mainFile = 'rabbitmq-env.conf';
const configurationFile = 'rabbitmq.conf';
const tlsFile = 'advanced.config';
const pluginsFile = 'enabled_plugins';
const rulesFile = 'definitions.json';
const node = 'lookout@localhost';
const vhost = '/';
/** Through which RabbitMQ passes what comes over MQTT. */
const exchange = 'amq.topic';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** An MQTT topic, or the beginning of some, as an expression for what RabbitMQ calls it. */
const keyOf = (topic: string): string => escaped(topic.replaceAll('/', '.')).replace(/#$/, '.*');
const oneOf = (...parts: readonly string[]): string => `^(${parts.join('|')})$`;
const nothing = '^$';

/** What one user may do: nobody uses what waits for another, whatever client id it takes. */
function user(
  agency: string,
  name: string,
  may: { write: readonly string[]; read: readonly string[] } | null,
) {
  // The link, its second try, and the trial of doctor.
  const client = `lookout-${escaped(agency)}-${escaped(name)}(-spare|-doctor)?`;
  const queue = `mqtt-subscription-${client}qos[01]`;
  const ofQueues = may === null ? nothing : oneOf(queue);
  const ofBoth = may === null ? nothing : oneOf(queue, escaped(exchange));
  return {
    account: {
      ...{ name, password_hash: '', hashing_algorithm: 'rabbit_password_hashing_sha256' },
      tags: [],
    },
    permission: { user: name, vhost, configure: ofQueues, write: ofBoth, read: ofBoth },
    topics: {
      ...{ user: name, vhost, exchange },
      write: may === null ? nothing : oneOf(...may.write.map(keyOf)),
      read: may === null ? nothing : oneOf(...may.read.map(keyOf)),
    },
  };
}

/** Who may read and write what; a unit whose certificates are all revoked, nothing. */
function definitions({ agency, headquarters, units, revoked }: BrokerUsers): string {
  const all = unitTopic(agency, '', '').replace(/\/+$/, '/#');
  const users = [
    user(agency, headquarters.name, { write: [all], read: [all] }),
    ...units.map(({ name: unit }) =>
      user(agency, unit, {
        write: [unitTopic(agency, unit, '#')],
        read: [
          ackTopic(agency, unit),
          ...orderTopics.map((order) => unitTopic(agency, unit, order)),
          unitTopic(agency, everyUnit, '#'),
        ],
      }),
    ),
    ...revoked.map((unit: string) => user(agency, unit, null)),
  ];
  const written = {
    vhosts: [{ name: vhost }],
    users: users.map(({ account }) => account),
    permissions: users.map(({ permission }) => permission),
    topic_permissions: users.map(({ topics }) => topics),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** What rabbitmq.conf has no words for is the list of revoked certificates, and the two files do not share a section. */
function tlsSettings({ folder }: BrokerSettings): string {
  const at = (name: string) => JSON.stringify(join(folder, name));
  return `%% Written by "lookout headquarters broker": it writes this file anew.
[{rabbit, [{ssl_options, [
  {cacertfile, ${at(authorityFiles.certificate)}},
  {certfile, ${at(authorityFiles.broker)}},
  {keyfile, ${at(authorityFiles.broker)}},
  {verify, verify_peer},
  {fail_if_no_peer_cert, true},
  {versions, ['tlsv1.3', 'tlsv1.2']},
  %% Of each client's certificate, at each connection, by the list in this folder.
  {crl_check, peer},
  {crl_cache, {ssl_crl_hash_dir, {internal, [{dir, ${at('.')}}]}}}
]}]}].
`;
}

function configuration({ folder, listen }: BrokerSettings): string {
  const at = (name: string) => join(folder, name);
  const host = listen.address ?? '0.0.0.0';
  return `# Written by "lookout headquarters broker": it writes this file anew. RabbitMQ 3.10.

# RabbitMQ's own protocol, which nobody here speaks, has no listener.
listeners.tcp = none
# TLS with a certificate of each client, whose name (CN) is its user.
mqtt.listeners.tcp = none
mqtt.listeners.ssl.1 = ${host}:${listen.port}
mqtt.ssl_cert_login = true
ssl_cert_login_from = common_name
mqtt.allow_anonymous = false
# How TLS is spoken: advanced.config.
# A retained message is on the disk within so many milliseconds; by itself RabbitMQ may take seconds, after it was acknowledged.
mqtt.retained_message_store_dets_sync_interval = 100
load_definitions = ${at(rulesFile)}
`;
}

const environment = ({ folder, stateFolder }: BrokerSettings): string =>
  `# Written by "lookout headquarters broker": it writes this file anew.
NODENAME=${node}
CONFIG_FILE=${join(folder, configurationFile)}
ADVANCED_CONFIG_FILE=${join(folder, tlsFile)}
ENABLED_PLUGINS_FILE=${join(folder, pluginsFile)}
MNESIA_BASE=${stateFolder}
LOG_BASE=${join(stateFolder, 'log')}
# Its nodes would find each other through these, and it is alone.
SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
ERL_EPMD_ADDRESS=127.0.0.1
`;

/** RabbitMQ. It asks the list of revoked certificates at each connection; what a unit has open must be ended. */
export const rabbitmq = {
  mainFile,
  files: (settings: BrokerSettings) => ({
    [configurationFile]: configuration(settings),
    [tlsFile]: tlsSettings(settings),
    [pluginsFile]: '[rabbitmq_mqtt].\n',
    [mainFile]: environment(settings),
  }),
  rulesFile,
  rules: definitions,
  revokedFile: hashedNameOf,
  namesUnits: true,
  package: 'rabbitmq-server',
  start: (folder: string) =>
    `sudo RABBITMQ_CONF_ENV_FILE=${join(folder, mainFile)} rabbitmq-server`,
  reload: (folder: string) =>
    `sudo rabbitmqctl -n ${node} import_definitions ${join(folder, rulesFile)}`,
  // It has a command for the connections of one user, which passes over those of MQTT. The others come back by themselves.
  end: `sudo rabbitmqctl -n ${node} close_all_connections revoked`,
} satisfies BrokerKind;
