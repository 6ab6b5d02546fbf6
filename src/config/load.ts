import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { fileFault, kindOf, Problem } from '../platform/problem.ts';
import { withoutSecrets } from '../platform/without-secrets.ts';
import { yamlFault } from '../platform/yaml-fault.ts';
import { describeIssue, schemasAt } from './describe-issue.ts';
import { isCredentialFile, isPathKey } from './path-keys.ts';
import { type Config, configSchema } from './schema.ts';
import { entriesOf, setAt, type Tree } from './tree.ts';

/** Folder of the program: relative paths among the defaults start here. */
export const programRoot = resolve(import.meta.dirname, '../..');

/** Sources of the configuration; each later source overrides the ones before it. */
export interface ConfigSources {
  /** YAML file. */
  file?: string | undefined;
  /** Folder of systemd credentials, `$CREDENTIALS_DIRECTORY`. */
  credentials?: string | undefined;
  environment?: Record<string, string | undefined>;
  /** `section.key=value`, from `--set`. */
  flags?: readonly string[];
}

/** A configuration, and the source of each value that is not a default, by dotted path. */
export interface LoadedConfig {
  config: Config;
  origins: ReadonlyMap<string, string>;
  /** The YAML file that was read; null if there was none. */
  file: string | null;
}

interface Layer {
  origin: (path: string) => string;
  /** Folder that relative paths of this layer start from. */
  base: string;
  tree: Tree;
}

const variablePrefix = 'LOOKOUT_';
/** Variables of the programs and tests that are no settings. */
const otherVariables = /^LOOKOUT_(?:CONFIG|DATA|CACHE|PRECOMPILED|FIGURES|TEST_\w+|FUZZ_\w+)$/;

/**
 * Reads the configuration: defaults, then the file, then systemd credentials, then `LOOKOUT_SECTION__KEY`
 * variables, then flags. Throws a Problem that lists every fault with its path, origin and allowed values.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const layers: Layer[] = [];
  if (sources.file !== undefined) layers.push(fileLayer(sources.file));
  if (sources.credentials !== undefined) layers.push(credentialLayer(sources.credentials));
  layers.push(environmentLayer(sources.environment ?? {}));
  layers.push(flagLayer(sources.flags ?? []));

  const merged: Tree = {};
  const origins = new Map<string, string>();
  for (const layer of layers) {
    for (const [path, value] of entriesOf(layer.tree)) {
      const dotted = path.join('.');
      const absolute =
        typeof value === 'string' && value !== '' && isPathKey(path)
          ? resolve(layer.base, value)
          : value;
      setAt(merged, path, absolute);
      origins.set(dotted, layer.origin(dotted));
    }
  }

  const parsed = configSchema.safeParse(merged);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults = [
    ...strayVariables(sources.environment ?? {}),
    ...issues.flatMap((issue) => describeIssue(issue, merged, origins)),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new Problem(`the configuration is refused:\n${faults.map((f) => `  ${f}`).join('\n')}`);
  }
  const { file = null } = sources;
  return { config: resolveDefaults(parsed.data, origins), origins, file };
}

/** Default paths are relative to the program's folder. */
function resolveDefaults(config: Config, origins: ReadonlyMap<string, string>): Config {
  const tree = config as unknown as Tree;
  for (const [path, value] of entriesOf(tree)) {
    if (typeof value !== 'string' || !isPathKey(path) || origins.has(path.join('.'))) continue;
    setAt(tree, path, resolve(programRoot, value));
  }
  return config;
}

