import type { Command } from 'commander';
import type { AlertStatus } from '../accountability/verification/alert-status.ts';
import { outcomes } from '../accountability/verification/alert-update.ts';
import type { HitView } from '../accountability/verification/hit-view.ts';
import type { Mute } from '../accountability/verification/mutes.ts';
import type { PrecisionFigure } from '../accountability/verification/precision.ts';
import type { Disposed } from '../accountability/verification/verification.ts';
import { type ConfiguredOptions, configured } from './configured.ts';
import {
  describe,
  describeDisposed,
  elsewhereTable,
  hitTable,
  muteTable,
  precisionTable,
} from './hit-text.ts';
import { perform, print, withoutUndefined } from './perform.ts';
import { type InquiryOptions, inquiring } from './unit-client.ts';

type Options = ConfiguredOptions & { json?: boolean };

/** `lookout hit …` and `lookout report-error`: what happens after an alert. */
export function registerHit(program: Command): void {
  const group = program.command('hit').description('verify and close alerts');

  inquiring(hitCommand(group, 'list'))
    .description('hits of this unit, the last day unless told otherwise')
    .option('--since <time>', 'such as 2026-11-22T06:00:00Z')
    .option('--until <time>')
    .option('--list <id>', 'of one hot list')
    .option('--state <state>', 'such as raised, validated, disposed')
    .option('--limit <n>')
    .action(
      async ({
        since,
        until,
        list,
        state,
        limit,
        ...options
      }: Options &
        InquiryOptions &
        Record<'since' | 'until' | 'list' | 'state' | 'limit', string | undefined>) => {
        const input = withoutUndefined({ since, until, list, state, limit });
        print(options, await perform<HitView[]>(options, 'hits.list', input), hitTable);
      },
    );

  inquiring(hitCommand(group, 'show <hit>'))
    .description('one hit, with every step of its verification')
    .action(async (id: string, options: Options & InquiryOptions) => {
      print(options, await perform<HitView>(options, 'hits.open', { id }), describe);
    });

  hitCommand(group, 'undisposed')
    .description('alerts that nobody has closed yet')
    .action(async (options: Options) => {
      print(options, await perform<HitView[]>(options, 'hits.undisposed'), (hits) =>
        hits.length === 0 ? 'Every alert is closed.' : hitTable(hits),
      );
    });

  hitCommand(group, 'confirm <hit>')
    .description('what you see on the vehicle: yes, no or unknown for each')
    .option('--characters <answer>', 'the plate is the one that was read')
    .option('--state <answer>', 'the state of issue agrees')
    .option('--vehicle <answer>', 'the vehicle fits its description')
    .action(
      async (
        id: string,
        {
          characters,
          state,
          vehicle,
          ...options
        }: Options & Record<'characters' | 'state' | 'vehicle', string | undefined>,
      ) => {
        await step(
          'confirm-visual',
          { id, ...withoutUndefined({ characters, state, vehicle }) },
          options,
        );
      },
    );

  hitCommand(group, 'status <hit>')
    .description('that the status was confirmed, where and by whom; never what CLETS answered')
    .option('--start', 'only say that you are asking')
    .option('--channel <channel>', 'clets_mdc, dispatch or other_device')
    .option('--source <name>', 'the dispatcher or the terminal')
    .option('--result <result>', 'confirmed, not_wanted or no_response')
    .option('--at <time>', 'when; default: now')
    .action(
      async (
        id: string,
        {
          start,
          channel,
          source,
          result,
          at,
          ...options
        }: Options & { start?: boolean } & Record<
            'channel' | 'source' | 'result' | 'at',
            string | undefined
          >,
      ) => {
        if (start) await step('start-confirmation', { id }, options);
        else {
          const input = { id, ...withoutUndefined({ channel, source, result, at }) };
          await step('confirm-status', input, options);
        }
      },
    );

  hitCommand(group, 'occupant <hit>')
    .description('whether the wanted person is in the vehicle, or what else a stop rests on')
    .requiredOption('--answer <answer>', 'yes, no or unknown')
    .option('--basis <text>', 'the other basis')
    .action(
      async (
        id: string,
        { answer, basis, ...options }: Options & Record<'answer' | 'basis', string | undefined>,
      ) => {
        await step('check-occupant', { id, ...withoutUndefined({ answer, basis }) }, options);
      },
    );

  hitCommand(group, 'exigent <hit>')
    .description('act before the status is confirmed; the reason is recorded')
    .requiredOption('--text <text>', 'why it cannot wait')
    .action(async (id: string, { text, ...options }: Options & { text: string }) => {
      await step('exigent', { id, text }, options);
    });

  hitCommand(group, 'enforce <hit>')
    .description('record a stop or more; refused until verified by eye, and confirmed or exigent')
    .requiredOption('--action <action>', 'stop, detention, arrest, citation or tow')
    .option('--note <text>')
    .action(
      async (
        id: string,
        { action, note, ...options }: Options & Record<'action' | 'note', string | undefined>,
      ) => {
        await step('enforce', { id, ...withoutUndefined({ action, note }) }, options);
      },
    );

  hitCommand(group, 'dispose <hit>')
    .description('close an alert')
    .requiredOption('--outcome <outcome>', outcomes.join(', '))
    .option('--cad <number>', 'CAD or incident number')
    .option('--report <number>', 'report number')
    .option('--notes <text>', 'CAD notes')
    .option('--plate <plate>', 'the plate as it is on the vehicle, after a misread')
    .option('--plate-state <code>', 'the state of issue as it is on the plate')
    .action(
      async (
        id: string,
        {
          outcome,
          cad,
          report,
          notes,
          plate,
          plateState,
          ...options
        }: Options &
          Record<
            'outcome' | 'cad' | 'report' | 'notes' | 'plate' | 'plateState',
            string | undefined
          >,
      ) => {
        const input = withoutUndefined({
          ...{ outcome, notes, cadNumber: cad, reportNumber: report },
          ...{ correctedPlate: plate, correctedState: plateState },
        });
        print(
          options,
          await perform<Disposed>(options, 'hits.dispose', { id, ...input }),
          describeDisposed,
        );
      },
    );

  hitCommand(group, 'precision')
    .description('how many alerts were right, from their dispositions')
    .option('--by <group>', 'all, list, tier or head')
    .option('--since <time>', 'default: 90 days before')
    .option('--until <time>')
    .action(
      async ({
        by,
        since,
        until,
        ...options
      }: Options & Record<'by' | 'since' | 'until', string | undefined>) => {
        print(
          options,
          await perform<{ figures: PrecisionFigure[]; undisposed: number }>(
            options,
            'hits.precision',
            withoutUndefined({ by, since, until }),
          ),
          precisionTable,
        );
      },
    );

  hitCommand(group, 'elsewhere')
    .description('alerts of other units that dispatch speaks of')
    .action(async (options: Options) => {
      print(options, await perform<AlertStatus[]>(options, 'hits.elsewhere'), elsewhereTable);
    });

  hitCommand(group, 'mutes')
    .description('vehicles that a disposition has silenced')
    .action(async (options: Options) => {
      print(options, await perform<Mute[]>(options, 'hits.mutes'), muteTable);
    });

  hitCommand(group, 'lift-mute <mute>')
    .description('let a silenced vehicle alert again')
    .action(async (id: string, options: Options) => {
      print(options, await perform(options, 'hits.lift-mute', { id }), () => 'It alerts again.');
    });

  configured(program.command('report-error'))
    .argument('<subject>', 'what it is about, such as a camera, a hot list or a search')
    .description('report an error or a suspected violation to a supervisor')
    .requiredOption('--text <text>', 'what happened')
    .option('--violation', 'a suspected or confirmed violation of the policy')
    .option('--hit <id>', 'the hit that it is about')
    .option('--json', 'as JSON')
    .action(
      async (
        subject: string,
        {
          text,
          violation,
          hit,
          ...options
        }: Options & { text: string; violation?: boolean; hit?: string },
      ) => {
        const kind = violation ? 'violation' : 'error';
        const input = { kind, subject, text, ...withoutUndefined({ hitId: hit }) };
        print(
          options,
          await perform<{ id: string }>(options, 'errors.report', input),
          (report) => `Reported to a supervisor as ${report.id}.`,
        );
      },
    );
}

function hitCommand(group: Command, name: string): Command {
  return configured(group.command(name)).option('--json', 'as JSON');
}

async function step(name: string, input: object, options: Options): Promise<void> {
  print(options, await perform<HitView>(options, `hits.${name}`, input), describe);
}
