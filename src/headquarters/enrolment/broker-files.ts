import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { Problem } from '../../platform/problem.ts';
import { writeFileDurably } from '../../platform/write-file-durably.ts';
import { ackTopic, everyUnit, orderTopics, unitTopic } from '../../uplink/topics.ts';
import {
  type AuthorityPlace,
  authorityFiles,
  headquartersName,
  locked,
  registerOf,
} from './authority.ts';
import type { BrokerKind, BrokerSettings, BrokerUsers, Listen } from './broker-kind.ts';
import { nats } from './nats-files.ts';
import { rabbitmq } from './rabbitmq-files.ts';
import {
  type BrokerName,
  brokerNames,
  type IssuedCertificate,
  type Register,
  revokedUnits,
  writeRegister,
} from './register.ts';

/** mosquitto's configuration in the folder of the broker. */
export const brokerConfiguration = 'mosquitto.conf';
const accessRules = 'acl';

/** mosquitto. It finds a unit by the name in its certificate, and is told of revoked ones. */
const mosquitto: BrokerKind = {
  mainFile: brokerConfiguration,
  files: (settings) => ({ [brokerConfiguration]: mosquittoConfiguration(settings) }),
  rulesFile: accessRules,
  rules: ({ agency, revoked }) => mosquittoRules(agency, revoked),
  revokedFile: async () => authorityFiles.revoked,
  namesUnits: false,
  package: 'mosquitto',
  start: (folder) => `mosquitto -c ${join(folder, brokerConfiguration)}`,
  reload: () => 'sudo systemctl restart lookout-broker',
};

/** The brokers that are configured here, mosquitto where nothing else is said. */
export const brokerKinds = { mosquitto, nats, rabbitmq } as const satisfies Record<
  BrokerName,
  BrokerKind
>;

/** Reads `ADDRESS:PORT`, `[ADDRESS]:PORT` or `PORT`. Throws a Problem. */
export function listenOf(text: string): Listen {
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([^\]]+)\]:|([^:]+):)?(\d{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? null;
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535 || (address !== null && isIP(address) === 0)) {
    throw new Problem(
      `--listen: "${text}" is no address and port; write 0.0.0.0:8883, [::]:8883 or 8883`,
    );
  }
  return { address: address === '0.0.0.0' || address === '::' ? null : address, port };
}

/** Where the files of a broker go. */
interface BrokerOrder {
  folder: string;
  /** Where the broker keeps what waits; it must be there when the broker starts. */
  stateFolder: string;
  listen: Listen;
  /** Default: mosquitto. */
  kind?: BrokerName;
}

/** Where a broker keeps what waits, if nothing else is said; the service of the broker makes it. */
const usualState = '/var/lib/lookout-broker';

/** The order of the last `writeBrokerFiles`, which goes on where nothing else is said; before the first the usual one, `folder` null. */
export function lastOrder(
  place: AuthorityPlace,
): Required<Omit<BrokerOrder, 'folder'>> & { folder: string | null } {
  const {
    folder = null,
    port = 8883,
    kind = 'mosquitto',
    address = null,
    state = usualState,
  } = registerOf(place).broker ?? {};
  return { folder, stateFolder: state, listen: { address, port }, kind };
}

/** The broker whose files a folder has; null if none. */
const kindIn = (folder: string): BrokerName | null =>
  brokerNames.find((name) => existsSync(join(folder, brokerKinds[name].mainFile))) ?? null;

/**
 * Writes all that the broker needs: its configuration, access rules, certificates and the list of revoked ones. May be
 * called again. Throws a Problem if the folder holds other files.
 */
export async function writeBrokerFiles(place: AuthorityPlace, order: BrokerOrder): Promise<void> {
  const folder = resolve(order.folder);
  const { kind = 'mosquitto', listen } = order;
  const { files } = brokerKinds[kind];
  await locked(place, async () => {
    const register = registerOf(place);
    const other = kindIn(folder);
    if (other !== kind && existsSync(folder) && readdirSync(folder).length > 0) {
      const whose = other === null ? "that are no broker's" : `of ${other}`;
      throw new Problem(
        `--out: ${folder} holds files ${whose}; name a folder that is empty or not there`,
      );
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of [authorityFiles.certificate, authorityFiles.broker]) {
      await writeFileDurably(join(folder, name), readFileSync(join(place.folder, name)));
    }
    await writeChanging(place, folder, kind);
    for (const [name, text] of Object.entries(files({ ...order, folder }))) {
      await writeFileDurably(join(folder, name), text);
    }
    const { address, port } = listen;
    const broker = {
      ...{ folder, port },
      ...(kind !== 'mosquitto' && { kind }),
      ...(address !== null && { address }),
      ...(order.stateFolder !== usualState && { state: order.stateFolder }),
    };
    await writeRegister(place.folder, { ...register, broker });
  });
}

