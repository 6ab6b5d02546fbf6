import { describe, expect, test } from 'vitest';
import { judgeClone, listClones, openClone } from '../../src/accountability/clones/operations.ts';
import { listNotices } from '../../src/accountability/notices/operations.ts';
import { sampleInquiries } from '../../src/accountability/oversight/operations.ts';
import { purgeNow, setHold } from '../../src/accountability/retention/operations.ts';
import type { DetectionDraft } from '../../src/records/draft-detection.ts';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable, statePurpose } from '../console/desk-page.ts';
import { takePictures } from '../console/take-pictures.ts';
import { noImages, sampleDetection, sampleFix, sampleImages } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, asAdaAgain, logInAda, openDepartment } from './department.ts';

useChromium();
if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason: 'Cloned plate' };
const hourMs = 3_600_000;
const vallejo = { latitude: 38.1, longitude: -122.25 };
const sacramento = { latitude: 38.58, longitude: -121.49 };

type Department = Awaited<ReturnType<typeof openDepartment>>;
type Sender = ReturnType<Department['unit']>;
interface Seen {
  plate?: string;
  atMs: number;
  place: typeof vallejo;
  state?: string;
  confidence?: number;
  images?: true;
}

/** What a unit stores of a vehicle that it saw. */
function seenBy(unit: string, { plate = '8LVN362', atMs, place, ...rest }: Seen): DetectionDraft {
  const base = sampleDetection({ unit });
  const { state = 'CA', confidence = 0.97 } = rest;
  const characters = [...plate].map((char) => ({ char, p: 0.99 }));
  return {
    ...base,
    firstSeen: new Date(atMs - 500).toISOString(),
    lastSeen: new Date(atMs).toISOString(),
    fix: { ...sampleFix, ...place, fixedAtMs: atMs - 120 },
    read: base.read && {
      ...base.read,
      plate,
      characters,
      confidence,
      state: { code: state, p: 0.9 },
    },
    closed: true,
  };
}

/** The unit sees vehicles, and headquarters acknowledges them; gives their ids. */
async function sees(unit: Sender, id: string, passings: Seen[]): Promise<string[]> {
  const ids: string[] = [];
  for (const passing of passings) {
    const detection = seenBy(id, passing);
    const images = passing.images ? await sampleImages(3, 20_000) : noImages;
    await unit.records.storeHits({ hits: [], detection, images });
    ids.push(detection.id);
  }
  await waitFor(() => unit.outbox.status().waiting === 0, { what: `${id}’s outbox` });
  return ids;
}

async function openTwoCars() {
  const department = await openDepartment();
  const started = await department.startHeadquarters();
  const [one, other] = [department.unit('unit-7'), department.unit('unit-8')];
  await one.uplink.start();
  await other.uplink.start();
  return { department, ...started, one, other, perform: await asAda(started.headquarters) };
}

