import { html, type TemplateResult } from 'lit-html';
import type { DataSource, KindHeld } from '../../../../accountability/retention/sources.ts';
import { table } from '../../parts/table.ts';
import { when } from '../../words.ts';

interface Row extends KindHeld {
  source: DataSource;
}

const kindNames: Record<KindHeld['kind'], string> = {
  reads: 'Reads',
  hits: 'Hits',
  images: 'Pictures',
};

const sourceWords = ({ name, is }: DataSource): string =>
  is === 'camera' ? name : is === 'vendor' ? `${name}, a vendor` : `${name}, no longer set up`;

/** Each source of data with its times, what of it is here, and what goes next. */
export function sourcesTable(sources: readonly DataSource[]): TemplateResult {
  const rows = sources.flatMap((source) => source.kinds.map((each): Row => ({ ...each, source })));
  return table<Row>({
    caption: 'How long data is kept, and what goes next',
    columns: [
      { title: 'Of', cell: ({ source }) => sourceWords(source) },
      { title: 'What', cell: ({ kind }) => kindNames[kind] },
      { title: 'At least', cell: ({ minDays }) => days(minDays) },
      { title: 'At most', cell: ({ maxDays }) => days(maxDays) },
      { title: 'Here', cell: hereWords },
      { title: 'Goes next', cell: nextWords },
      { title: 'Rule', cell: ({ from }) => html`<span class="anywhere">${from}</span>` },
    ],
    rows,
    empty: 'There are no cameras and no records.',
    keyOf: ({ source, kind }) => `${source.name} ${kind}`,
  });
}

const days = (count: number | null) =>
  count === null ? 'No end is set' : count === 0 ? 'None' : `${count}\u00a0days`;

function hereWords({ count, more, oldestAt, source }: Row): string {
  if (oldestAt === null) return source.is === 'vendor' ? 'None: no data of it is here' : 'None';
  const since = `since ${when(Date.parse(oldestAt))}`;
  if (count === null) return since;
  return `${more ? 'More than ' : ''}${count.toLocaleString('en-US')}, ${since}`;
}

function nextWords({ goesBy, goesAt, oldestAt }: Row): string {
  const at = goesAt === null ? '' : when(Date.parse(goesAt));
  if (goesBy === 'time') return `The oldest, ${at}`;
  if (goesBy === 'order') return 'By an order alone';
  if (goesBy === 'headquarters') {
    return `Once headquarters has it${at === '' ? '' : `; the oldest ${at} at the latest`}`;
  }
  return oldestAt === null ? 'Nothing' : 'The oldest are held';
}
