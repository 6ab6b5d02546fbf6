import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { programRoot } from '../../config/load.ts';
import { setAt, type Tree } from '../../config/tree.ts';
import { fileFault, kindOf, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';
import { yamlFault } from '../../platform/yaml-fault.ts';

/** The profile that supplies the values that another one leaves out. */
export const strictest = 'strict';

const folder = join(programRoot, 'config', 'profiles');

/** A profile: its values as a tree, and for each, by dotted path, the policy section of its source. */
export interface Profile {
  name: string;
  title: string;
  /** Letter of its policy, as written before a section; null for the strictest, which cites all. */
  letter: string | null;
  values: Tree;
  sources: Map<string, string>;
  /** Why it takes a value of the strictest profile, where it says so itself: `{ from: 'V 426.3.1(a)' }`. */
  kept: Map<string, string>;
}

/** The names of the available profiles. */
export function profileNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * A profile from `config/profiles`, completed from the strictest one. Each completed value has the profile's own reason
 * for it, or the one of the strictest, which then rests on no agency's policy (a test holds that). Throws a Problem that
 * names the available profiles, or a value without a section. The values are not checked here.
 */
export function readProfile(name: string): Profile {
  const own = readFile(name);
  if (name === strictest) return own;
  const base = readFile(strictest);
  const profile: Profile = { ...own, values: {}, sources: new Map() };
  const set = [...own.sources.keys()];
  for (const [path, from] of base.sources) {
    // A branch such as retention.sources is the profile's as a whole if it sets any value in it.
    if (set.some((key) => key === path || key.startsWith(`${path}.`))) continue;
    setAt(profile.values, path.split('.'), valueAt(base.values, path));
    profile.sources.set(path, own.kept.get(path) ?? `silent; as ${strictest}: ${from}`);
  }
  const unknown = [...own.kept.keys()].find((path) => !base.sources.has(path));
  if (unknown !== undefined) {
    throw new Problem(
      `${join(folder, `${name}.yaml`)}: ${unknown}: has no value, and ${strictest}.yaml has none either`,
    );
  }
  for (const [path, from] of own.sources) {
    setAt(profile.values, path.split('.'), valueAt(own.values, path));
    profile.sources.set(path, from);
  }
  return profile;
}

function valueAt(tree: Tree, path: string): unknown {
  return path.split('.').reduce<unknown>((branch, key) => (branch as Tree)[key], tree);
}

function parsed(text: string, file: string): Tree {
  try {
    return (parse(text) ?? {}) as Tree;
  } catch (error) {
    throw new Problem(`${file}: is not valid YAML: ${yamlFault(error)}`);
  }
}

function readFile(name: string): Profile {
  const file = join(folder, `${name}.yaml`);
  let text: string;
  try {
    text = readRegularFile(file).toString('utf8');
  } catch (error) {
    if (kindOf(error) !== 'missing') {
      throw new Problem(`${file}: cannot be read (${fileFault(error)})`);
    }
    throw new Problem(
      `policy.profile: there is no profile "${name}"; there are: ${profileNames().join(', ')}`,
    );
  }
  const { title, letter, policy } = parsed(text, file);
  if (typeof title !== 'string' || !isTree(policy)) {
    throw new Problem(`${file}: must hold a title and a policy`);
  }
  const profile: Profile = {
    name,
    title,
    letter: typeof letter === 'string' ? letter : null,
    values: {},
    sources: new Map(),
    kept: new Map(),
  };
  collect(policy, [], profile, file);
  return profile;
}

/** Splits `{ value, from }` wherever it occurs in the tree; `{ from }` alone keeps the value of the strictest profile. */
function collect(tree: Tree, path: string[], profile: Profile, file: string): void {
  for (const [key, below] of Object.entries(tree)) {
    const at = [...path, key];
    const isLeaf = isTree(below) && typeof below.from === 'string';
    if (isLeaf && 'value' in below) {
      setAt(profile.values, at, below.value);
      profile.sources.set(at.join('.'), String(below.from));
    } else if (isLeaf && profile.name !== strictest) {
      profile.kept.set(at.join('.'), String(below.from));
    } else if (isTree(below) && Object.keys(below).length > 0) {
      collect(below, at, profile, file);
    } else {
      throw new Problem(
        `${file}: ${at.join('.')}: write it as { value: …, from: 'the policy section that it comes from' }`,
      );
    }
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
