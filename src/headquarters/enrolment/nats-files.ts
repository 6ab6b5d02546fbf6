import { join } from 'node:path';
import { ackTopic, everyUnit, orderTopics, unitTopic } from '../../uplink/topics.ts';
import { authorityFiles, headquartersName } from './authority.ts';
import type { BrokerKind, BrokerSettings, BrokerUsers } from './broker-kind.ts';

const mainFile = 'nats.conf';
const rulesFile = 'access.conf';

/** An MQTT topic as NATS names it; what stands for one level is `*`, and for all that follow `>`. */
const subjectOf = (topic: string): string =>
  topic.replaceAll('/', '.').replace(/\+/g, '*').replace(/#$/, '>');

const quoted = (subjects: readonly string[]): string =>
  subjects.map((subject) => JSON.stringify(subject)).join(', ');

/** By its certificate's name, over MQTT alone, whatever it knows of NATS itself. */
function user(name: string, may: { publish: readonly string[]; subscribe: readonly string[] }) {
  return `    {
      user: "CN=${name}"
      allowed_connection_types: ["MQTT"]
      permissions {
        publish { allow: [${quoted(may.publish)}] }
        subscribe { allow: [${quoted(may.subscribe)}] }
      }
    }`;
}

/** By these the server itself delivers what is acknowledged; a client that asks for one is refused. */
const deliveries = '$MQTT.sub.>';

/** Who may read and write what. A unit whose certificates are all revoked is not among them, and gets no connection. */
function accessRules({ agency, units }: BrokerUsers): string {
  const all = subjectOf(unitTopic(agency, '+', '#'));
  const headquarters = user(headquartersName, { publish: [all], subscribe: [all, deliveries] });
  const each = units.map((unit) => {
    const read = [
      ackTopic(agency, unit),
      ...orderTopics.map((order) => unitTopic(agency, unit, order)),
      unitTopic(agency, everyUnit, '#'),
    ];
    return user(unit, {
      publish: [subjectOf(unitTopic(agency, unit, '#'))],
      subscribe: [...read.map(subjectOf), deliveries],
    });
  });
  return `# Written by "lookout headquarters broker": it writes this file anew, also when a unit is enrolled or revoked.

authorization {
  users: [
${[headquarters, ...each].join('\n')}
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

/** NATS with JetStream. It knows no list of revoked certificates: a revoked unit has no user. */
export const nats: BrokerKind = {
  mainFile,
  files: (settings) => ({ [mainFile]: configuration(settings) }),
  rulesFile,
  rules: accessRules,
  namesUnits: true,
  package: 'nats-server',
  start: (folder) => `nats-server -c ${join(folder, mainFile)}`,
  reload: () => 'nats-server --signal reload',
};
