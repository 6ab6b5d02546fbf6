import { join } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import type { Config } from '../config/schema.ts';
import { uplinkSection } from '../config/sections/uplink.ts';
import {
  type AuthorityPlace,
  authorityFiles,
  makeAuthority,
  registerOf,
  renewOwn,
  revoke,
} from '../headquarters/enrolment/authority.ts';
import {
  brokerKinds,
  lastOrder,
  listenOf,
  toldBy,
  updateBrokerFiles,
  writeBrokerFiles,
} from '../headquarters/enrolment/broker-files.ts';
import { type Enrolments, listEnrolled } from '../headquarters/enrolment/enrolled.ts';
import { brokerNames } from '../headquarters/enrolment/register.ts';
import {
  beginRotation,
  endRotation,
  publicKeysPem,
  type RotationState,
  rotationState,
  switchKey,
} from '../headquarters/enrolment/signing-keys.ts';
import { enrolUnit } from '../headquarters/enrolment/unit-folder.ts';
import { systemClock } from '../platform/clock.ts';
import { counted } from '../platform/counted.ts';
import { localDay } from '../platform/local-time.ts';
import { codeOf, fileFault, Problem } from '../platform/problem.ts';
import { giveToServiceUser } from '../platform/service-user.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import {
  type ConfiguredOptions,
  configured,
  type OptionsOf,
  readHeadquartersConfig,
} from './configured.ts';
import { print } from './perform.ts';
import { noteOnPage, revokeOrdered } from './revoke-ordered.ts';
import { fittedTable } from './text.ts';

/** The commands by which an agency's units and headquarters know each other. They need no login: who may read the authority's key is who may use it. */
export function addEnrolment(group: Command): void {
  authorityCommand(group).action((options) => telling(() => authority(options)));
  enrolCommand(group).action((unit, options) => telling(() => enrol(unit, options)));
  placed(group.command('enrolled'))
    .description('show which units have a certificate, and when it ends')
    .option('--json', 'as JSON')
    .action((options) =>
      telling(() => print(options, listEnrolled(placeOf(options).place), listText)),
    );
  revokeCommand(group).action((unit, options) => telling(() => revokeUnit(unit, options)));
  brokerCommand(group).action((options) => telling(() => broker(options)));
  rotateCommand(group).action((options) => telling(() => rotate(options)));
}

function placed(command: Command) {
  return configured(command).option(
    '--authority <dir>',
    'folder of the authority, such as one on a disk that is kept locked away; by default authority in unit.dataDir',
  );
}

function authorityCommand(group: Command) {
  return placed(group.command('authority'))
    .description(
      "make the agency's authority, which signs certificates, with those of the broker and of headquarters",
    )
    .option(
      '--name <name>',
      'name or address at which units reach the broker; may be given again. By default that of uplink.broker',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--again', 'new certificates for the broker and headquarters, as before theirs end');
}

function enrolCommand(group: Command) {
  return placed(group.command('enrol'))
    .argument('<unit>', "the unit's id, as in its unit.id")
    .description('make the folder with certificate, keys and settings that a unit needs')
    .option('--out <dir>', 'the folder; by default one with the name of the unit, here')
    .option(
      '--broker <url>',
      "the broker's address for the unit; by default its first name and port",
    )
    .option(
      '--secret <file>',
      "the agency's secret, to go along; by default uplink.agency.secret, if it is set",
    )
    .option('--again', 'a further certificate for a unit that has one; the old one goes on');
}

function revokeCommand(group: Command) {
  return placed(group.command('revoke-unit'))
    .argument('[unit]', "the unit's id")
    .description('revoke the certificates of a unit: the broker takes them no more')
    .option('--old', 'all but the newest: those before a renewal')
    .option('--ordered', 'those of every unit for which people ordered it on the page, by itself')
    .addOption(
      new Option(
        '--tells-broker',
        'the broker is started again afterwards by who runs this',
      ).hideHelp(),
    )
    .option('--json', 'as JSON');
}

function brokerCommand(group: Command) {
  return placed(group.command('broker'))
    .description(
      'write the configuration of the broker, with access rules and certificates: of mosquitto 2.0, NATS 2.9 or RabbitMQ 3.10',
    )
    .option('--kind <broker>', `which broker: ${brokerNames.join(', ')}; by default mosquitto`)
    .option('--listen <address:port>', 'where it listens; by default 8883')
    .option('--out <dir>', 'the folder; by default broker in unit.dataDir')
    .option(
      '--state <dir>',
      'where the broker keeps what waits; by default /var/lib/lookout-broker',
    )
    .addHelpText('after', '\nWhat is left out stays as it was given the last time.');
}

function rotateCommand(group: Command) {
  return configured(group.command('rotate-key'))
    .description(
      'change the key that signs what all units share, in three steps; without an option, show the step that comes next',
    )
    .option('--begin', 'make the next key')
    .option('--switch', 'sign with it from now on: when every unit has both public keys')
    .option('--end', 'forget the key before: when every unit was in contact since')
    .option(
      '--public <file>',
      'write the public keys, for uplink.agency.key of the units, to this file',
    );
}

/** Faults of files are said in words, by all of these commands. */
async function telling(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem || codeOf(error) === undefined) throw error;
    const path = error instanceof Error && 'path' in error ? `${error.path}: ` : '';
    throw new Problem(`the files could not be read or written (${path}${fileFault(error)})`);
  }
}

