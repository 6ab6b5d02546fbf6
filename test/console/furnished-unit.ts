import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { createAccount } from '../../src/accountability/access/operations.ts';
import { beginCanvass } from '../../src/accountability/canvass/operations.ts';
import type { Permission } from '../../src/accountability/gate/permissions.ts';
import { approveHotPlate, enterHotPlate } from '../../src/accountability/hotplates/operations.ts';
import { sampleInquiries } from '../../src/accountability/oversight/operations.ts';
import { requestRelease, verifyRelease } from '../../src/accountability/releases/operations.ts';
import { setHold } from '../../src/accountability/retention/operations.ts';
import { searchDetections } from '../../src/accountability/search/operations.ts';
import { reportError } from '../../src/accountability/verification/report-operations.ts';
import type { HitMatch } from '../../src/hotlist/hit-match.ts';
import { localDay } from '../../src/platform/local-time.ts';
import type { TrackImages } from '../../src/vision/tracking/track-report.ts';
import {
  exampleAlert,
  exampleConsensus,
  exampleFix,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { noImages, sampleDetection } from '../records/samples.ts';
import type { AnyPage } from './any-page.ts';
import { openDesk } from './desk-page.ts';

export const caseNumber = '26-0040001';
const burglary = {
  purpose: 'investigation',
  caseNumber,
  reason: 'Burglaries of shops on Main Street',
};
const drive = join(import.meta.dirname, '../../fixtures/drive');

/** Staff of the unit: their names for logging in, by what they are. */
export const staff = {
  officer: ['lee', 'R. Lee'],
  detective: ['reyes', 'M. Reyes'],
  supervisor: ['moss', 'T. Moss'],
  auditor: ['ann', 'A. Ann'],
  chief: ['chief', 'C. Stone'],
  records_clerk: ['lea', 'L. Park'],
  it_manager: ['ivy', 'I. Young'],
  training_coordinator: ['tess', 'T. Vega'],
  maintenance: ['kim', 'K. Diaz'],
  auto_theft_sergeant: ['sal', 'S. Allen'],
} as const;

/** What the daemon tells of itself: most of it well, one camera not. */
const statusOf = (undisposed: number) => ({
  mode: 'mobile',
  heads: [
    { id: 'front', state: 'running', health: { readFps: 12.3 } },
    { id: 'rear', state: 'failed', problem: 'The camera does not answer: check its cable.' },
  ],
  position: {
    ...{ state: 'fixed', quality: 'fix-3d', source: 'nmea', fixAgeMs: 400 },
    ...{ latitude: 38.1041, longitude: -122.2566, speedMps: 0 },
  },
  hotlists: [
    { id: 'svs', name: 'SVS stolen vehicles', state: 'current', entries: 412, ageS: 50_000 },
  ],
  sound: { state: 'on' },
  uplink: { state: 'connected', waiting: { hit: 3 } },
  counts: { reads: 3121 },
  undisposed,
});

/** A vehicle of the recorded drive, at a moment when it is well in sight. */
interface Filmed {
  plate: string;
  atS: number;
}
const sedan: Filmed = { plate: '8LVN362', atS: 11.267 };
const van: Filmed = { plate: '5KRT418', atS: 41.5 };

const cutBefore = new Map<Filmed, ReturnType<typeof cutPictures>>();

/** Its pictures as if they were taken now. They are cut from the films once a file of tests. */
async function picturesOf(filmed: Filmed) {
  const cutting = cutBefore.get(filmed) ?? cutPictures(filmed);
  cutBefore.set(filmed, cutting);
  const { plate, ir, overview, plateBox } = await cutting;
  const takenAtMs = Date.now();
  const images: TrackImages = {
    plate: { ...plate, takenAtMs },
    ir: { ...ir, takenAtMs },
    overview: { ...overview, takenAtMs },
    overviewMissing: null,
  };
  return { images, plateBox };
}

/** A vehicle's pictures, cut from the films of the drive. */
async function cutPictures({ plate, atS }: Filmed) {
  const truth = readFileSync(join(drive, 'truth.jsonl'), 'utf8').trim().split('\n');
  const seen = truth.map((line) => JSON.parse(line)).find((each) => each.plate === plate);
  const away = ([s = 0]: number[]) => Math.abs(s - atS);
  const boxes: number[][] = seen.boxes;
  const [s = 0, x = 0, y = 0, w = 0, h = 0] =
    boxes.toSorted((one, other) => away(one) - away(other))[0] ?? [];
  const frame = (film: string) => {
    const jpeg = execFileSync(
      'ffmpeg',
      [
        ...['-v', 'error', '-ss', String(s), '-i', join(drive, film), '-frames:v', '1'],
        ...['-f', 'image2', '-c:v', 'mjpeg', '-q:v', '4', '-'],
      ],
      { maxBuffer: 10_000_000 },
    );
    return { jpeg: new Uint8Array(jpeg), width: 1280, height: 720 };
  };
  const ir = frame('ir.mp4');
  const [left, top] = [Math.round(x - 0.12 * w), Math.round(y - 0.2 * h)];
  const [width, height] = [Math.round(1.24 * w), Math.round(1.4 * h)];
  const cut = await sharp(ir.jpeg).extract({ left, top, width, height }).jpeg().toBuffer();
  return {
    plate: { jpeg: new Uint8Array(cut), width, height },
    ir,
    overview: frame('colour.mp4'),
    plateBox: { x: x / 1280, y: y / 720, w: w / 1280, h: h / 720 },
  };
}

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Stores a read, with its hit where it has a match; gives their ids. */
async function store(
  { staffed }: Desk,
  plate: string,
  agoMs: number,
  { match, images = noImages }: { match?: HitMatch; images?: TrackImages } = {},
) {
  const atMs = Date.now() - agoMs;
  const at = new Date(atMs).toISOString();
  const characters = [...plate].map((char, index) => ({ char, p: index === 6 ? 0.71 : 0.99 }));
  const read = { ...exampleConsensus(plate, { characters }), alternatives: [] };
  const fix = exampleFix({
    latitude: 38.1041 + agoMs / 3e9,
    longitude: -122.2566 + agoMs / 4e9,
    fixedAtMs: atMs,
  });
  const detection = {
    ...sampleDetection({ id: uuidv7(), agency: 'test-pd', unit: 'car-7', read, fix, closed: true }),
    firstSeen: new Date(atMs - 800).toISOString(),
    lastSeen: at,
  };
  const hit =
    match === undefined
      ? null
      : exampleHit({
          ...{ id: uuidv7(), detectionId: detection.id, agency: 'test-pd', unit: 'car-7' },
          ...{ raisedAt: at, changedAt: at, read, match, fix },
        });
  await staffed.records.storeHits({ hits: hit === null ? [] : [hit], detection, images });
  return { id: detection.id, hit };
}

const stolen = exampleMatch({
  entry: {
    ...{ id: 'svs-1', plate: '8LVN362', category: 'stolen_vehicle', reason: 'Stolen vehicle' },
    ...{ make: 'Honda', model: 'Accord', colour: 'Blue', year: '2019' },
  },
  list: { name: 'SVS stolen vehicles' },
});

const felony = exampleMatch({
  tier: 'near',
  stateAgreement: 'unconfirmed',
  differences: [{ position: 6, read: '8', listed: 'B', p: 0.71 }],
  entry: {
    ...{ id: 'bolo-1', plate: '5KRT41B', category: 'felony_vehicle' },
    ...{ make: 'Ford', model: 'Transit', colour: 'White', caseNumber: '26-0029977' },
    reason:
      'Armed robbery on Main Street, two men, one with a handgun. Do not stop without backup. Last seen going north, rear window broken.',
  },
  list: { id: 'bolo', name: 'State BOLO' },
});

const robbery = exampleMatch({
  entry: { ...felony.entry, id: 'bolo-2', plate: '5KRT418' },
  list: felony.list,
});

/** Alerts that can be raised, each of a vehicle of the drive. */
const alerts = {
  stolen: { match: stolen, filmed: sedan },
  near: { match: felony, filmed: van },
  urgent: { match: robbery, filmed: van },
};

/** A list of stolen vehicles as the state sends it: `bad` lines among good ones. */
export function listFile(bad: readonly string[] = []): Buffer {
  const [year, month, day] = localDay(Date.now()).split('-');
  const good = Array.from({ length: 40 }, (_, at) => `${`8LVN${362 + at}`.padEnd(8)}CA0720260310`);
  const lines = [...good, ...bad];
  const last = `TOTAL RECORD${String(lines.length).padStart(8, '0')}`;
  return Buffer.from([`DATE${month}/${day}/${year} 00:00`, ...lines, last, ''].join('\n'));
}

/**
 * A unit in the middle of its work: staff of every role, reads with pictures, alerts, hot plates, a list, a case, a release,
 * a report, a drawn audit and an account that waits for approval.
 */
export async function openFurnishedUnit(profile: string) {
  let undisposed = 1;
  const desk = await openDesk(profile, { status: () => statusOf(undisposed) });
  const { staffed, unit } = desk;
  const { roles } = staffed.accountability.policy.policy;
  for (const [role, [username, name]] of Object.entries(staff)) {
    const isHere = (roles[role as keyof typeof staff] ?? []).length > 0;
    if (isHere) staffed.join(username, role as keyof typeof staff, name);
  }
  /**
   * Who does this work here: who has this role, where the policy gives it the right, else the administrator, else anybody
   * who has it. The username; null where nobody may.
   */
  const holder = (preferred: keyof typeof staff | 'administrator', permission?: Permission) => {
    const first = preferred === 'administrator' ? 'ada' : staff[preferred][0];
    if (permission === undefined) return first;
    const able = staffed.accountability.people.withPermission(permission);
    const names = able.map(({ username }) => username);
    return [first, 'ada', ...names].find((name) => names.includes(name)) ?? null;
  };
  const member = (role: keyof typeof staff, permission?: Permission) =>
    staffed.memberOf(holder(role, permission) ?? 'ada');
  const [filmedSedan, filmedVan] = [await picturesOf(sedan), await picturesOf(van)];
  const hour = 3_600_000;
  await store(desk, '6MZR274', 3 * hour);
  await store(desk, '8LVN362', 2 * hour);
  await store(desk, '482D61', 1.5 * hour);
  const read = await store(desk, '8LVN362', 0.5 * hour, { match: stolen, ...filmedSedan });
  await staffed.hitOf({ id: uuidv7(), caseNumber });

  const plate = { plateAgain: '', state: 'CA', caseNumber, category: 'felony_vehicle' } as const;
  const reason = 'Burglary of a shop on Main Street';
  const { maxDays } = staffed.accountability.policy.policy.hotplates;
  const enter = (text: string) =>
    member('detective').perform(enterHotPlate, {
      ...{ ...plate, plate: text, plateAgain: text, synopsis: reason, reason },
      ...(maxDays === null ? {} : { days: maxDays }),
    });
  const standing = await enter('7TWB905');
  if (standing.state === 'awaiting') {
    const note = 'The first to approve is not on duty';
    await staffed.administrator.perform(approveHotPlate, { id: standing.id, note });
  }
  await enter('9FPG536');
  const file = `${staffed.dataDir}/svs.txt`;
  await writeFile(file, listFile());
  await staffed.accountability.hotlist.importFile({ listId: 'svs', file });

  for (const text of ['8LVN*', '6MZR274']) {
    await member('detective').perform(searchDetections, { plate: text }, burglary);
  }
  await member('detective').perform(beginCanvass, { place: 'Burglary at Georgia St' }, burglary);
  await member('supervisor', 'holds.set').perform(
    setHold,
    { scope: { kind: 'case', caseNumber }, reason: 'Discovery request of the defence' },
    burglary,
  );
  const asked = await member('records_clerk', 'releases.request').perform(requestRelease, {
    ...{ agency: 'Contra Costa County Sheriff', person: 'Jane Doe', kind: 'law_enforcement' },
    ...{ purpose: 'Homicide of 12 November', data: 'Reads of 8LVN362' },
    reference: 'Letter of 20 November',
    covers: { plates: ['CA:8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-29' }] },
  });
  const { id, number: release } = asked;
  await member('records_clerk', 'releases.request').perform(verifyRelease, {
    id,
    how: 'Called back',
  });
  await member('officer').perform(reportError, {
    ...{ kind: 'error', subject: 'Read of a sticker', hitId: read.hit?.id ?? '' },
    text: 'The camera read a sticker on the bumper of a van.',
  });
  await member('auditor', 'audit.manage').perform(sampleInquiries, {});
  await member('it_manager', 'accounts.create').perform(createAccount, {
    ...{ username: 'casey', name: 'Casey Lane', role: 'officer', organisation: 'test-pd' },
    requestedBy: 'Sgt. Moss, e-mail of 12 November',
  });

  return {
    ...desk,
    holder,
    read: read.id,
    hit: read.hit?.id ?? '',
    hotPlate: standing.id,
    release,
    /** Marks as seen what alerts now, on all screens. */
    async clear(page: AnyPage) {
      const calm = page.getByRole('heading', { name: 'No new alerts' });
      const seen = page.locator('.card [name="seen"]:not([aria-disabled])');
      // The open alerts of before come a moment after the page.
      await page.locator('.card').waitFor();
      while (!(await calm.isVisible())) {
        // The card changes by itself while it is reached for.
        await seen.click({ timeout: 2000 }).catch(() => undefined);
      }
    },
    /** An alert on each open screen, as if the vehicle had just passed. */
    async raise(kind: keyof typeof alerts) {
      const { match, filmed } = alerts[kind];
      const { images, plateBox } = filmed === van ? filmedVan : filmedSedan;
      const { hit } = await store(desk, filmed.plate, 1000, { match, images });
      if (hit === null) return;
      undisposed += 1;
      const now = Date.now();
      const seen = { firstMs: now - 900, lastMs: now, frames: 9 };
      const alert = exampleAlert(hit, { seen, images, plateBox });
      await unit.console.output.present('raised', alert);
    },
  };
}
