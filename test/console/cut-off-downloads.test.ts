import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import { makeEvidence } from '../../src/accountability/evidence/operations.ts';
import { listAudit } from '../../src/accountability/oversight/operations.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { sampleDetection, sampleHit, sampleImage, sampleImages } from '../records/samples.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import { waitFor } from '../support/wait-for.ts';
import { ask } from './ask.ts';
import { startUnitConsole } from './unit-console.ts';

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary series' };

/** A unit with a read whose pictures are larger than what a connection holds back, and a package of it. */
async function openWithLargeFiles() {
  const at = new Date().toISOString();
  const staffed = await openStaffedUnit('vallejo', { at });
  const { people } = staffed.accountability;
  const ada = staffed.join('lea', 'detective');
  const ann = staffed.join('ann', 'auditor');
  const detection = sampleDetection({ firstSeen: at, lastSeen: at, closed: true });
  const images = { ...(await sampleImages(1)), overview: await sampleImage(9, 16_000_000) };
  const hit = sampleHit(detection, { raisedAt: at, changedAt: at });
  await staffed.records.storeHits({ hits: [hit], detection, images });
  const made = await ada.perform(makeEvidence, { detectionIds: [detection.id] }, inquiry);
  const { console } = await startUnitConsole(staffed);
  const login = { username: 'lea', password: goodPassword, noticeAcknowledged: true };
  const { token } = await people.login(login, 'page 127.0.0.1');
  const cookie = `lookout-car-7=${token}`;
  const url = (path: string) => new URL(path, console.url).href;
  const begun = await ask('POST', url('api/inquiries'), { cookie }, { input: inquiry });
  const { id: stated } = JSON.parse(begun.body) as { id: string };
  const row = staffed.db
    .prepare<[], { id: string }>("SELECT id FROM image WHERE kind = 'overview'")
    .get();
  return {
    fetchFiles: url(`api/evidence/${made.id}/files?inquiry=${stated}`),
    fetchPicture: url(`api/images/${row?.id}?inquiry=${stated}`),
    cookie,
    filesOnDisk: () => readdirSync(staffed.dataDir, { recursive: true, encoding: 'utf8' }).sort(),
    /** What the log has of an operation, the newest first. */
    async recordsOf(operation: string) {
      const { records } = await ann.perform(listAudit, {});
      return records.filter((each) => each.operation === operation);
    },
  };
}

/** Begins a download, and hangs up once its first bytes are there. */
async function cancelled(url: string, cookie: string): Promise<void> {
  const asked = request(url, { headers: { cookie }, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  await once(response, 'readable');
  response.destroy();
}

test('AUD-3: a download that is cancelled in the middle is in the log as that, and leaves no file; a whole one has one record', async () => {
  const { fetchFiles, fetchPicture, cookie, ...unit } = await openWithLargeFiles();
  const before = unit.filesOnDisk();
  for (const [url, operation] of [
    [fetchPicture, 'images.open'],
    [fetchFiles, 'evidence.fetch'],
  ] as const) {
    await cancelled(url, cookie);
    const [cut, done] = await waitFor(
      async () => {
        const records = await unit.recordsOf(operation);
        return records.length === 2 && records;
      },
      { what: 'the record of the end' },
    );
    expect(done).toMatchObject({ outcome: 'done' });
    expect(cut).toMatchObject({
      outcome: 'failed',
      who: { username: 'lea' },
      object: done?.object,
      inquiry: { caseNumber: '26-0042' },
      note: expect.stringMatching(
        /^The connection ended before the whole file was sent: at most [\d,]+ of [\d,]+ bytes arrived\.$/,
      ),
    });
    expect((await ask('GET', url, { cookie })).status).toBe(200);
    expect((await unit.recordsOf(operation)).map(({ outcome }) => outcome)).toEqual([
      'done',
      'failed',
      'done',
    ]);
  }
  expect(unit.filesOnDisk()).toEqual(before);
  expect(before.filter((name) => name.includes('.part'))).toEqual([]);
}, 120_000);