/** The authority of the configuration. What root makes in the data folder is given to the user of the service. */
function placeOf(options: OptionsOf<typeof placed>) {
  const { config, isInstalled } = ownConfig(options);
  const folder = options.authority ?? join(config.unit.dataDir, 'authority');
  const place: AuthorityPlace = { folder, agency: config.unit.agency, clock: systemClock };
  return { place, config, isInstalled };
}

function ownConfig(options: ConfiguredOptions) {
  const loaded = readHeadquartersConfig(options);
  giveToServiceUser(loaded.config.unit.dataDir, loaded.isInstalled);
  return loaded;
}

async function authority(options: OptionsOf<typeof authorityCommand>): Promise<void> {
  const { place, config, isInstalled } = placeOf(options);
  const at = (file: string) => join(place.folder, file);
  if (options.again === true) {
    await renewOwn(place, options.name);
    const { kind, folder } = lastOrder(place);
    const { reload } = brokerKinds[kind];
    say(
      `The broker and headquarters have new certificates; the old ones go on.
Put them into use: lookout headquarters broker, then ${reload(folder ?? '')} and sudo systemctl restart lookout-headquarters
Then revoke the old ones: lookout headquarters revoke-unit headquarters --old`,
    );
    return;
  }
  const names = options.name ?? namesOfBroker(config);
  await makeAuthority(place, names);
  const own = at(authorityFiles.headquarters);
  // The service of an installed headquarters is handed these files by systemd.
  const needed = `Headquarters' configuration needs:

uplink:
  broker: mqtts://127.0.0.1:${new URL(config.uplink.broker).port || 8883}
  tls: { ca: ${at(authorityFiles.certificate)}, cert: ${own}, key: ${own} }
`;
  say(
    `The authority of ${place.agency} is in ${place.folder}. Whoever has its ${authorityFiles.key} can pass as any unit: keep a copy locked away.
${isInstalled && options.authority === undefined ? '' : needed}
Next: lookout headquarters broker; then each unit: lookout headquarters enrol UNIT`,
  );
}

function namesOfBroker(config: Config): string[] {
  const { hostname } = new URL(config.uplink.broker);
  if (!/^localhost$|^127\.|^\[::1\]$/.test(hostname)) return [hostname.replace(/^\[|\]$/g, '')];
  throw new Problem(
    'where units reach the broker is not known: uplink.broker names this computer only. Give it: --name headquarters.example.org',
  );
}

async function enrol(unit: string, options: OptionsOf<typeof enrolCommand>): Promise<void> {
  const { place, config } = placeOf(options);
  const register = registerOf(place);
  const { out = unit, again = false } = options;
  const broker =
    options.broker ?? addressOf(register.brokerNames[0] ?? '', register.broker?.port ?? 8883);
  refuseBroker(broker);
  const secretFile = options.secret ?? config.uplink.agency.secret;
  await enrolUnit(place, { unit, out, broker, again, secretFile, keyFolder: config.unit.dataDir });
  const lacking =
    secretFile === undefined
      ? `\nThe agency's secret is not in it: headquarters keeps none. README.txt in it says how the unit gets it.`
      : '';
  const old = again
    ? `\nThe certificate before goes on. When the unit has the new one: lookout headquarters revoke-unit ${unit} --old`
    : '';
  const isNamed = brokerKinds[lastOrder(place).kind].namesUnits;
  const written = isNamed ? await updateBrokerFiles(place) : null;
  const told =
    written === null ? '' : `\nThe broker must be told: ${written.kind.reload(written.folder)}`;
  say(
    `${unit} is enrolled. Bring ${out} to it by hand and do there what its README.txt says; then delete it here.${lacking}${old}${told}`,
  );
}

function addressOf(name: string, port: number): string {
  return `mqtts://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function refuseBroker(broker: string): void {
  const parsed = uplinkSection.safeParse({ broker });
  if (parsed.success && /^(?:mqtts|wss):/.test(broker)) return;
  throw new Problem(`--broker: "${broker}" is no address for a unit; write mqtts://host:8883`);
}

