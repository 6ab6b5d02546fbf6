import { join } from 'node:path';
import { ackTopic, everyUnit, orderTopics, unitTopic } from '../../uplink/topics.ts';
import { authorityFiles } from './authority.ts';
import type { BrokerKind, BrokerSettings, BrokerUser, BrokerUsers } from './broker-kind.ts';
import { ownNameOf } from './sign-certificate.ts';

const mainFile = 'nats.conf';
const rulesFile = 'access.conf';

/** An MQTT topic as NATS names it; what stands for one level is `*`, and for all that follow `>`. */
const subjectOf = (topic: string): string =>
  topic.replaceAll('/', '.').replace(/\+/g, '*').replace(/#$/, '>');

const quoted = (subjects: readonly string[]): string =>
  subjects.map((subject) => JSON.stringify(subject)).join(', ');

/**
 * Over MQTT alone, whatever it knows of NATS itself: each of its certificates by the name that it has for itself, so that one that is
 * revoked is nobody's; one of an earlier release by the name that it shares with all of its unit.
 */
function users(
  { name, serials }: BrokerUser,
  may: { publish: readonly string[]; subscribe: readonly string[] },
): string[] {
  const names = serials.map((serial) => ownNameOf(serial) ?? `CN=${name}`);
  return [...new Set(names)].map(
    (user) => `    {
      user: ${JSON.stringify(user)}
      allowed_connection_types: ["MQTT"]
      permissions {
        publish { allow: [${quoted(may.publish)}] }
        subscribe { allow: [${quoted(may.subscribe)}] }
      }
    }`,
  );
}

/** By these the server itself delivers what is acknowledged; a client that asks for one is refused. */
const deliveries = '$MQTT.sub.>';

/** Who may read and write what. A certificate that is revoked is not among them, and gets no connection. */
function accessRules({ agency, headquarters, units }: BrokerUsers): string {
  const all = subjectOf(unitTopic(agency, '+', '#'));
  const own = users(headquarters, { publish: [all], subscribe: [all, deliveries] });
  const each = units.flatMap((unit) => {
    const read = [
      ackTopic(agency, unit.name),
      ...orderTopics.map((order) => unitTopic(agency, unit.name, order)),
      unitTopic(agency, everyUnit, '#'),
    ];
    return users(unit, {
      publish: [subjectOf(unitTopic(agency, unit.name, '#'))],
      subscribe: [...read.map(subjectOf), deliveries],
    });
  });
  return `# Written by "lookout headquarters broker": it writes this file anew, also when a unit is enrolled or revoked.

authorization {
  users: [
${[...own, ...each].join('\n')}
  ]
}
`;
}

function configuration({ folder, stateFolder, listen }: BrokerSettings): string {
  const at = (name: string) => JSON.stringify(join(folder, name));
  const tls = `tls {
  cert_file: ${at(authorityFiles.broker)}
  key_file: ${at(authorityFiles.broker)}
  ca_file: ${at(authorityFiles.certificate)}
  verify_and_map: true
  timeout: 10
}`;
  const { address, port } = listen;
  const host = address === null ? '0.0.0.0' : address.includes(':') ? `[${address}]` : address;
  return `# Written by "lookout headquarters broker": it writes this file anew. NATS 2.9.

server_name: lookout
# NATS' own protocol, which nobody here speaks: on this computer alone, at a free port, and no user may use it.
listen: "127.0.0.1:-1"
${tls}

# TLS with a certificate of each client, whose name (CN) is its user.
mqtt {
listen: "${host}:${port}"
${tls}
}

# Images of several MB.
max_payload: 8388608
# What waits for a client outlasts a restart.
jetstream { store_dir: ${JSON.stringify(stateFolder)} }

include "${rulesFile}"
`;
}

/** NATS with JetStream. It knows no list of revoked certificates: one that is revoked has no user. */
export const nats: BrokerKind = {
  mainFile,
  files: (settings) => ({ [mainFile]: configuration(settings) }),
  rulesFile,
  rules: accessRules,
  revokedFile: null,
  namesUnits: true,
  package: 'nats-server',
  start: (folder) => `nats-server -c ${join(folder, mainFile)}`,
  reload: () => 'sudo nats-server --signal reload',
};
