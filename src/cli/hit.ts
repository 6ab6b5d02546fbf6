import type { Command } from '@commander-js/extra-typings';
import { verificationStates } from '../accountability/verification/alert-update.ts';
import type { HitView } from '../accountability/verification/hit-view.ts';
import {
  checkOccupant,
  claimHit,
  confirmStatus,
  confirmVisual,
  declareExigent,
  disposeHit,
  liftMute,
  listHits,
  listMutes,
  listOpenHits,
  listOtherUnitsAlerts,
  measurePrecision,
  openHit,
  recordEnforcement,
  releaseHit,
  reopenHit,
  startConfirmation,
  strikeText,
  tellSighting,
} from '../accountability/verification/operations.ts';
import { precisionGroups } from '../accountability/verification/precision.ts';
import {
  answers,
  channels,
  enforcementActions,
  type FreeText,
  freeTexts,
  outcomes,
  statusResults,
} from '../accountability/verification/step.ts';
import { writtenSpan } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { headingNames } from '../position/heading.ts';
import { configured, type OptionsOf } from './configured.ts';
import {
  describe,
  describeDisposed,
  elsewhereTable,
  hitList,
  muteTable,
  openHitList,
  precisionTable,
} from './hit-text.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { fromWords, toWords } from './time-words.ts';
import { inquiring } from './unit-client.ts';

const lookedThrough = [
  '--text-looked-through',
  'you have read the text, and it names nobody and quotes no CLETS answer',
] as const;

