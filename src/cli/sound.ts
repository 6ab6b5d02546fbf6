import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { OperationDefinition } from '../accountability/gate/definition.ts';
import { perform as performOn } from '../accountability/gate/perform.ts';
import { longestMuteMin, type SoundStatus } from '../alerts/sound-control.ts';
import { muteSound, testSound, unmuteSound } from '../console/sound-operations.ts';
import { localTime } from '../platform/local-time.ts';
import { type ConfiguredOptions, configured } from './configured.ts';
import { print } from './perform.ts';
import { openDaemonClient } from './unit-client.ts';

/** `lookout sound test|mute|unmute`: the running daemon makes the sound, so it is asked. */
export function registerSound(program: Command): void {
  const group = program.command('sound').description('test or mute the sound of alerts');

  configured(group.command('test'))
    .description('play the tone of each class of alerts')
    .option('--json', 'as JSON')
    .action(async (options) => print(options, await ask(options, testSound, {}), describe));

  configured(group.command('mute'))
    .description('mute all alerts but urgent ones, until you log out at most')
    .option('--minutes <n>', `1 to ${longestMuteMin}`, minutes, longestMuteMin)
    .option('--json', 'as JSON')
    .action(async (options) => {
      const muted = await ask(options, muteSound, { minutes: options.minutes });
      print(options, muted, describe);
    });

  configured(group.command('unmute'))
    .description('let all alerts sound again')
    .option('--json', 'as JSON')
    .action(async (options) => print(options, await ask(options, unmuteSound, {}), describe));
}

async function ask<Input, Parsed>(
  options: ConfiguredOptions,
  operation: OperationDefinition<Input, Parsed, SoundStatus>,
  input: NoInfer<Input>,
): Promise<SoundStatus> {
  await using client = openDaemonClient(options);
  return await performOn(client, operation, input);
}

function describe({ state, mutedUntilMs, by, problem }: SoundStatus): string {
  const muted =
    mutedUntilMs === null
      ? ''
      : ` All alerts but urgent ones are muted until ${localTime(mutedUntilMs)} (${by}).`;
  if (problem !== null) return `Nobody hears alerts. ${problem}${muted}`;
  return state === 'muted' ? `Sound is on.${muted}` : 'Sound is on.';
}

function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= longestMuteMin) return value;
  throw new InvalidArgumentError(`give a whole number from 1 to ${longestMuteMin}.`);
}
