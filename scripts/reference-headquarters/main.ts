import { Argument, Option, Command as Program } from 'commander';
import type { Command } from '../../src/accountability/lost-unit/command.ts';
import {
  type AlertStatus,
  alertStatusStates,
} from '../../src/accountability/verification/alert-status.ts';
import { shortIdOf } from '../../src/accountability/verification/hit-view.ts';
import type { UplinkConfig } from '../../src/config/sections/uplink.ts';
import { openSigningKey, publicKeysPem } from '../../src/headquarters/enrolment/signing-keys.ts';
import type { From } from '../../src/headquarters/intake/read-message.ts';
import { publishList } from '../../src/headquarters/lists/publish-list.ts';
import { createLog } from '../../src/platform/log.ts';
import { messageOf, Problem } from '../../src/platform/problem.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import { createLink, type Link } from '../../src/uplink/link.ts';
import { createHeadquarters, type Headquarters, linkConfig } from './headquarters.ts';
import { sendAlertStatus, sendCommand, sendRevoke } from './orders.ts';
import { openStore } from './store.ts';

interface Options {
  broker: string;
  folder: string;
  ca?: string;
  cert?: string;
  key?: string;
  agency?: string;
  protocol: UplinkConfig['protocol'];
}

const connectTimeoutMs = 15_000;

const program = new Program('headquarters')
  .description(
    'Reference headquarters: stores and acknowledges what units send, publishes hot lists',
  )
  .option('--broker <url>', 'MQTT broker', 'mqtts://127.0.0.1:8883')
  .option('--folder <dir>', 'its database and images', 'var/headquarters')
  .option('--ca <pem>', 'authority that signed the broker')
  .option('--cert <pem>', "headquarters' certificate")
  .option('--key <pem>', "headquarters' key")
  .addOption(
    new Option('--protocol <version>', 'MQTT: auto is 5, or 3.1.1 if the broker has no 5')
      .choices(['auto', '5', '3.1.1'])
      .default('auto'),
  )
  .option('--agency <id>', 'one agency only (publish-list: whose units get the list)');

