import { html, nothing } from 'lit-html';
import type { AuditVerification } from '../../../../accountability/audit/audit-verification.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { changed } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

/** Whether the log is whole, as it was checked just now. */
export function auditChain(): AuditPart {
  let found: { verification: AuditVerification; atMs: number } | null = null;
  const work = newWork();
  const verify = async () => {
    const verification = await work.run(() =>
      perform<typeof operations.verifyAudit>('audit.verify', {}),
    );
    if (verification !== undefined) found = { verification, atMs: Date.now() };
    changed();
  };
  return {
    show: () => void verify(),
    view: () => html`${work.line()}
      ${found === null ? html`<p>Checking every record…</p>` : verificationView(found.verification, found.atMs)}
      <div class="row-keys">${key({ label: 'Check again', onPress: () => void verify() })}</div>`,
  };
}

function verificationView(verification: AuditVerification, atMs: number) {
  const { sound, records, first, last, head, purged, findings, more } = verification;
  const time = (text: string | null) => (text === null ? '–' : when(Date.parse(text)));
  return html`<p>
      ${
        sound
          ? html`<b class="good">Sound:</b> no record was changed, removed, reordered, cut off or put in.`
          : html`<b class="bad">Not sound:</b> the log was tampered with, is damaged, or is missing.`
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
      <dt>Newest</dt>
      <dd>${head === null ? '–' : `${head.seq}, ${head.hash}`}</dd>
    </dl>
    ${
      findings.length === 0
        ? nothing
        : html`<h2>Findings</h2>
            <ul class="findings">
              ${findings.map(({ fault, text }) => html`<li><b>${fault}</b> ${text}</li>`)}
            </ul>`
    }
    ${more > 0 ? html`<p>${more} more.</p>` : nothing}`;
}