describe.skipIf(missingMosquitto)('plates in two places', { timeout: 180_000 }, () => {
  test('SRC-4: a plate that two units read where no car can have been is found as it comes in, told without the plate, and judged', async () => {
    const { headquarters, one, other, perform } = await openTwoCars();
    const atMs = Date.now() - 5 * hourMs;
    const there = { atMs: atMs + 300_000, place: sacramento };
    // Another plate, another state, a doubtful read, and a car that drove it in an hour.
    await sees(one, 'unit-7', [
      { plate: '7AAA111', atMs, place: vallejo },
      { plate: '7BBB222', atMs, place: vallejo },
      { plate: '7CCC333', atMs, place: vallejo },
    ]);
    await sees(other, 'unit-8', [
      { plate: '7AAA111', ...there, state: 'NV' },
      { plate: '7BBB222', ...there, confidence: 0.8 },
      { plate: '7CCC333', place: sacramento, atMs: atMs + hourMs },
      { plate: '7AAA112', ...there },
      { ...there, images: true },
    ]);
    // The car that was out of reach sends the earlier read last.
    await sees(one, 'unit-7', [{ atMs, place: vallejo, images: true }]);
    const found = await waitFor(
      async () => {
        const { findings } = await perform(listClones, {});
        return findings.length > 0 ? findings : undefined;
      },
      { what: 'the finding' },
    );
    expect(found).toMatchObject([{ units: ['unit-7', 'unit-8'], times: 1, judged: null }]);
    expect(Math.round((found[0]?.leastM ?? 0) / 1000)).toBe(85);
    expect(JSON.stringify(found)).not.toContain('8LVN362');
    const id = found[0]?.id ?? '';
    const opened = await perform(openClone, { id }, inquiry);
    expect(opened).toMatchObject({ plate: '8LVN362', state: 'CA' });
    expect(opened.pairs[0]?.reads.map(({ unit }) => unit)).toEqual(['unit-7', 'unit-8']);
    const { notices } = await perform(listNotices, {});
    expect(notices).toMatchObject([{ kind: 'clone', about: `clone ${id}` }]);
    expect(notices[0]?.text).toMatch(/^unit-7 and unit-8 read one plate at least 84\.9 km apart/);
    expect(notices[0]?.text).not.toContain('8LVN362');

    // Seen so again: the same finding, and nobody is told twice.
    await sees(other, 'unit-8', [{ atMs: atMs + 400_000, place: sacramento }]);
    await expect
      .poll(async () => (await perform(listClones, {})).findings, { timeout: 20_000 })
      .toMatchObject([{ id, times: 2 }]);
    expect((await perform(listNotices, {})).notices).toHaveLength(1);

    await expect(perform(judgeClone, { id, verdict: 'other' })).rejects.toThrow(/say what it is/);
    await perform(judgeClone, { id, verdict: 'misread', note: 'The second is 8LVN382' });
    expect((await perform(listClones, {})).findings).toEqual([]);
    expect((await perform(listClones, { all: true })).findings).toMatchObject([
      { id, judged: { verdict: 'misread', note: 'The second is 8LVN382', by: 'Ada Cole' } },
    ]);
    // For the memorandum it is an error of the data like those of dispositions.
    const draw = {
      from: new Date(atMs).toISOString(),
      to: new Date(Date.now() + hourMs).toISOString(),
    };
    const { memo } = await perform(sampleInquiries, draw);
    const row = memo.split('\n').find((line) => line.includes('misread characters'));
    expect(row).toMatch(
      /Ada Cole .*unit-7 and unit-8, at least 8\d\.\d km apart.*The second is 8LVN382/,
    );
    const done = { operation: 'clones.judge', outcome: 'done' } as const;
    const records = headquarters.accountability.audit.read(done, { limit: 9 });
    expect(records).toMatchObject([
      { object: `two places ${id}`, query: { verdict: 'misread' }, who: { username: 'ada' } },
    ]);

    // What comes after a verdict that it is no clone is looked at anew.
    await sees(one, 'unit-7', [{ atMs: atMs + 500_000, place: vallejo }]);
    await expect
      .poll(async () => (await perform(listClones, {})).findings.length, { timeout: 20_000 })
      .toBe(1);
  });

  test('RET-9: a finding goes with its reads, stays with those that are held, and no crash forgets a read', async () => {
    const { department, stop, one, other, perform } = await openTwoCars();
    const atMs = Date.now() - 5 * hourMs;
    const there = { atMs: atMs + 300_000, place: sacramento };
    await sees(one, 'unit-7', [
      { atMs, place: vallejo },
      { plate: '7HLD111', atMs, place: vallejo },
    ]);
    const scope = { kind: 'plate', plate: '7HLD111' } as const;
    await perform(setHold, { scope, reason: 'evidence in the case' }, inquiry);
    await sees(other, 'unit-8', [there, { plate: '7HLD111', ...there }]);
    // Acknowledged, and not compared yet.
    await stop();
    const { headquarters } = await department.startHeadquarters();
    const again = await asAdaAgain(headquarters);
    const count = async () => (await again(listClones, {})).findings.length;
    await expect.poll(count, { timeout: 20_000 }).toBe(2);
    // Both are found by the first of each pair that is compared; the other one has its turn after that.
    const due = () => department.rows('lookout.db', 'SELECT * FROM clone_due');
    await expect.poll(due).toEqual([]);
    await again(purgeNow, {
      ...{ olderThanDays: 0, decision: 'No longer needed', decidedBy: 'Captain Lee' },
    });
    await expect.poll(count).toBe(1);
    const rows = department.rows('lookout.db', 'SELECT plate FROM clone_finding');
    expect(rows).toEqual([{ plate: '7HLD111' }]);
    const [left] = (await again(listClones, {})).findings;
    const opened = await again(openClone, { id: left?.id ?? '' }, inquiry);
    expect(opened.pairs).toHaveLength(1);
  });

  test.skipIf(!hasChromium)(
    'on the page of headquarters a notice leads to both reads, the way between them and the verdict',
    async () => {
      const { headquarters, one, other, perform } = await openTwoCars();
      const atMs = Date.now() - 5 * hourMs;
      await sees(one, 'unit-7', [{ atMs, place: vallejo, images: true }]);
      await sees(other, 'unit-8', [{ atMs: atMs + 300_000, place: sacramento, images: true }]);
      await expect
        .poll(async () => (await perform(listClones, {})).open, { timeout: 20_000 })
        .toBe(1);
      const screen = await newScreen();
      const page = await screen.openIn({
        url: `${headquarters.console?.url}#/inbox`,
        cookie: `lookout-headquarters=${await logInAda(headquarters)}`,
      });
      const notice = page.getByRole('listitem').filter({ hasText: 'Possible clone' });
      await notice.getByText(/no car drives that/).waitFor();
      expect(await notice.textContent()).not.toContain('lookout clones');
      await notice.getByRole('button', { name: 'Open' }).click();
      await statePurpose(page, '26-0042001');
      const pair = page.getByRole('region', { name: 'unit-7 and unit-8' });
      await pair.getByText(/km\/h/).waitFor();
      await pair.getByRole('button', { name: 'Compare the pictures' }).click();
      await expect.poll(() => pair.getByRole('img').count()).toBe(2);
      await page.getByRole('combobox', { name: 'What it is' }).selectOption('clone');
      await takePictures(page, 'clone', false);
      await expectUsable(page);
      await page.getByRole('button', { name: 'Note the verdict' }).click();
      await page.getByText(/Cloned plate, Ada Cole/).waitFor();
      await page.getByRole('button', { name: 'Back to the list' }).click();
      await page.getByText('No finding waits for a verdict.').waitFor();
      await page.getByText('Also those that somebody has judged').click();
      await page.getByRole('row', { name: /unit-7 and unit-8/ }).waitFor();
      await takePictures(page, 'clones', false);
      await expectUsable(page);
      expect(screen.complaints).toEqual([]);
    },
  );
});