function fileLayer(file: string): Layer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { username } = userInfo();
    const advice =
      kindOf(error) === 'not-allowed'
        ? `. Let the user ${username} read it: sudo chgrp ${username} ${file} && sudo chmod 640 ${file}`
        : '';
    throw new Problem(`${file}: cannot be read (${fileFault(error)})${advice}`);
  }
  const lines = new LineCounter();
  let document: Document.Parsed;
  let tree: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines });
    const fault = document.errors[0];
    if (fault !== undefined) throw fault;
    tree = document.toJS() ?? {};
  } catch (error) {
    throw new Problem(`${file}: is not valid YAML: ${yamlFault(error)}`);
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new Problem(`${file}: must hold sections such as "unit:" at its top level`);
  }
  const origin = (path: string): string => {
    const node = document.getIn(path.split('.'), true);
    const at = isNode(node) ? node.range?.[0] : undefined;
    return at === undefined ? file : `${file}, line ${lines.linePos(at).line}`;
  };
  return { origin, base: dirname(resolve(file)), tree: tree as Tree };
}

/**
 * A credential named like a key, such as `uplink.tls.key`, sets that key: to its own path where the key names a file
 * (certificates, keys and the agency's secret are read from files), otherwise to its text. An empty one sets nothing.
 */
function credentialLayer(folder: string): Layer {
  const tree: Tree = {};
  if (existsSync(folder)) {
    for (const name of readCredential(folder, () => readdirSync(folder).sort())) {
      const path = name.split('.');
      if (path.length < 2 || !(path[0] !== undefined && path[0] in configSchema.shape)) continue;
      const file = join(folder, name);
      const text = readCredential(file, () => readFileSync(file, 'utf8')).trim();
      if (text === '') continue;
      const value = isCredentialFile(path) ? join(folder, name) : scalar(path, text);
      setAt(tree, path, value);
    }
  }
  return { origin: (path) => `credential ${path}`, base: folder, tree };
}

function readCredential<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Problem(
      `${path}: the credentials of the service cannot be read (${fileFault(error)}). systemd lays them there, by LoadCredential, ` +
        'for the user of the service alone: sudo systemctl restart lookout; a command by hand is run without $CREDENTIALS_DIRECTORY',
    );
  }
}

function environmentLayer(environment: Record<string, string | undefined>): Layer {
  const tree: Tree = {};
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(variablePrefix) || !name.includes('__') || value === undefined) continue;
    const path = name
      .slice(variablePrefix.length)
      .split('__')
      .map((part) => part.toLowerCase().replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()));
    setAt(tree, path, scalar(path, value));
    names.set(path.join('.'), name);
  }
  return { origin: (path) => `environment ${names.get(path) ?? path}`, base: process.cwd(), tree };
}

/** One sentence for each variable that begins like a setting and can be none, lest a slip change nothing unseen. */
function strayVariables(environment: Record<string, string | undefined>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (!name.startsWith(variablePrefix) || name.includes('__') || value === undefined) return [];
    if (otherVariables.test(name)) return [];
    const [, section, key] = /^LOOKOUT_([A-Z]+)_(.+)$/.exec(name) ?? [];
    const meant = section !== undefined && section.toLowerCase() in configSchema.shape;
    return [
      `${name}: this variable is no setting; ` +
        (meant
          ? `two underscores follow the section: LOOKOUT_${section}__${key}`
          : 'write it as LOOKOUT_SECTION__KEY, such as LOOKOUT_UNIT__ID'),
    ];
  });
}

function flagLayer(flags: readonly string[]): Layer {
  const tree: Tree = {};
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    if (equals < 1)
      throw new Problem(`--set ${withoutSecrets(flag)}: write it as section.key=value`);
    const path = flag.slice(0, equals).split('.');
    setAt(tree, path, scalar(path, flag.slice(equals + 1)));
  }
  return { origin: () => '--set', base: process.cwd(), tree };
}

/** A value from text, by YAML's rules (true, 5, [a, b]), but unchanged if the schema requires text. */
function scalar(path: readonly string[], text: string): unknown {
  const schemas = schemasAt(path, {});
  if (schemas.length > 0 && schemas.every((schema) => schema.type === 'string')) return text;
  const document = parseDocument(text);
  return document.errors.length === 0 ? document.toJS() : text;
}
