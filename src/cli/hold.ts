import type { Command } from '@commander-js/extra-typings';
import type { AskedHoldScope, HoldScope } from '../accountability/retention/hold.ts';
import {
  type HoldWithReach,
  liftHold,
  listHolds,
  setHold,
} from '../accountability/retention/operations.ts';
import { localTime, type NamedSpan } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { configured, type OptionsOf } from './configured.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';
import { fromWords, toWords } from './time-words.ts';
import { inquiring } from './unit-client.ts';

/** `lookout hold set|list|lift`. */
export function registerHold(program: Command): void {
  const group = program.command('hold').description('keep evidence from being purged');

  setCommand(group).action(async (options) => {
    const input = { scope: scopeOf(options), reason: options.why };
    print(options, await perform(options, setHold, input), (hold) =>
      [`Hold ${hold.id} is set.`, ...spanLine(hold), reachText(hold)].join('\n'),
    );
  });

  configured(group.command('list'))
    .description('show the holds in force')
    .option('--lifted', 'lifted ones too')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const input = { lifted: options.lifted === true };
      print(options, await perform(options, listHolds, input), listText);
    });

  inquiring(group.command('lift'))
    .argument('<id>', 'id of the hold')
    .description('end a hold; what is past its time then goes with the next purge')
    .requiredOption('--why <text>', 'why it ends')
    .action(async (id, options) => {
      await perform(options, liftHold, { id, why: options.why });
      process.stdout.write(`Hold ${id} is lifted.\n`);
    });
}

function setCommand(group: Command) {
  return inquiring(group.command('set'))
    .description('keep everything that fits, now and later, whatever the policy or the disk says')
    .option('--plate <plate>', 'of this plate; ? one character, * a run')
    .option('--of-case <number>', 'hits of entries of this case, and reads that were put to it')
    .option('--circle <lat,lon,metres>', 'in this circle, with --from')
    .option('--polygon <lat,lon lat,lon …>', 'in this polygon, with --from')
    .option('--from <time>', fromWords)
    .option('--to <time>', `${toWords}; without it until the hold is lifted`)
    .option('--detections <id...>', 'these detections')
    .requiredOption('--why <text>', 'why it is kept')
    .option('--json', 'as JSON');
}

function scopeOf(options: OptionsOf<typeof setCommand>): AskedHoldScope {
  const { plate, ofCase, circle, polygon, detections } = options;
  const scopes = [plate, ofCase, circle, polygon, detections].filter((each) => each !== undefined);
  if (scopes.length !== 1) {
    throw new Problem('give one of --plate, --of-case, --circle, --polygon, --detections');
  }
  if (plate !== undefined) return { kind: 'plate', plate };
  if (ofCase !== undefined) return { kind: 'case', caseNumber: ofCase };
  if (detections !== undefined) return { kind: 'detections', detectionIds: detections };
  const { from, to } = options;
  if (from === undefined) throw new Problem('--from: say from which time on');
  const times = { from, to: to ?? null };
  if (circle !== undefined) {
    const [latitude = 0, longitude = 0, radiusM = 0] = numbers(circle, 3, '--circle');
    return { kind: 'area', area: { kind: 'circle', latitude, longitude, radiusM }, ...times };
  }
  const points = (polygon ?? '')
    .trim()
    .split(/\s+/)
    .map((corner) => {
      const [latitude = 0, longitude = 0] = numbers(corner, 2, '--polygon');
      return { latitude, longitude };
    });
  return { kind: 'area', area: { kind: 'polygon', points }, ...times };
}

function numbers(text: string, count: number, option: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length === count && values.every(Number.isFinite)) return values;
  throw new Problem(`${option}: "${text}" is not ${count} numbers with commas between`);
}

function spanLine({ span }: HoldWithReach): string[] {
  return span === null ? [] : [`It keeps ${spanWords(span)}.`];
}

/** The span of a hold: one without an end lasts until the hold is lifted. */
function spanWords({ to, text }: NamedSpan): string {
  return to === null ? text.replace(' to now,', ' until it is lifted,') : text;
}

function reachText({ reach }: HoldWithReach): string {
  const more = reach.complete ? '' : ' or more';
  return `It keeps ${reach.detections}${more} detections that are here now, and what arrives later.`;
}

function listText(holds: HoldWithReach[]): string {
  if (holds.length === 0) return 'No hold is in force.';
  const heading = ['hold', 'by', 'case', 'keeps now', 'set', 'who', 'why', 'lifted'];
  const rows = holds.map(({ id, scope, span, caseNumber, reach, setAt, setBy, reason, lifted }) => [
    id,
    span === null ? describe(scope) : `${describe(scope)}, ${spanWords(span)}`,
    caseNumber ?? '–',
    lifted === null ? `${reach.detections}${reach.complete ? '' : '+'}` : '–',
    localTime(setAt),
    setBy,
    reason,
    lifted === null ? '' : `${localTime(lifted.at)} ${lifted.by}: ${lifted.why}`,
  ]);
  return table(heading, rows);
}

function describe(scope: HoldScope): string {
  switch (scope.kind) {
    case 'plate':
      return `plate ${scope.plate}`;
    case 'case':
      return `case ${scope.caseNumber}`;
    case 'area':
      return scope.area.kind;
    case 'detections':
      return `${scope.detectionIds.length} detections`;
  }
}
