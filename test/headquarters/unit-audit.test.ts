import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type { AuditEntry, AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { beforeAll as first, type Head, linkOf } from '../../src/accountability/audit/chain.ts';
import {
  listAudit,
  listUnitLogs,
  openMemo,
  reportUse,
  sampleInquiries,
  verifyAudit,
} from '../../src/accountability/oversight/operations.ts';
import { checkUnitLogsOf } from '../../src/headquarters/unit-logs/unit-records.ts';
import { sampleEntry } from '../accountability/audit/open-log.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, asAdaAgain, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const startMs = Date.now() - 3_600_000;

/** A unit of the department that sends records of a log of its own. */
async function openLogOf(department: Awaited<ReturnType<typeof openDepartment>>, id: string) {
  const unit = department.unit(id);
  await unit.uplink.start();
  let head: Head = first;
  /** One record, `minutes` after the beginning. */
  const append = (minutes: number, entry: Partial<AuditEntry>): AuditRecord => {
    const at = new Date(startMs + minutes * 60_000).toISOString();
    const of = { at, unit: { agency: 'test-pd', id }, key: Buffer.alloc(32) };
    const { record } = linkOf(sampleEntry(entry), head, of);
    head = record;
    const json = JSON.stringify(record);
    unit.outbox.add({ id: uuidv7(), lane: 'audit', topic: 'audit', json });
    return record;
  };
  const sent = () => waitFor(() => unit.outbox.status().waiting === 0, { what: `${id}’s outbox` });
  return { append, sent };
}

const person = (username: string, name: string): AuditEntry['who'] => ({
  ...{ account: uuidv7(), username, name, role: 'officer', organisation: 'test-pd' },
});
const inquiry = (reason: string): AuditEntry['inquiry'] => ({
  ...{
    id: uuidv7(),
    purpose: 'investigation',
    caseNumber: '26-0042',
    incidentNumber: null,
    reason,
  },
});

describe.skipIf(missingMosquitto)(
  'the logs of all units at headquarters',
  {
    timeout: 120_000,
  },
  () => {
    test('AUD-4: records of two cars stand with headquarters’ own, by person, plate, kind, unit and page', async () => {
      const department = await openDepartment();
      const { headquarters } = await department.startHeadquarters();
      const perform = await asAda(headquarters);
      const [one, other] = [
        await openLogOf(department, 'unit-7'),
        await openLogOf(department, 'unit-8'),
      ];
      const [moss, reyes] = [person('moss', 'P. Moss'), person('reyes', 'R. Reyes')];
      const search = { category: 'Detection Browsing', operation: 'detections.search' } as const;
      one.append(1, { ...search, who: moss, query: { plate: '8lvn-362' } });
      other.append(2, { ...search, who: reyes, query: { plate: '6MZR274' } });
      other.append(3, { ...search, who: moss, query: { plate: '8LVN362' } });
      one.append(4, { category: 'Hold', operation: 'holds.set', who: reyes, query: { why: 'x' } });
      other.append(5, { ...search, who: reyes, outcome: 'refused', query: { plate: '8 LVN 362' } });
      await one.sent();
      await other.sent();

      const names = ({ records }: { records: AuditRecord[] }) =>
        records.map(({ unit, seq, who }) => `${unit} ${seq} ${who.username}`);
      const found = async (filter: object) => names(await perform(listAudit, filter));
      expect(await found({ plate: '8LVN362' })).toEqual([
        // The question itself is a look at the log, recorded after it was answered.
        'unit-8 3 reyes',
        'unit-8 2 moss',
        'unit-7 1 moss',
      ]);
      expect(await found({ username: 'moss' })).toEqual(['unit-8 2 moss', 'unit-7 1 moss']);
      expect(await found({ kind: 'looks' })).toHaveLength(4);
      expect(await found({ kind: 'keeping' })).toEqual(['unit-7 2 reyes']);
      expect(await found({ unit: 'unit-7' })).toEqual(['unit-7 2 reyes', 'unit-7 1 moss']);
      expect(await found({ outcome: 'refused', username: 'reyes' })).toEqual(['unit-8 3 reyes']);
      expect(await found({ plate: '8LVN362', unit: 'unit-8', username: 'moss' })).toEqual([
        'unit-8 2 moss',
      ]);
      // Two characters, too few for the index.
      expect(await found({ plate: '6M' })).toContain('unit-8 1 reyes');

      const whole = await perform(listAudit, { limit: 500 });
      expect(whole.overview).toMatchObject({
        units: ['headquarters', 'unit-7', 'unit-8'],
        people: expect.arrayContaining([{ username: 'moss', name: 'P. Moss' }]),
      });
      expect(whole.overview?.kinds.looks).toBe(4);
      expect(whole.records.filter(({ unit }) => unit === 'headquarters').length).toBeGreaterThan(8);
      expect(whole.records[0]).toMatchObject({ unit: 'headquarters', deed: 'Read this log' });
      const paged: string[] = [];
      for (let before: string | null | undefined; before !== null; ) {
        const page = await perform(listAudit, { limit: 3, ...(before && { before }), to: now() });
        paged.push(...names(page));
        before = page.next;
      }
      const ofUnits = paged.filter((each) => each.startsWith('unit-'));
      expect(ofUnits).toEqual([
        ...['unit-8 3 reyes', 'unit-7 2 reyes', 'unit-8 2 moss', 'unit-8 1 reyes', 'unit-7 1 moss'],
      ]);
      expect(new Set(paged).size).toBe(paged.length);

      expect(await perform(listUnitLogs, {})).toMatchObject([
        { unit: 'unit-7', records: 2, seq: 2, missing: 0, contradictedAt: null },
        { unit: 'unit-8', records: 3, seq: 3, missing: 0, contradictedAt: null },
      ]);
    });

    test('AUD-5 AUD-10: headquarters says whose chain holds, what is missing of it, and finds a record that was changed there', async () => {
      const department = await openDepartment();
      const { headquarters, stop } = await department.startHeadquarters();
      const perform = await asAda(headquarters);
      const one = await openLogOf(department, 'unit-7');
      const other = await openLogOf(department, 'unit-8');
      for (let minute = 1; minute <= 3; minute += 1) {
        one.append(minute, {});
        other.append(minute, {});
      }
      await one.sent();
      await other.sent();
      expect(await perform(verifyAudit, {})).toMatchObject({
        sound: true,
        units: [
          { unit: 'unit-7', sound: true, findings: [] },
          { unit: 'unit-8', sound: true, findings: [] },
        ],
      });
      await stop();
      expect(checkUnitLogsOf(department.dataDir)?.map(({ sound }) => sound)).toEqual([true, true]);
      department.change(
        'headquarters.db',
        `UPDATE unit_audit SET body = replace(body, 'investigation', 'curiosity') WHERE unit = 'unit-7' AND seq = 2;
       DELETE FROM unit_audit WHERE unit = 'unit-8' AND seq = 3`,
      );
      // As an overseer checks a seized disk, without login.
      expect(checkUnitLogsOf(department.dataDir)?.map(({ sound }) => sound)).toEqual([
        false,
        false,
      ]);
      const again = await department.startHeadquarters();
      const asked = await asAdaAgain(again.headquarters);
      const { units } = await asked(verifyAudit, {});
      expect(units).toMatchObject([
        { unit: 'unit-7', sound: false, findings: ['A record after number 1 was changed here.'] },
        {
          unit: 'unit-8',
          sound: false,
          findings: ['Record 3 is not here as headquarters’ own log says that it came.'],
        },
      ]);
    });

    test('AUD-6 (V 426.8, B 466.6(c)): one draw, one memorandum and one report of use are over the looks of two cars and headquarters', async () => {
      const department = await openDepartment();
      const { headquarters } = await department.startHeadquarters();
      const perform = await asAda(headquarters);
      const [one, other] = [
        await openLogOf(department, 'unit-7'),
        await openLogOf(department, 'unit-8'),
      ];
      const search = { category: 'Detection Browsing', operation: 'detections.search' } as const;
      const [moss, reyes] = [person('moss', 'P. Moss'), person('reyes', 'R. Reyes')];
      const looked = (who: AuditEntry['who'], plate: string, reason: string) => ({
        ...search,
        ...{ who, query: { plate }, inquiry: inquiry(reason) },
      });
      one.append(1, looked(moss, '8LVN362', 'Burglary series'));
      for (let minute = 2; minute < 5; minute += 1) {
        one.append(minute, looked(reyes, '6MZR274', 'Stolen vehicle'));
        other.append(minute, looked(reyes, '6MZR274', 'Stolen vehicle'));
      }
      // Without a purpose, on both: they are two.
      one.append(7, { ...search, who: moss, inquiry: null });
      other.append(7, { ...search, who: moss, inquiry: null });
      await one.sent();
      await other.sent();
      const { sample, memorandum } = await perform(sampleInquiries, { n: 100 });
      expect(sample.population).toBe(9);
      const units = sample.inquiries.flatMap(({ looks }) => looks.map(({ unit }) => unit));
      expect(units.toSorted()).toEqual([
        ...['unit-7', 'unit-7', 'unit-7', 'unit-7', 'unit-7'],
        ...['unit-8', 'unit-8', 'unit-8', 'unit-8'],
      ]);
      const { memo } = await perform(openMemo, { number: memorandum.name });
      expect(memo).toContain(
        'Covers: the whole department: the log of headquarters and those of the units unit-7, unit-8.',
      );
      expect(memo).toMatch(/\| unit-8 \| R\. Reyes \(reyes\) \|/);
      expect(memo).toMatch(/\| unit-7 \| 5 \| 5 \| .* \| 0 \| holds \|/);
      const { report, text } = await perform(reportUse, {});
      expect(report.people.find(({ username }) => username === 'reyes')).toMatchObject({
        looks: 6,
      });
      expect(report.unusual).toContainEqual(
        expect.objectContaining({ kind: 'same plate', username: 'reyes', count: 6 }),
      );
      const { records } = report.unusual.find(({ kind }) => kind === 'same plate') ?? {};
      expect(records).toEqual(
        expect.arrayContaining(['unit-7 2', 'unit-8 1', 'unit-7 3', 'unit-8 2']),
      );
      expect(text).toContain('the whole department');
    });
  },
);

/** This moment, so that what is recorded meanwhile is not on the pages behind. */
const now = () => new Date().toISOString();