async function revokeUnit(
  name: string | undefined,
  options: OptionsOf<typeof revokeCommand>,
): Promise<void> {
  const { place, config } = placeOf(options);
  if (options.ordered === true) {
    if (name !== undefined || options.old === true) {
      throw new Problem('--ordered stands alone: the units are those for which people ordered it');
    }
    return revokeOrdered(place, config, options);
  }
  if (name === undefined) throw new Problem('name the unit, or give --ordered');
  const revoked = await revoke(place, { name, keepNewest: options.old === true });
  const written = await updateBrokerFiles(place);
  if (options.old !== true) await noteOnPage(place, config, name);
  print(options, { revoked, brokerFolder: written?.folder ?? null }, () => {
    const done = `${counted(revoked.length, 'certificate')} of ${name} ${revoked.length === 1 ? 'is' : 'are'} revoked.`;
    return `${done} ${toldBy(written)}`;
  });
}

async function broker(options: OptionsOf<typeof brokerCommand>): Promise<void> {
  const { place, config } = placeOf(options);
  const last = lastOrder(place);
  const folder = options.out ?? last.folder ?? join(config.unit.dataDir, 'broker');
  const listen = options.listen === undefined ? last.listen : listenOf(options.listen);
  const stateFolder = options.state ?? last.stateFolder;
  const wanted = options.kind ?? last.kind;
  const name = brokerNames.find((each) => each === wanted);
  if (name === undefined) {
    throw new Problem(`--kind: "${wanted}" is none of ${brokerNames.join(', ')}`);
  }
  const kind = brokerKinds[name];
  await writeBrokerFiles(place, { folder, listen, stateFolder, kind: name });
  const isUsual = folder === '/var/lib/lookout/broker';
  if (name !== 'mosquitto') {
    say(
      `The broker's configuration is in ${folder}; port ${listen.port} must be open to the units.
It is Debian's package ${kind.package}, whose own service would be a second broker. Let its user read the folder and write ${stateFolder}.
Start it: ${kind.start(folder)}
It is told each unit by name: after each enrol and revoke-unit, ${kind.reload(folder)}`,
    );
    return;
  }
  const start = isUsual
    ? 'Start it, now and at each boot: sudo systemctl enable --now lookout-broker (after a change: sudo systemctl restart lookout-broker)'
    : `Start it: ${kind.start(folder)}`;
  say(
    `The broker's configuration is in ${folder}; port ${listen.port} must be open to the units.
It is mosquitto, once: sudo apt-get install -y mosquitto, and sudo systemctl disable --now mosquitto, which would be a second one.
${start}`,
  );
}

const nextStep: Record<RotationState, string> = {
  none: 'One key signs what all units share. To change it: lookout headquarters rotate-key --begin',
  begun: `The old key signs, and the new one waits. Give every unit the file with both public keys (--public headquarters.pub) as
/etc/lookout/tls/headquarters.pub, and restart its lookout; where uplink.agency.key names another file that lookout itself reads, it
takes the new keys at once. When every unit has it: lookout headquarters rotate-key --switch`,
  switched: `The new key signs once headquarters is started again: sudo systemctl restart lookout-headquarters
It then signs again what units share; this command shows when it has.`,
  signed: `The new key has signed all that units share. When every unit was in contact since, so that nothing of the old key is on its way:
lookout headquarters rotate-key --end. Then give units the file with the new key alone, when there is occasion.`,
};

async function rotate(options: OptionsOf<typeof rotateCommand>): Promise<void> {
  const steps = [options.begin, options.switch, options.end].filter((step) => step === true);
  if (steps.length > 1)
    throw new Problem('--begin, --switch and --end are one step each; give one');
  const folder = ownConfig(options).config.unit.dataDir;
  if (options.begin === true) beginRotation(folder);
  if (options.switch === true) switchKey(folder);
  if (options.end === true) endRotation(folder);
  if (options.public !== undefined) await writeFileDurably(options.public, publicKeysPem(folder));
  say(nextStep[rotationState(folder)]);
}

function listText({ authorityUntil, enrolled }: Enrolments): string {
  const rows = enrolled.map(({ name, kind, issuedAt, until, state, older }) => [
    name,
    kind,
    localDay(issuedAt),
    localDay(until),
    older === 0 ? state : `${state}; ${counted(older, 'older one')} valid, too`,
  ]);
  const table = fittedTable(['name', 'what', 'issued', 'ends', 'state'], rows);
  return `${table}\nThe authority itself ends on ${localDay(authorityUntil)}.`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