/** `lookout hit …`: actions on an alert. */
export function registerHit(program: Command): void {
  const group = program.command('hit').description('verify and close alerts');

  inquiring(group.command('list'))
    .option('--json', 'as JSON')
    .description(
      'hits of this unit, the one that was raised last first; those of the last day unless --since is given',
    )
    .option('--since <time>', fromWords)
    .option('--until <time>', toWords)
    .option('--list <id>', 'of one hot list')
    .option('--state <state>', 'such as raised, validated, disposed', oneOf(verificationStates))
    .option('--limit <n>')
    .action(async (options) => {
      const { since, until, list, state, limit } = options;
      const input = { since, until, list, state, limit };
      const found = await perform(options, listHits, input);
      print(options, found, (hits) => spanLine(since, until) + hitList(hits));
    });

  inquiring(group.command('show'))
    .argument('<hit>')
    .option('--json', 'as JSON')
    .description('one hit, with every step of its verification')
    .action(async (id, options) => {
      print(options, await perform(options, openHit, { id }), describe);
    });

  inquiring(group.command('undisposed'))
    .option('--json', 'as JSON')
    .description('alerts that are not closed yet, the one that was raised last first')
    .option('--limit <n>')
    .action(async (options) => {
      const { limit } = options;
      print(options, await perform(options, listOpenHits, { limit }), openHitList);
    });

  const answer = oneOf(answers);
  hitCommand(group, 'confirm')
    .argument('<hit>')
    .description('what you see on the vehicle: yes, no or unknown for each')
    .option('--characters <answer>', 'the plate is the one that was read', answer)
    .option(
      '--shows <plate>',
      'the plate as the picture or the vehicle shows it, ? for what cannot be made out; the listed one counts',
    )
    .option('--state <answer>', 'the state of issue agrees', answer)
    .option('--shows-state <state>', 'the state of issue as the picture or the vehicle shows it')
    .option('--vehicle <answer>', 'the vehicle fits its description', answer)
    .action(async (id, options) => {
      const { characters, shows, state, showsState, vehicle } = options;
      const input = { id, characters, shows, state, showsState, vehicle };
      print(options, await perform(options, confirmVisual, input), describe);
    });

  statusCommand(group).action(async (id, options) => {
    print(options, await confirm(id, options), describe);
  });

  hitCommand(group, 'occupant')
    .argument('<hit>')
    .description('whether the wanted person is in the vehicle, or what else a stop rests on')
    .requiredOption('--answer <answer>', 'yes, no or unknown', answer)
    .option('--basis <text>', 'the other basis')
    .option(...lookedThrough)
    .action(async (id, options) => {
      const { answer, basis, textLookedThrough } = options;
      print(
        options,
        await perform(options, checkOccupant, { id, answer, basis, textLookedThrough }),
        describe,
      );
    });

  hitCommand(group, 'exigent')
    .argument('<hit>')
    .description('act before the status is confirmed; the reason is recorded')
    .requiredOption('--text <text>', 'why it cannot wait')
    .action(async (id, options) => {
      const { text } = options;
      print(options, await perform(options, declareExigent, { id, text }), describe);
    });

  hitCommand(group, 'enforce')
    .argument('<hit>')
    .description('record a stop or more; refused until verified by eye, and confirmed or exigent')
    .requiredOption(
      '--action <action>',
      'stop, detention, arrest, citation or tow',
      oneOf(enforcementActions),
    )
    .option('--note <text>')
    .option(...lookedThrough)
    .action(async (id, options) => {
      const { action, note, textLookedThrough } = options;
      print(
        options,
        await perform(options, recordEnforcement, { id, action, note, textLookedThrough }),
        describe,
      );
    });

  hitCommand(group, 'dispose')
    .argument('<hit>')
    .description('close an alert')
    .requiredOption('--outcome <outcome>', outcomes.join(', '), oneOf(outcomes))
    .option('--cad <number>', 'CAD or incident number')
    .option('--report <number>', 'report number')
    .option('--notes <text>', 'CAD notes')
    .option(...lookedThrough)
    .option('--plate <plate>', 'the plate as it is on the vehicle, after a misread')
    .option('--plate-state <code>', 'the state of issue as it is on the plate')
    .action(async (id, options) => {
      const { outcome, notes, cad: cadNumber, report: reportNumber } = options;
      const { plate: correctedPlate, plateState: correctedState, textLookedThrough } = options;
      const numbers = { cadNumber, reportNumber };
      const words = { notes, textLookedThrough };
      const input = { id, outcome, ...words, ...numbers, correctedPlate, correctedState };
      print(options, await perform(options, disposeHit, input), describeDisposed);
    });

  hitCommand(group, 'reopen')
    .argument('<hit>')
    .description(
      'open a closed alert again; what its disposition silenced or removed is taken back',
    )
    .requiredOption('--why <text>', 'what was wrong with the disposition')
    .option(...lookedThrough)
    .action(async (id, options) => {
      const { why, textLookedThrough } = options;
      print(options, await perform(options, reopenHit, { id, why, textLookedThrough }), describe);
    });

  hitCommand(group, 'claim')
    .argument('<hit>')
    .description('take an alert at dispatch for an hour; one person at a time has it')
    .option('--why <text>', 'why you take it over from who has it')
    .option(...lookedThrough)
    .action(async (id, options) => {
      const { why, textLookedThrough } = options;
      print(options, await perform(options, claimHit, { id, why, textLookedThrough }), describe);
    });

  hitCommand(group, 'release')
    .argument('<hit>')
    .description('give back an alert that you have taken')
    .action(async (id, options) => {
      print(options, await perform(options, releaseHit, { id }), describe);
    });

  hitCommand(group, 'sighting')
    .argument('<hit>')
    .description('tell where the vehicle of an open alert was seen again')
    .requiredOption('--heading <direction>', 'N, NE, E, SE, S, SW, W or NW', oneOf(headingNames))
    .option('--place <words>', 'where, in words')
    .option(...lookedThrough)
    .action(async (id, options) => {
      const { heading, place, textLookedThrough } = options;
      const input = { id, heading, place, textLookedThrough };
      print(options, await perform(options, tellSighting, input), describe);
    });

  hitCommand(group, 'strike')
    .argument('<hit>')
    .description('strike a text from the steps of an alert: the step stays, its text is gone')
    .requiredOption(
      '--what <text>',
      Object.keys(freeTexts).join(', '),
      oneOf(Object.keys(freeTexts) as FreeText[]),
    )
    .action(async (id, options) => {
      const { what } = options;
      print(options, await perform(options, strikeText, { id, what }), describe);
    });

  configured(group.command('precision'))
    .option('--json', 'as JSON')
    .description('how many alerts were right, from their dispositions')
    .option('--by <group>', 'all, list, tier or head', oneOf(precisionGroups))
    .option('--since <time>', `${fromWords}; default: 90 days before`)
    .option('--until <time>', toWords)
    .action(async (options) => {
      const { by, since, until } = options;
      const found = await perform(options, measurePrecision, { by, since, until });
      print(options, found, (figures) => spanLine(since, until) + precisionTable(figures));
    });

  inquiring(group.command('elsewhere'))
    .option('--json', 'as JSON')
    .description('alerts of other units that dispatch speaks of')
    .action(async (options) => {
      print(options, await perform(options, listOtherUnitsAlerts, {}), elsewhereTable);
    });

  inquiring(group.command('mutes'))
    .option('--json', 'as JSON')
    .description('vehicles that a disposition has silenced')
    .action(async (options) => {
      print(options, await perform(options, listMutes, {}), muteTable);
    });

  configured(group.command('lift-mute'))
    .option('--json', 'as JSON')
    .argument('<mute>')
    .description('let a silenced vehicle alert again')
    .action(async (id, options) => {
      print(options, await perform(options, liftMute, { id }), () => 'It alerts again.');
    });
}

/** The span that was asked for, as a line; empty if none was. */
function spanLine(since: string | undefined, until: string | undefined): string {
  const span = writtenSpan(since, until);
  return span === '' ? '' : `${span}\n`;
}

function statusCommand(group: Command) {
  return hitCommand(group, 'status')
    .argument('<hit>')
    .description('that the status was confirmed, where and by whom; never what CLETS answered')
    .option('--start', 'only say that you are asking')
    .option('--channel <channel>', 'clets_mdc, dispatch or other_device', oneOf(channels))
    .option('--source <name>', 'the dispatcher or the terminal')
    .option('--result <result>', 'confirmed, not_wanted or no_response', oneOf(statusResults))
    .option('--at <time>', 'when, such as "2026-11-28 14:03" or "5 minutes ago"; default: now');
}

/** Records that someone is asking for the status, or the answer. */
function confirm(id: string, options: OptionsOf<typeof statusCommand>): Promise<HitView> {
  const { start, channel, source, result, at } = options;
  if (start) return perform(options, startConfirmation, { id });
  if (channel === undefined || source === undefined || result === undefined) {
    throw new Problem('give --channel, --source and --result, or --start');
  }
  return perform(options, confirmStatus, { id, channel, source, result, at });
}

/** A command on one hit; the purpose is stated once for it, and holds for the session. */
function hitCommand(group: Command, name: string) {
  return inquiring(group.command(name)).option('--json', 'as JSON');
}
