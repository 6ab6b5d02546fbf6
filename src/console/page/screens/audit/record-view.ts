import { html, nothing, type TemplateResult } from 'lit-html';
import type { ToldRecord } from '../../../../accountability/oversight/told-record.ts';
import { roleWords } from '../../account-words.ts';
import { inquiryWords, outcomeWords } from '../../look-words.ts';
import { key } from '../../parts/key.ts';
import { capital, timeOfDay, when } from '../../words.ts';

/** What a person goes on to from a record. */
export interface FromRecord {
  username?: string;
  plate?: string;
  inquiry?: string;
  operation?: string;
}

/** One record with all that it holds; its names for programs come last. */
export function recordView(
  record: ToldRecord,
  { onGo, onClose }: { onGo: (to: FromRecord) => void; onClose: () => void },
): TemplateResult {
  const { seq, at, who, from, deed, operation, about, inquiry, note } = record;
  const time = Date.parse(at);
  const plate = plateIn(record);
  const facts: [string, string | null][] = [
    ['When', `${when(time).slice(0, 10)} ${timeOfDay(time)}`],
    ['Who', whoWords(who)],
    ['From where', from],
    ['What', `${deed}: ${outcomeWords(record)}`],
    ['About', about || null],
    ['Why', inquiry === null ? whyNot(record) : inquiryWords(inquiry)],
    ['Remark', note],
    ['Category', record.category],
    ['Unit', record.unit],
  ];
  const names: [string, string | null][] = [
    ['Operation', operation],
    ['Object', record.object],
    ...Object.entries(record.query ?? {}).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
    ['Inquiry', inquiry?.id ?? null],
    ['Session', record.session],
    ['Agency', record.agency],
    ['Hash of this record', record.hash],
    ['Hash of the one before', record.previous],
  ];
  return html`<section class="part" aria-labelledby="record-${recordName(record)}">
    <div class="screen-head">
      <h2 id="record-${recordName(record)}" class="record-head" tabindex="-1">Record ${seq.toLocaleString('en-US')}</h2>
      ${key({ label: 'Close', kind: 'quiet', onPress: onClose })}
    </div>
    ${factList(facts)}
    <div class="row-keys">
      ${who.username === '' ? nothing : key({ label: `Everything by ${who.name || who.username}`, onPress: () => onGo({ username: who.username }) })}
      ${plate === null ? nothing : key({ label: `Everything about ${plate}`, onPress: () => onGo({ plate }) })}
      ${inquiry === null ? nothing : key({ label: 'Everything under this purpose', onPress: () => onGo({ inquiry: inquiry.id }) })}
      ${key({ label: 'Everything of this sort', onPress: () => onGo({ operation }) })}
    </div>
    <details>
      <summary>Names for programs</summary>
      ${factList(names)}
    </details>
  </section>`;
}

/** A name of a record that no other has, of whatever unit: also two versions of one number have two. */
export const recordName = ({ unit, seq, hash }: ToldRecord): string =>
  `${unit}-${seq}-${hash.slice(0, 8)}`;

/** The plate that was asked with, as it was typed. */
export function plateIn({ query }: Pick<ToldRecord, 'query'>): string | null {
  const plate = query?.plate;
  return typeof plate === 'string' && plate !== '' ? plate : null;
}

/** Why no purpose is on record: most deeds ask for none. */
const whyNot = ({ outcome }: ToldRecord): string =>
  outcome === 'refused' ? 'Nothing was stated' : 'This deed asks for no purpose';

/** "R. Reyes (reyes), detective" */
function whoWords({ name, username, role }: ToldRecord['who']): string {
  const person = username === '' || username === name ? name : `${name} (${username})`;
  return [capital(person) || 'Nobody was logged in', role && roleWords(role)]
    .filter(Boolean)
    .join(', ');
}

const factList = (facts: readonly [string, string | null][]): TemplateResult =>
  html`<dl class="fact-list">
    ${facts.map(([name, value]) => (value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`))}
  </dl>`;
