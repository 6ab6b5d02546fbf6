import { html, nothing } from 'lit-html';
import type {
  AuditFault,
  WholeVerification,
} from '../../../../accountability/audit/audit-verification.ts';
import type { CheckedUnitLog } from '../../../../accountability/audit/unit-records.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import { perform } from '../../api.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { changed, may, tell } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

const faultNames: Record<AuditFault, string> = {
  unreadable: 'Something cannot be read.',
  foreign: 'It is the log of another unit.',
  key: 'Its key does not fit.',
  triggers: 'The guards against changes are missing.',
  changed: 'A record was changed.',
  removed: 'Records were removed.',
  inserted: 'A record was put in.',
  reordered: 'Records are out of order.',
  truncated: 'The end was cut off.',
  anchor: 'The mark of the newest record does not fit.',
  checkpoint: 'A removal is not as it was decided.',
  noted: 'The unit itself noted tampering.',
  gap: 'For a while no record could be written.',
  clock: 'The clock was set back.',
};

/** Whether the log is whole, as it was checked just now. */
export function auditChain(): AuditPart {
  let found: { verification: WholeVerification; atMs: number } | null = null;
  const work = newWork();
  const verify = async () => {
    const verification = await work.run(() =>
      perform<typeof operations.verifyAudit>('audit.verify', {}),
    );
    if (verification !== undefined) found = { verification, atMs: Date.now() };
    changed();
  };
  let draft = { before: '', decision: '', decidedBy: '' };
  const purge = async (event: Event) => {
    event.preventDefault();
    const isMeant = await confirmDeed({
      title: `Remove all records from before ${draft.before}?`,
      words:
        'The decision is recorded in the log, which stays whole. Nothing brings the records back.',
      deed: 'Remove them',
    });
    if (!isMeant) return;
    const done = await work.run(() => perform<typeof operations.purgeAudit>('audit.purge', draft));
    if (done === undefined) return;
    draft = { before: '', decision: '', decidedBy: '' };
    const all = done.removed + (done.ofUnits ?? 0);
    tell(`${all.toLocaleString('en-US')} records were removed.`, 'done');
    await verify();
  };
  const of = (name: keyof typeof draft) => ({
    name: `purge-${name}`,
    value: draft[name],
    isRequired: true,
    onInput: (value: string) => {
      draft = { ...draft, [name]: value };
    },
  });
  const purgeForm = () => html`<h2>Remove old records by decision</h2>
    <form class="form" @submit=${purge}>
      ${textField({ ...of('before'), label: 'From before', type: 'date' })}
      ${textField({ ...of('decidedBy'), label: 'Who decided it', longest: 200 })}
      <div class="whole">
        ${areaField({ ...of('decision'), label: 'Why they are no longer needed', longest: 1000 })}
      </div>
      <div class="step-keys whole">
        <button type="submit" class="key danger" ?disabled=${work.isBusy}>Remove them</button>
      </div>
    </form>`;
  return {
    show: () => void verify(),
    view: () => html`${work.line()}
      ${found === null ? html`<p>Checking every record…</p>` : verificationView(found.verification, found.atMs)}
      <div class="row-keys">${key({ label: 'Check again', onPress: () => void verify() })}</div>
      ${may('audit.manage') ? purgeForm() : nothing}`,
  };
}

function verificationView(verification: WholeVerification, atMs: number) {
  const { sound, records, first, last, head, purged, findings, more } = verification;
  const time = (text: string | null) => (text === null ? '–' : when(Date.parse(text)));
  return html`<p>
      ${
        sound
          ? html`<b class="good">Sound:</b> no record was changed, removed, reordered, cut off or put in. Each record holds the
              hash of the one before it, and all of them fit.`
          : html`<b class="bad">Not sound:</b> the log was tampered with, is damaged, or is missing. Keep the unit as it is, and
              let whoever audits compare this log with the copy at headquarters.`
      }
    </p>
    <dl class="fact-list">
      <dt>Checked</dt>
      <dd>${when(atMs)}</dd>
      <dt>Records</dt>
      <dd>
        ${records.toLocaleString('en-US')}, from ${time(first)} to
        ${time(last)}${purged > 0 ? `; ${purged.toLocaleString('en-US')} were purged by decision` : ''}
      </dd>
      <dt>Newest record</dt>
      <dd>${head === null ? '–' : `Number ${head.seq.toLocaleString('en-US')}; its hash, to compare with headquarters: ${head.hash}`}</dd>
    </dl>
    ${
      findings.length === 0
        ? nothing
        : html`<h2>Findings</h2>
            <ul class="findings">
              ${findings.map(({ fault, text }) => html`<li><b>${faultNames[fault]}</b> ${capital(text)}</li>`)}
            </ul>`
    }
    ${more > 0 ? html`<p>${more} more.</p>` : nothing}
    ${verification.units === null ? nothing : unitLogs(verification.units)}`;
}

/** The log of each unit as it is at headquarters, each record of it checked. */
function unitLogs(units: readonly CheckedUnitLog[]) {
  return html`<h2>Logs of the units</h2>
    <p class="quiet-words">
      A unit sends each record as it writes it. What is missing is on its way, or was never sent: ask the unit.
    </p>
    ${table<CheckedUnitLog>({
      caption: 'How far the log of each unit has come, and whether it holds',
      columns: [
        { title: 'Unit', cell: ({ unit }) => unit },
        {
          title: 'Chain',
          cell: ({ sound, findings }) =>
            sound
              ? html`<b class="good">Holds</b>`
              : html`<b class="bad">Does not hold.</b> ${findings.join(' ')}`,
        },
        { title: 'Come to number', kind: 'number', cell: ({ seq }) => seq.toLocaleString('en-US') },
        { title: 'Of', kind: 'code', cell: ({ last }) => when(Date.parse(last)) },
        {
          title: 'Records',
          kind: 'number',
          cell: ({ records }) => records.toLocaleString('en-US'),
        },
        { title: 'Missing', kind: 'number', cell: ({ missing }) => missing },
      ],
      rows: units,
      empty: 'No unit has sent a record yet.',
      keyOf: ({ unit }) => unit,
    })}`;
}
