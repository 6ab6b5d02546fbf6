import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Inquiry } from '../audit/audit-record.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { StatedInquiry } from '../gate/client.ts';
import type { InquiryDesk } from '../gate/gate.ts';
import { faultWords } from '../gate/input-fault.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberRule } from '../policy/number-rule.ts';
import type { Policy } from '../policy/policy.ts';

/** A stated purpose is valid for this long, within the same session. */
export const inquiryH = 8;

/** What a person states about their purpose; an empty text counts as missing. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform((value) => (value === '' ? null : value))
    .nullable()
    .default(null);

export const statedSchema = z.strictObject({
  purpose: z.string().trim().max(200).default(''),
  caseNumber: text(64),
  incidentNumber: text(64),
  reason: text(1000),
});

const referenceSchema = z.strictObject({ id: z.uuid() });

/**
 * Purposes of inquiries (AUD-1, AUD-2, AUD-9). A purpose code is always required (Civil Code 1798.90.52), case or
 * incident number and reason as the profile requires.
 */
export function createInquiryDesk(deps: {
  db: Database;
  policy: Policy['inquiry'];
  immigration: Policy['immigration'];
  now: Clock;
}): InquiryDesk {
  const { db, policy, immigration, now } = deps;
  const rule = numberRule(policy);
  const insert = db.prepare(
    `INSERT INTO inquiry VALUES (@id, @account, @session, @purpose, @caseNumber, @incidentNumber, @reason,
       @begunAtMs)`,
  );
  const select = db.prepare<[string, string, string, number], Inquiry>(
    `SELECT id, purpose, case_number AS caseNumber, incident_number AS incidentNumber, reason FROM inquiry
     WHERE id = ? AND account = ? AND session = ? AND begun_at_ms > ?`,
  );

  const selectKept = db.prepare<[string, string, string, number], Inquiry>(
    `SELECT id, purpose, case_number AS caseNumber, incident_number AS incidentNumber, reason
     FROM inquiry_object JOIN inquiry ON inquiry.id = inquiry_object.inquiry
     WHERE inquiry_object.session = ? AND object = ? AND account = ? AND begun_at_ms > ?`,
  );
  const keep = db.prepare('INSERT OR REPLACE INTO inquiry_object VALUES (?, ?, ?)');

  const forgetOld = db.prepare('DELETE FROM inquiry WHERE begun_at_ms <= ?');
  const oldest = () => now() - inquiryH * 3_600_000;

  const stateWhy = `State the purpose of this inquiry (--purpose ${policy.purposes.join(' | ')})${alsoAsked(policy)}.`;

  const refuse = (code: string, message: string): never => {
    throw new Refusal(400, code, message);
  };

  const checkNumber = (name: 'case' | 'incident', number: string | null): void => {
    if (number === null || rule.test(number)) return;
    refuse(
      'case-number-malformed',
      `The ${name} number (--${name}) does not match this agency's format: ${rule.words}.`,
    );
  };

  /** The inquiry that someone states or refers to. */
  const stateInquiry = (stated: StatedInquiry, actor: Actor): Inquiry => {
    const reference = referenceSchema.safeParse(stated);
    if (reference.success) {
      const begun = select.get(reference.data.id, actor.account, actor.session, oldest());
      return (
        begun ??
        refuse(
          'inquiry-unknown',
          `You did not begin this inquiry in this session, or it is more than ${inquiryH} h old. State its purpose again.`,
        )
      );
    }
    const parsed = statedSchema.safeParse(stated);
    if (!parsed.success) return refuse('inquiry-malformed', faultWords(parsed.error));
    const { purpose, caseNumber, incidentNumber, reason } = parsed.data;
    if (!policy.purposes.includes(purpose)) {
      const unknown = purpose === '' ? '' : `"${purpose}" is no purpose of the policy in force. `;
      refuse('purpose-missing', `${unknown}${stateWhy}`);
    }
    checkNumber('case', caseNumber);
    checkNumber('incident', incidentNumber);
    // A reason must be words; a dot that only fills the field is refused.
    if (reason !== null && (reason.match(/\p{L}/gu) ?? []).length < 3) {
      refuse('reason-missing', 'Give the reason (--reason) in words.');
    }
    const hasNumber = caseNumber !== null || incidentNumber !== null;
    if (policy.required === 'case_and_reason' && !hasNumber) {
      refuse(
        'case-missing',
        'A case number (--case) or an incident number (--incident) is required.',
      );
    }
    if (policy.required === 'case_and_reason' && reason === null) {
      refuse(
        'reason-missing',
        'A reason (--reason) is required as well as the case or incident number.',
      );
    }
    if (policy.required === 'case_or_reason' && !hasNumber && reason === null) {
      refuse(
        'case-missing',
        'A case number (--case), an incident number (--incident) or a reason (--reason) is required.',
      );
    }
    barImmigration(immigration, textsOf({ caseNumber, incidentNumber, reason }));
    const inquiry: Inquiry = { id: uuidv7(), purpose, caseNumber, incidentNumber, reason };
    const { account, session } = actor;
    // The audit log keeps all inquiries; these rows only save people from typing the purpose again.
    forgetOld.run(oldest());
    insert.run({ ...inquiry, account, session, begunAtMs: now() });
    return inquiry;
  };

  return {
    open(stated, actor, keptFor) {
      if (stated === undefined) {
        const { session, account } = actor;
        const kept = keptFor && selectKept.get(session, keptFor, account, oldest());
        return kept || refuse('purpose-missing', stateWhy);
      }
      const inquiry = stateInquiry(stated, actor);
      if (keptFor !== undefined) keep.run(actor.session, keptFor, inquiry.id);
      return inquiry;
    },
    remarkOn: (inquiry) => barImmigration(immigration, textsOf(inquiry)).join('; ') || null,
  };
}

function textsOf(inquiry: Pick<Inquiry, 'caseNumber' | 'incidentNumber' | 'reason'>) {
  return [
    { field: 'the reason', text: inquiry.reason },
    { field: 'the case number', text: inquiry.caseNumber, kind: 'agency' as const },
    { field: 'the incident number', text: inquiry.incidentNumber, kind: 'agency' as const },
  ];
}

function alsoAsked({ required }: Policy['inquiry']): string {
  if (required === 'case_and_reason')
    return ', a case number (--case) or incident number (--incident), and a reason (--reason)';
  return required === 'case_or_reason'
    ? ', and a case number (--case), an incident number (--incident) or a reason (--reason)'
    : '';
}
