import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  HotPlate,
  HotPlateContent,
  ShownHotPlate,
} from '../../../../accountability/hotplates/hot-plate.ts';
import type { HotPlateWithLog } from '../../../../accountability/hotplates/hot-plates.ts';
import {
  approversWords,
  categoryNames,
  endWords,
  logNames,
  removalNames,
  roleWords,
  standingOf,
  vehicleWords,
} from '../../hot-plate-words.ts';
import { findingList } from '../../parts/findings.ts';
import { plate } from '../../parts/plate.ts';
import { table } from '../../parts/table.ts';
import type { HotPlateRules } from '../../policy-rules.ts';
import { when } from '../../words.ts';

type Fact = [name: string, value: string | null | undefined];

const factList = (facts: readonly Fact[]): TemplateResult =>
  html`<dl class="fact-list">
    ${facts.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing))}
  </dl>`;

const contentFacts = (content: HotPlateContent | null): Fact[] => [
  ['State of issue', content?.issuer],
  ['Category', content === null ? null : categoryNames[content.category]],
  ['Reason', content?.reason],
  ['Synopsis', content?.synopsis],
  ['Case', content?.caseNumber],
  ['Vehicle', vehicleWords(content?.vehicle)],
];

const personWords = ({ name, role }: HotPlate['enteredBy']): string =>
  `${name}, ${roleWords(role)}`;

/** What a hot plate says, how it stands, and what is asked for about it. */
export function entryView(entry: ShownHotPlate, rules: HotPlateRules): TemplateResult {
  const { content, pending, enteredBy, approvedBy, ended } = entry;
  const { words, mood } = standingOf(entry);
  const waits = pending !== null || entry.state === 'draft' || entry.state === 'awaiting';
  const approvers = waits
    ? approversWords(rules, pending?.kind ?? 'new', pending?.by ?? enteredBy)
    : null;
  return html`${
    content?.plate == null
      ? nothing
      : html`<div class="plate-line">${plate('listed', content.plate)}</div>`
  }
    <p class="entry-standing"><b class=${mood}>${words}.</b> ${approvers ?? ''}</p>
    ${findingList(pending?.findings ?? entry.findings)}
    ${pending === null ? nothing : pendingView(entry, pending)}
    ${factList([
      ...contentFacts(content),
      ['Ends', content === null ? null : endWords(content.expires)],
      ['Alerts unless confirmed until', entry.refreshBy && when(Date.parse(entry.refreshBy))],
      ['Entered', `${when(Date.parse(entry.enteredAt))} by ${personWords(enteredBy)}`],
      [
        'Approved',
        approvedBy === null || entry.approvedAt === null
          ? null
          : `${when(Date.parse(entry.approvedAt))} by ${personWords(approvedBy)}`,
      ],
      ['Note of the approval', entry.approvalNote],
      ['Renewed', entry.renewals === 0 ? null : `${entry.renewals} times`],
      [
        'Read before',
        entry.pastReads === null
          ? null
          : `${entry.pastReads} reads in the last 30 days would have matched`,
      ],
      ['Ended', endedWords(ended)],
    ])}`;
}

function endedWords(ended: HotPlate['ended']): string | null {
  if (ended === null) return null;
  const { at, by, outcome, note } = ended;
  const words = outcome === null ? 'no outcome recorded' : removalNames[outcome].toLowerCase();
  return [when(Date.parse(at)), by?.name, words, note].filter(Boolean).join(', ');
}

/** What a change or renewal would make different. */
function pendingView(
  entry: ShownHotPlate,
  pending: NonNullable<HotPlate['pending']>,
): TemplateResult {
  return html`<section class="tile doubt">
    <h2>A ${pending.kind} is asked for by ${personWords(pending.by)}: ${pending.reason}</h2>
    ${differences(entry.content, pending.content)}
  </section>`;
}

function differences(
  before: HotPlateContent | null,
  after: HotPlateContent | null,
): TemplateResult {
  const facts = (content: HotPlateContent | null): Fact[] => [
    ['Plate', content?.plate],
    ...contentFacts(content),
    ['Ends', content === null ? null : endWords(content.expires)],
  ];
  const old = new Map(facts(before));
  const changes = facts(after).filter(
    ([name, value]) => (old.get(name) ?? null) !== (value ?? null),
  );
  return html`<ul class="differences">
    ${changes.map(
      ([name, value]) => html`<li>
        ${name}: <del>${old.get(name) ?? 'nothing'}</del> → <ins>${value ?? 'nothing'}</ins>
      </li>`,
    )}
  </ul>`;
}

/** Everything that was done to an entry, the newest first. */
export function entryHistory(log: HotPlateWithLog['log']): TemplateResult {
  return html`<h2>What was done to it</h2>
    ${table({
      caption: 'What was done to this hot plate',
      columns: [
        { title: 'When', cell: ({ at }) => when(Date.parse(at)) },
        { title: 'What', cell: ({ kind }) => logNames[kind] },
        { title: 'Who', cell: ({ by }) => by?.name ?? 'The unit' },
        { title: 'Note', cell: ({ note }) => note },
        {
          title: 'Changed',
          cell: ({ before, after }) =>
            before === null || after === null ? null : differences(before, after),
        },
      ],
      rows: [...log].reverse(),
      empty: 'Nothing yet.',
      keyOf: ({ seq }) => String(seq),
    })}`;
}
