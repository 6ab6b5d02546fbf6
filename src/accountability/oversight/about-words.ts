import { areaSchema, areaWords } from '../../config/area.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

/** What the words of objects in records are called: `hotplate 0193…` is "entry of a plate, no. …1a2b3c". */
const objectNames: Record<string, string> = {
  hit: 'alert',
  detection: 'read',
  image: 'picture',
  hotplate: 'entry of a plate',
  evidence: 'evidence package',
  package: 'evidence package',
  release: 'request',
  hold: 'hold',
  purge: 'deletion',
};

/** Fields of an input whose name says little. */
const fieldNames: Record<string, string> = {
  head: 'camera',
  n: 'how many',
  as: 'form of the file',
  list: 'hot list',
  listId: 'hot list',
  ids: 'which',
  utc: 'times in UTC',
  area: 'in',
};

/** Fields that say how an answer is cut up, and nothing of what was looked for. */
const ofThePage: ReadonlySet<string> = new Set([
  'limit',
  'before',
  'after',
  'offset',
  'zone',
  'revision',
]);

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const uuids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/**
 * What a record is about, in words: its object, and what was asked or entered. Ids are shortened to their last six
 * characters, as screens show them; the record itself has them whole.
 */
export function aboutWords({ object, query }: Pick<AuditRecord, 'object' | 'query'>): string {
  const asked = inOrder(query ?? {}).flatMap(([name, value]) => {
    if (ofThePage.has(name) || isNothing(value)) return [];
    // The object says it already.
    if (typeof value === 'string' && object?.includes(value) === true) return [];
    const field = fieldNames[name] ?? spaced(name);
    return [value === true ? field : `${field} ${valueWords(value)}`];
  });
  return [...(object === null ? [] : [objectWords(object)]), ...asked].join('; ');
}

/** What is looked for first, and the time last: from, to. */
function inOrder(query: Record<string, unknown>): [string, unknown][] {
  const rank = (name: string) =>
    ['plate', 'state'].indexOf(name) + 1 || (/^(from|to|since|until)$/.test(name) ? 9 : 5);
  return Object.entries(query).sort(([left], [right]) => rank(left) - rank(right));
}

/** An object of a record in words: "alert no. …1a2b3c", from `hit 0193…`. */
export function objectWords(object: string): string {
  const [kind = '', ...rest] = object.split(' ');
  const name = objectNames[kind];
  const text = name === undefined ? object : [name, ...rest].join(' ');
  return text.replace(uuids, short);
}

function valueWords(value: unknown): string {
  if (typeof value === 'string') {
    if (uuid.test(value)) return short(value);
    if (isoMoment.test(value) && !Number.isNaN(Date.parse(value))) return localTime(value);
    return /^[a-z]+(?:_[a-z]+)+$/.test(value) ? value.replaceAll('_', ' ') : value;
  }
  if (Array.isArray(value)) {
    const isLong = value.length > 3 && value.every((each) => uuid.test(String(each)));
    return isLong ? `${value.length} of them` : value.map(valueWords).join(', ');
  }
  if (typeof value !== 'object' || value === null) return String(value);
  const area = areaSchema.safeParse(value);
  if (area.success) return areaWords(area.data);
  return Object.entries(value)
    .filter(([, each]) => !isNothing(each))
    .map(([name, each]) => `${fieldNames[name] ?? spaced(name)} ${valueWords(each)}`)
    .join(', ');
}

/** Left out, switched off, or the choice that narrows nothing. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 'any' ||
  value === 'all' ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);

/** "no. …1a2b3c" */
const short = (id: string): string => `no. …${id.slice(-6)}`;

/** `caseNumber` is "case number". */
const spaced = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');
