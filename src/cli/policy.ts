import type { Command } from '@commander-js/extra-typings';
import { type ExplainedValue, explainPolicy } from '../accountability/policy/explain-policy.ts';
import { loadPolicy, type PolicyInForce } from '../accountability/policy/load-policy.ts';
import { profileNames } from '../accountability/policy/read-profile.ts';
import { settingWords } from '../accountability/policy/setting-words.ts';
import { Problem } from '../platform/problem.ts';
import { type ConfiguredOptions, configured, readConfig } from './configured.ts';
import { below, table } from './text.ts';

const legend =
  'V Vallejo PD 426, A the Vigilant user’s 429, N Napa PD 429, W Walnut Creek PD 432, B Barstow PD 466, ' +
  'CJIS Security Policy 5.9.5, CC California Civil Code';

/** `lookout policy explain|diff|list`. Reads the configuration only, so it needs no login. */
export function registerPolicy(program: Command): void {
  const group = program.command('policy').description('what the agency’s policy profile means');

  configured(group.command('explain'))
    .description('every value in force with the policy section it comes from')
    .option('--profile <name>', 'another profile, without overrides, instead of the configured one')
    .option('--words', 'each value in a sentence, below its name')
    .option('--json', 'as JSON')
    .action((options) => {
      const inForce =
        options.profile === undefined ? configuredPolicy(options) : shipped(options.profile);
      const values = explainPolicy(inForce);
      const { profile, title } = inForce;
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ profile, title, values }, null, 2)}\n`
          : `Profile ${profile}: ${title}\n\n${options.words ? asSentences(values) : asTable(values)}\n\nSections: ${legend}\n`,
      );
    });

  group
    .command('diff')
    .description('what two profiles say differently')
    .argument('<a>')
    .argument('<b>')
    .option('--json', 'as JSON')
    .action((a, b, options) => {
      const [left, right] = [explainPolicy(shipped(a)), explainPolicy(shipped(b))];
      const valueIn = (values: ExplainedValue[], path: string) =>
        values.find((each) => each.path === path);
      const differing = [...new Set([...left, ...right].map((each) => each.path))]
        .map((path) => ({ path, a: valueIn(left, path), b: valueIn(right, path) }))
        .filter((each) => JSON.stringify(each.a?.value) !== JSON.stringify(each.b?.value));
      process.stdout.write(
        options.json
          ? `${JSON.stringify(differing, null, 2)}\n`
          : `${table(
              ['setting', a, b],
              differing.flatMap((each) => sideBySide(each.path, each.a, each.b)),
            )}\n`,
      );
    });

  group
    .command('list')
    .description('the profiles that there are')
    .action(() => {
      process.stdout.write(
        `${table(
          ['profile', 'of'],
          profileNames().map((name) => [name, shipped(name).title]),
        )}\n`,
      );
    });
}

function configuredPolicy(options: ConfiguredOptions) {
  const { config, origins } = readConfig(options);
  return loadPolicy(config.policy, origins);
}

function shipped(profile: string): PolicyInForce {
  if (!/^[a-z0-9-]+$/.test(profile)) {
    throw new Problem(`there is no profile "${profile}" (see lookout policy list)`);
  }
  return loadPolicy({ profile, overrides: {} });
}

function asTable(values: readonly ExplainedValue[]): string {
  return table(
    ['setting', 'value', 'comes from'],
    values.flatMap(({ path, value, from }) =>
      lines(value).map((line, index) => (index === 0 ? [path, line, from] : ['', line, ''])),
    ),
  );
}

/** Each value by its name, in words, with the section that it comes from. */
function asSentences(values: readonly ExplainedValue[]): string {
  return values
    .flatMap((value) => {
      const words = settingWords(value);
      if (words === null) return [];
      return [value.path, below(`${words.title}: ${words.says}`, 4), below(value.from, 4)].join(
        '\n',
      );
    })
    .join('\n\n');
}

function sideBySide(path: string, a?: ExplainedValue, b?: ExplainedValue): string[][] {
  const side = (of: ExplainedValue | undefined, other: ExplainedValue | undefined): string[] => {
    if (of === undefined) return ['–'];
    return [...lines(onlyIn(of.value, other?.value)), `(${of.from})`];
  };
  const [left, right] = [side(a, b), side(b, a)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    index === 0 ? path : '',
    left[index] ?? '',
    right[index] ?? '',
  ]);
}

/** Of long lists, such as a role's permissions, the items that the other one lacks. */
function onlyIn(list: unknown, other: unknown): unknown {
  if (!Array.isArray(list) || !Array.isArray(other) || other.length === 0) return list;
  const more = list.filter((item) => !other.includes(item));
  const shared = list.length - more.length;
  if (shared === 0) return list;
  return more.length === 0 ? [`${shared} in both`] : [...more, `and ${shared} in both`];
}

const width = 44;

/** A value in lines that leave room for its section. */
function lines(value: unknown): string[] {
  const text = Array.isArray(value)
    ? value.join(', ') || 'none'
    : value === null
      ? 'none'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  const made: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      made.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...made, line];
}