/** Where the files of the broker are, and whose they are. */
export interface WrittenBroker {
  folder: string;
  kind: BrokerKind;
}

/**
 * Writes anew what changes when a unit is enrolled or revoked, where `writeBrokerFiles` wrote last. Returns where that is; null
 * if there is none, or it is gone.
 */
export async function updateBrokerFiles(place: AuthorityPlace): Promise<WrittenBroker | null> {
  return locked(place, async () => {
    const { folder, kind } = lastOrder(place);
    if (folder === null || !existsSync(join(folder, brokerKinds[kind].mainFile))) return null;
    await writeChanging(place, folder, kind);
    return { folder, kind: brokerKinds[kind] };
  });
}

/** How the broker is told of certificates that were revoked, in sentences, with the commands; null: it has no files here. */
export function toldBy(written: WrittenBroker | null): string {
  if (written === null) {
    return 'The broker does not know it yet: lookout headquarters broker, and bring its files to the broker.';
  }
  const { kind, folder } = written;
  const commands = [kind.reload(folder), kind.end].filter((each) => each !== undefined);
  const told = kind.namesUnits
    ? 'The broker takes none of them any more, and ends what it still has open of them, when it is told.'
    : 'The broker ends what it still has open of them when it is started again; what waits is kept.';
  return `${told} Run: ${commands.join(' && ')}`;
}

async function writeChanging(
  place: AuthorityPlace,
  folder: string,
  kind: BrokerName,
): Promise<void> {
  const register = registerOf(place);
  const { rulesFile, rules, revokedFile } = brokerKinds[kind];
  if (revokedFile !== null) {
    const list = join(place.folder, authorityFiles.revoked);
    await writeFileDurably(join(folder, await revokedFile(list)), readFileSync(list));
  }
  await writeFileDurably(join(folder, rulesFile), rules(usersOf(place.agency, register)));
}

/** Who has certificates that hold. */
function usersOf(agency: string, register: Register): BrokerUsers {
  const valid = register.certificates.filter(({ revokedAt }) => revokedAt === null);
  const of = (kind: IssuedCertificate['kind']) =>
    [
      ...Map.groupBy(
        valid.filter((each) => each.kind === kind),
        ({ name }) => name,
      ),
    ].map(([name, all]) => ({ name, serials: all.map(({ serial }) => serial) }));
  return {
    agency,
    headquarters: of('headquarters')[0] ?? { name: headquartersName, serials: [] },
    units: of('unit'),
    revoked: revokedUnits(register),
  };
}

/**
 * Who may read and write what. A unit is told by the name in its certificate (%u), which the authority gives out once only.
 * `revoked`: units whose connections end at the next reload, too.
 */
export function mosquittoRules(agency: string, revoked: readonly string[] = []): string {
  const unit = '%u';
  const lines = [
    '# Written by "lookout headquarters broker": it writes this file anew.',
    '',
    '# Headquarters: everything of the agency.',
    `user ${headquartersName}`,
    `topic readwrite ${unitTopic(agency, '+', '#')}`,
    '',
    '# A unit, by the name in its certificate: writes below its own name, reads what is for it and for all.',
    `pattern write ${unitTopic(agency, unit, '#')}`,
    `pattern read ${ackTopic(agency, unit)}`,
    ...orderTopics.map((order) => `pattern read ${unitTopic(agency, unit, order)}`),
    `pattern read ${unitTopic(agency, everyUnit, '#')}`,
    ...revoked.flatMap((name) => ['', `user ${name}`, `topic deny ${unitTopic(agency, '+', '#')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function mosquittoConfiguration({ folder, stateFolder, listen }: BrokerSettings): string {
  const at = (name: string) => join(folder, name);
  return `# Written by "lookout headquarters broker": it writes this file anew. mosquitto 2.0.

# TLS with a certificate of each client, whose name (CN) is its user. There is no other listener.
listener ${listen.port}${listen.address === null ? '' : ` ${listen.address}`}
cafile ${at(authorityFiles.certificate)}
certfile ${at(authorityFiles.broker)}
keyfile ${at(authorityFiles.broker)}
crlfile ${at(authorityFiles.revoked)}
require_certificate true
use_identity_as_username true
allow_anonymous false
tls_version tlsv1.2
acl_file ${at(accessRules)}

# What waits for a client outlasts a restart. A unit that is off for a month is told all again by headquarters.
persistence true
persistence_location ${stateFolder}/
autosave_interval 60
persistent_client_expiration 30d

# For each client that is away: acknowledgements and orders for a unit, everything for headquarters. Units keep what
# headquarters has not acknowledged, and send it again: what is dropped here in an outage of days is not lost.
max_queued_messages 100000
max_queued_bytes 67108864
# Images of several MB.
max_packet_size 8388608
max_inflight_messages 256
set_tcp_nodelay true

log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages true
`;
}
