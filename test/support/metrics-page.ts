import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programRoot } from '../../src/config/load.ts';

/** The names and labels that a page of metrics lists, and those that Prometheus text has, both in order. */
export function listedAndServed(
  page: string,
  text: string,
): { listed: string[]; served: string[] } {
  const listed = readFileSync(join(programRoot, page), 'utf8').matchAll(
    /^\| `(\w+)` \| ([\w, ]*)\|/gm,
  );
  const labelsOf = (name: string) =>
    [...(text.match(new RegExp(`^${name}\\{(.*)\\}`, 'm'))?.[1] ?? '').matchAll(/(\w+)="/g)].map(
      ([, label]) => label,
    );
  const served = [...text.matchAll(/^# TYPE (\w+) /gm)].map(
    ([, name = '']) => `${name} ${labelsOf(name).join(', ')}`,
  );
  return {
    listed: [...listed].map(([, name, labels = '']) => `${name} ${labels.trim()}`).toSorted(),
    served: served.toSorted(),
  };
}