program
  .command('run', { isDefault: true })
  .description('store, acknowledge and show what arrives, until interrupted')
  .option('--embedded-broker [port]', 'start an unencrypted broker on loopback, for tries')
  .action(async (local: { embeddedBroker?: string | true }) => {
    const options = program.opts<Options>();
    await using stack = new AsyncDisposableStack();
    if (local.embeddedBroker !== undefined) {
      const port = local.embeddedBroker === true ? 1883 : Number(local.embeddedBroker);
      // Its package is a development one, which a headquarters without it does not need.
      const { createEmbeddedBroker } = await import('./embedded-broker.ts');
      const broker = stack.use(await createEmbeddedBroker({ port }));
      options.broker = broker.url;
    }
    const { broker, folder, agency, protocol } = options;
    const headquarters = stack.use(
      createHeadquarters({
        broker,
        folder,
        protocol,
        tls: tlsOf(options),
        ...(agency ? { agency } : {}),
      }),
    );
    show(headquarters);
    headquarters.start();
    say(`connecting to ${options.broker}, keeping in ${options.folder}`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    const { detections, hits, images, notices, repeats, refused } = headquarters.counts;
    say(
      `${detections} detections, ${hits} hits, ${images} images, ${notices} notices; ${repeats} repeats, ${refused} refused`,
    );
  });

interface PublishOptions {
  asOf: string;
  listVersion?: string;
  entries?: string;
  chunkBytes?: string;
}

program
  .command('publish-list')
  .description('publish a hot list file to all units of an agency')
  .argument('<list>', "the list's id, as in the units' configuration")
  .argument('<file>')
  .requiredOption('--as-of <time>', 'when the source made the list, e.g. 2026-11-22T04:00:00Z')
  .option('--list-version <text>', 'default: made of the time and the hash')
  .option('--entries <number>', 'rows that the file has by its source; 0 vouches for an empty list')
  .option(
    '--chunk-bytes <number>',
    'length of a part, for a broker of MQTT 3.1.1 that takes little',
  )
  .action(async (list: string, file: string, local: PublishOptions) => {
    const options = program.opts<Options>();
    const { agency } = options;
    if (agency === undefined) throw new Problem('publish-list needs --agency');
    const asOf = asTime(local.asOf);
    const version = local.listVersion === undefined ? {} : { version: local.listVersion };
    const entries = local.entries === undefined ? {} : { entries: Number(local.entries) };
    const chunkBytes =
      local.chunkBytes === undefined ? {} : { chunkBytes: Number(local.chunkBytes) };
    const manifest = await withLink(options, (deps) =>
      publishList(
        { agency, list, file, asOf, ...version, ...entries, ...chunkBytes },
        { ...deps, key: openSigningKey(options.folder) },
      ),
    );
    say(
      `published ${list} version ${manifest.version}: ${manifest.bytes} bytes in ${manifest.chunks} chunks`,
    );
  });

program
  .command('alert-status')
  .description('tell every unit how far dispatch has come with a hit')
  .argument('<hit>', "the hit's id")
  .addArgument(new Argument('<state>').choices(alertStatusStates))
  .requiredOption('--by <name>', 'the dispatcher')
  .action(async (hitId: string, state: AlertStatus['state'], { by }: { by: string }) => {
    const options = program.opts<Options>();
    const { unit } = await withLink(options, (deps) => sendAlertStatus({ hitId, state, by }, deps));
    say(`told all units: hit ${hitId} of ${unit} is ${state}`);
  });

program
  .command('revoke')
  .description('close accounts at once on every unit; the list replaces the one before')
  .argument('[username...]')
  .option('--everyone', 'every account')
  .option('--unit <id>', 'on one unit only')
  .option('--reason <text>', 'why', 'revoked by headquarters')
  .action(
    async (usernames: string[], local: { everyone?: true; unit?: string; reason: string }) => {
      const options = program.opts<Options>();
      const { agency } = options;
      if (agency === undefined) throw new Problem('revoke needs --agency');
      const { everyone = false, ...rest } = local;
      await withLink(options, ({ link }) =>
        sendRevoke({ agency, everyone, usernames, ...rest }, link),
      );
      say(`revoked: ${everyone ? 'everyone' : usernames.join(', ') || 'nobody'}`);
    },
  );

program
  .command('command')
  .description('lock, unlock or wipe a lost unit')
  .argument('<unit>')
  .addArgument(new Argument('<kind>').choices(['lock', 'unlock', 'wipe']))
  .requiredOption('--by <name>', 'who orders it')
  .requiredOption('--reason <text>', 'why')
  .action(async (unit: string, kind: Command['kind'], local: { by: string; reason: string }) => {
    const options = program.opts<Options>();
    const { agency } = options;
    if (agency === undefined) throw new Problem('command needs --agency');
    await withLink(options, ({ link }) =>
      sendCommand({ agency, unit, kind, ...local }, { link, key: openSigningKey(options.folder) }),
    );
    say(`told ${agency}/${unit}: ${kind}`);
  });

program
  .command('key')
  .description('print the public key for uplink.agency.key of the units')
  .action(() => {
    const { folder } = program.opts<Options>();
    process.stdout.write(publicKeysPem(folder));
  });

function tlsOf({ ca, cert, key }: Options) {
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

/** Works over a link of its own, which subscribes to nothing, beside a headquarters that may be running. */
async function withLink<T>(
  options: Options,
  work: (deps: { link: Link; store: ReturnType<typeof openStore> }) => Promise<T>,
): Promise<T> {
  const store = openStore(options.folder);
  const connected = Promise.withResolvers<void>();
  const link = createLink({
    config: { ...linkConfig({ ...options, tls: tlsOf(options) }), sessionExpiryS: 0 },
    clientId: 'lookout-headquarters-publisher',
    listener: { onConnected: () => connected.resolve(), onLost() {}, onMessage() {} },
    log: createLog({ level: 'warn', name: 'headquarters' }),
  });
  try {
    link.start();
    const late = setTimeout(
      () => connected.reject(new Problem(`the broker cannot be reached: ${link.problem}`)),
      connectTimeoutMs,
    );
    await connected.promise.finally(() => clearTimeout(late));
    return await work({ link, store });
  } finally {
    await link.stop();
    store.close();
  }
}

function show({ events }: Headquarters): void {
  const who = ({ agency, unit }: From) => `${agency}/${unit}`;
  const read = ({ read: of }: Detection | Hit) =>
    of ? `${of.plate} ${of.state?.code ?? '??'} ${Math.round(of.confidence * 100)} %` : 'unread';
  events.on('connected', () => say('connected'));
  events.on('hit', (hit, from) => {
    const { match, state, revision, direction, fix, repeatOf } = hit;
    const { make, model, colour } = match.entry;
    const vehicle = [colour, make, model].filter((each) => each !== null).join(' ');
    const place =
      fix.latitude === null ? '' : `, at ${fix.latitude.toFixed(5)},${fix.longitude?.toFixed(5)}`;
    const heading =
      direction.headingDeg === null ? '' : `, heading ${Math.round(direction.headingDeg)}°`;
    const near = match.tier === 'exact' ? '' : ` (${match.tier}: listed ${match.entry.plate})`;
    say(
      `${who(from)} HIT ${shortIdOf(hit.id)} ${repeatOf === undefined ? state : 'seen again'} r${revision}: ${read(hit)}${near}, possible ${match.entry.category}, ` +
        `list ${match.list.name}${vehicle === '' ? '' : `, ${vehicle}`}${heading}${place}`,
    );
  });
  events.on('detection', (detection, from) => {
    const { revision, seenCount, images, closed } = detection;
    const end = closed ? '' : ', still in view';
    say(
      `${who(from)} detection r${revision}: ${read(detection)}, seen ${seenCount} times, ${images.length} images${end}`,
    );
  });
  events.on('notice', ({ type, body, ...from }) => {
    // Of an account only what it is: what is sealed in it shows nothing anyway.
    const { secrets: _, ...shown } = body as Record<string, unknown>;
    say(`${who(from)} ${type} ${JSON.stringify(shown)}`);
    if (type === 'report' && shown.kind === 'lost_unit') sayLost(from.agency, shown);
  });
  events.on('image', (image) =>
    say(`${who(image)} image ${image.file}${image.reduced ? ', a smaller copy' : ''}`),
  );
  events.on('audit', ({ seq, category, outcome, ...from }, contradicts) => {
    const doubt = contradicts
      ? '; CONTRADICTS the records before: the log was changed or begun anew'
      : '';
    say(`${who(from)} audit ${seq}: ${category}, ${outcome}${doubt}`);
  });
  events.on('status', ({ state, reason, lists }, from) => {
    const listed = lists.map(
      (each) => `${each.list} ${each.state}${each.problem ? ` (${each.problem})` : ''}`,
    );
    say(`${who(from)} ${state} (${reason})${listed.length > 0 ? `; ${listed.join(', ')}` : ''}`);
  });
  events.on('refused', ({ id, problem }, from) => say(`${who(from)} refused ${id}: ${problem}`));
}

/** A unit says that another is lost: what to type to order it, once somebody has made sure that it is true. */
function sayLost(agency: string, { subject }: Record<string, unknown>): void {
  const [wish, lost] = String(subject).split(' ');
  say(
    `LOST UNIT: call back, then: scripts/headquarters --agency ${agency} command ${lost} ${wish} --by NAME --reason TEXT`,
  );
}

function asTime(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new Problem(`--as-of: ${text} is no time; use 2026-11-22T04:00:00Z`);
  return new Date(time).toISOString();
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`headquarters: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
