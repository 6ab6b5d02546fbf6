import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { type Canvass, numberOf } from '../accountability/canvass/canvass.ts';
import {
  beginCanvass,
  type CanvassResult,
  endCanvass,
  joinCanvass,
  listCanvasses,
  longestH,
  showCanvass,
} from '../accountability/canvass/operations.ts';
import { localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { perform, print } from './perform.ts';
import { seenVehicles } from './search.ts';
import { table } from './text.ts';
import { inquiring } from './unit-client.ts';

/** `lookout canvass begin|join|end|list|show`. */
export function registerCanvass(program: Command): void {
  const group = program
    .command('canvass')
    .description('tag everything that this unit reads around a crime scene with its case');

  inquiring(group.command('begin'))
    .description('begin a canvass; --case or --incident gives its number')
    .requiredOption('--place <text>', 'what happened and where, without names')
    .option('--hours <n>', `it ends by itself after so many hours, ${longestH} at most`, hours, 12)
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { place, hours } = options;
      print(options, await perform(options, beginCanvass, { place, hours }), begunText);
    });

  inquiring(group.command('join'))
    .argument('<id>', 'id of a canvass that was begun on another unit')
    .description('take part in a canvass of another unit; --case or --incident is its number')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      print(options, await perform(options, joinCanvass, { id }), joinedText);
    });

  configured(group.command('end'))
    .description(
      "end this unit's part; on the unit on which it was begun, the canvass of all units",
    )
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, endCanvass, {}), endedText);
    });

  configured(group.command('list'))
    .description('the canvasses that this unit knows, latest first')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listCanvasses, {}), listText);
    });

  inquiring(group.command('show'))
    .argument('<id>', 'id of the canvass')
    .description('the vehicles that this unit saw in a canvass')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      print(options, await perform(options, showCanvass, { id }), canvassText);
    });
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= longestH)) {
    throw new InvalidArgumentError(`give a number of hours, ${longestH} at most.`);
  }
  return value;
}

function begunText(canvass: Canvass): string {
  return [
    `The canvass of ${numberOf(canvass)} (${canvass.place}) has begun. Its id: ${canvass.id}`,
    `Every vehicle that this unit sees is tagged with it until ${localTime(canvass.until)}, or until "lookout canvass end".`,
  ].join('\n');
}

function joinedText(canvass: Canvass): string {
  return `This unit is in the canvass of ${numberOf(canvass)} (${canvass.place}) until ${localTime(canvass.until)}, or until it is ended.`;
}

function endedText(canvass: Canvass): string {
  return [
    canvass.ended === null
      ? `This unit's part in the canvass of ${numberOf(canvass)} has ended.`
      : `The canvass of ${numberOf(canvass)} has ended, on every unit.`,
    `What it saw: lookout canvass show ${canvass.id}`,
    `All of it as a file: lookout export --canvass ${canvass.id} --output canvass.csv`,
    'To keep it beyond its time, a detective or supervisor sets a hold of the case: lookout hold set --of-case …',
  ].join('\n');
}

function listText(canvasses: Canvass[]): string {
  if (canvasses.length === 0) return 'No canvass is on file.';
  const rows = canvasses.map((canvass) => [
    numberOf(canvass),
    canvass.place,
    localTime(canvass.begunAt),
    partText(canvass),
    `${canvass.begunBy}, ${canvass.unit}`,
    canvass.id,
  ]);
  return table(['case', 'place', 'begun', 'this unit', 'by', 'canvass'], rows);
}

function partText({ part, until, ended }: Canvass): string {
  const isOver = ended !== null || Date.parse(until) <= Date.now();
  if (part === null) return isOver ? 'was not in it' : 'not in it; join it';
  return part.to === null ? `in it until ${localTime(until)}` : `left ${localTime(part.to)}`;
}

function canvassText(found: CanvassResult): string {
  const { canvass } = found;
  const { part } = canvass;
  const span =
    part === null
      ? 'This unit takes no part in it.'
      : `This unit: ${localTime(part.from)} to ${part.to === null ? 'now' : localTime(part.to)}.`;
  const title = `Canvass of ${numberOf(canvass)}: ${canvass.place}. ${span}`;
  if (found.detections === 0) {
    return `${title}\nNothing of it is on this unit: nothing was seen, or it has been purged.`;
  }
  return `${title}\n${seenVehicles(found)}`;
}
