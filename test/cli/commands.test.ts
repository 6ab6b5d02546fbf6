import { Command } from '@commander-js/extra-typings';
import { describe, expect, test } from 'vitest';
import { commandGroups, registerCommands } from '../../src/cli/commands.ts';
import { lookout } from '../support/lookout-process.ts';

const namesOf = (program: Command) => program.commands.map((command) => command.name());

describe('the commands of lookout', () => {
  test.each(commandGroups.map((group) => [group.commands.join(', '), group] as const))(
    '%s: the file registers these',
    async (_, { commands, register }) => {
      const program = new Command();
      await register(program);
      expect(namesOf(program)).toEqual(commands);
    },
  );

  test('are all there for help and for a word that is none of them, and alone where one is called', async () => {
    const all = commandGroups.flatMap(({ commands }) => commands);
    for (const called of [undefined, '--help', 'help', 'serach']) {
      const program = new Command();
      await registerCommands(program, called);
      expect(namesOf(program)).toEqual(all);
    }
    const one = new Command();
    await registerCommands(one, 'audit');
    expect(namesOf(one)).toEqual(['audit']);
  });

  test('help lists them, also without an argument; a wrong one gets a proposal', async () => {
    const { stdout } = await lookout('--help');
    for (const { commands } of commandGroups) {
      for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect((await lookout()).stderr).toBe(stdout);
    const wrong = await lookout('serach');
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean search'),
    });
  });
});
