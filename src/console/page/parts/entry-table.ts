import type { TemplateResult } from 'lit-html';
import type { HotEntry } from '../../../hotlist/hit-match.ts';
import { categoryNames } from '../hot-plate-words.ts';
import { when } from '../words.ts';
import { type Column, table } from './table.ts';

const columns: Column<HotEntry>[] = [
  { title: 'Plate', cell: ({ plate }) => plate, kind: 'plate' },
  { title: 'State', cell: ({ state }) => state },
  { title: 'Category', cell: ({ category }) => categoryNames[category] },
  { title: 'Reason', cell: ({ reason }) => reason },
  {
    title: 'Vehicle',
    cell: ({ colour, year, make, model }) =>
      [colour, year, make, model].filter(Boolean).join(' ') || null,
  },
  { title: 'Case', cell: ({ caseNumber }) => caseNumber, kind: 'code' },
  {
    title: 'Entered',
    cell: ({ entryDate }) => entryDate && when(Date.parse(entryDate)).slice(0, 10),
  },
  { title: 'Ends', cell: ({ expires }) => expires && when(Date.parse(expires)) },
];

/** Entries of a list, in the order of their plates. */
export const entryTable = (rows: readonly HotEntry[], empty: string): TemplateResult =>
  table({
    caption: 'Entries of the list',
    columns,
    rows,
    empty,
    keyOf: ({ id, plate, state }) => `${id} ${plate} ${state}`,
  });
