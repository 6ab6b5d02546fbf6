import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAccountability } from '../../../src/accountability/accountability.ts';
import type { Manifest } from '../../../src/accountability/evidence/manifest.ts';
import { spaceOf } from '../../../src/accountability/evidence/plan-volumes.ts';
import { verifyPackage } from '../../../src/accountability/evidence/verify-package.ts';
import { unzip, zipOf } from '../../../src/accountability/evidence/zip.ts';
import type { ReleaseInput } from '../../../src/accountability/releases/release-request.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { csvText } from '../../../src/platform/csv.ts';
import { createLog } from '../../../src/platform/log.ts';
import { imageFilesOf } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { now } from '../retention/open-retention.ts';
import { openEvidence } from './open-evidence.ts';

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'volume-1/manifest.json'), 'utf8'));

/** What a volume takes on a disc. */
function spaceIn(volume: string): number {
  return readdirSync(volume, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, file) => sum + spaceOf(statSync(join(file.parentPath, file.name)).size), 0);
}

/** Runs the verifier that lies in the package, as anyone with Node would. */
function standalone(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'volume-1/verify.mjs'), ...args],
    { encoding: 'utf8', env: {} },
  );
  return { status, text: stdout + stderr };
}

describe('what a package holds', () => {
  it('RET-9: images byte for byte, records as JSON and CSV, audit extract, custody and a page without scripts', async () => {
    const unit = openEvidence();
    const hit = await unit.passing(3, { hit: true, plate: '7EVI001' });
    const read = await unit.passing(2, { plate: '7EVI002' });
    const { made, folder } = await unit.packed({
      detectionIds: [read.id],
      hitIds: hit.hits.map(({ id }) => id),
    });
    expect(made).toMatchObject({ volumes: 1, release: null });
    expect(made.contents).toMatchObject({ detections: 2, hits: 1, images: 6, auditRecords: 1 });

    const at = join(folder, 'volume-1');
    const originals = imageFilesOf(unit.dataDir);
    expect(readdirSync(join(at, 'images'))).toHaveLength(6);
    for (const path of originals) {
      const copy = join(at, 'images', path.split('/').at(-1) ?? '');
      expect(readFileSync(copy).equals(readFileSync(join(unit.dataDir, path)))).toBe(true);
    }
    const records = JSON.parse(readFileSync(join(at, 'records.json'), 'utf8'));
    expect(records.map((each: { detection: { id: string } }) => each.detection.id)).toEqual([
      hit.id,
      read.id,
    ]);
    expect(records[0].hits[0].id).toBe(hit.hits[0]?.id);
    expect(readFileSync(join(at, 'records.csv'), 'utf8')).toContain('7EVI002');
    expect(JSON.parse(readFileSync(join(at, 'audit.json'), 'utf8'))).toHaveLength(1);
    expect(unit.asked[0]).toEqual(expect.arrayContaining([hit.id, read.id, hit.hits[0]?.id]));
    const custody = JSON.parse(readFileSync(join(at, 'custody.json'), 'utf8'));
    expect(custody.steps.at(-1)).toMatchObject({
      what: expect.stringContaining('packaged'),
      by: expect.stringContaining('Test detective'),
      inquiry: { purpose: 'investigation', caseNumber: '26-0042' },
    });
    const html = readFileSync(join(at, 'index.html'), 'utf8');
    expect(html).toContain('7EVI001');
    expect(html).not.toMatch(/<script|https?:|onload|onerror/);
    // Each printed sheet says of which package it is, and people read words in place of codes.
    expect(html).toContain(`@bottom-left { content: "test-pd/`);
    expect(html).toContain(`evidence package ${made.id}, volume 1 of 1"`);
    expect(html).toMatch(/<figcaption>Infra-red, taken .+<code>SHA-256 [0-9a-f]{64}</);
    // Every picture that the page shows lies beside it.
    const shown = [...html.matchAll(/src="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(shown).toHaveLength(6);
    for (const path of shown) expect(existsSync(join(at, path))).toBe(true);

    const verification = await verifyPackage(folder);
    expect(verification).toMatchObject({
      sound: true,
      problems: [],
      fingerprint: made.keyFingerprint,
    });
    // And the reads now belong to the case of the inquiry.
    expect(unit.holds.ofCase('26-0042').sort()).toEqual([hit.id, read.id].sort());
  });

  it('a whole case is packed by its number; missing records are listed', async () => {
    const unit = openEvidence();
    const first = await unit.passing(3);
    const second = await unit.passing(2);
    unit.holds.putToCase('26-9', [first.id, second.id]);
    rmSync(join(unit.dataDir, imageFilesOf(unit.dataDir)[0] ?? ''));
    appendFileSync(join(unit.dataDir, imageFilesOf(unit.dataDir)[0] ?? ''), 'x');
    const gone = '01890000-0000-7000-8000-000000000000';
    const { made, folder } = await unit.packed({ caseNumber: '26-9', detectionIds: [gone] });
    expect(made.contents).toMatchObject({
      detections: 2,
      images: 5,
      absentDetections: [gone],
      absentImages: [{ why: 'its file is missing on the unit' }],
    });
    expect(made.contents.alteredImages).toHaveLength(1);
    expect(readFileSync(join(folder, 'volume-1/index.html'), 'utf8')).toContain(
      'differs from what was stored at its capture',
    );
    await expect(unit.order({ detectionIds: [gone] })).rejects.toThrow(/None of this/);
    await expect(unit.order({})).rejects.toThrow(/names no detections, hits or case/);
  });

  it('RET-9: volumes fit the size that is asked for; each is checked alone and all together', async () => {
    const unit = openEvidence();
    const ids: string[] = [];
    for (let index = 0; index < 8; index += 1) ids.push((await unit.passing(1)).id);
    const volumeBytes = 180_000;
    const { made, folder } = await unit.packed({ detectionIds: ids, volumeBytes });
    expect(made.volumes).toBeGreaterThan(1);
    for (let volume = 1; volume <= made.volumes; volume += 1) {
      const at = join(folder, `volume-${volume}`);
      expect(spaceIn(at)).toBeLessThanOrEqual(volumeBytes);
      const alone = await verifyPackage(at);
      expect(alone.problems).toEqual([]);
      expect(alone.notes.join()).toMatch(/only this volume was checked/);
      expect(existsSync(join(at, 'index.html'))).toBe(true);
    }
    expect((await verifyPackage(folder)).sound).toBe(true);
    renameSync(join(folder, 'volume-2'), join(temporaryFolder(), 'lost'));
    expect((await verifyPackage(folder)).problems).toEqual([
      `volume 2 of ${made.volumes} is not present`,
    ]);
    await expect(unit.order({ detectionIds: ids, volumeBytes: 100_000 })).rejects.toThrow(
      /too small: one must hold \d+/,
    );
  });

  it('RET-9: volumes fit also when much of what was asked for is gone, and listed', async () => {
    const unit = openEvidence();
    const ids = Array.from({ length: 3000 }, () => uuidv7());
    for (let index = 0; index < 8; index += 1) ids.push((await unit.passing(1)).id);
    // Its list alone would leave no room on this one for what is to be packed.
    const small = unit.order({ detectionIds: ids, volumeBytes: 430_000 });
    await expect(small).rejects.toThrow(/one must hold 5\d{5}\./);
    const { made, folder } = await unit.packed({ detectionIds: ids, volumeBytes: 560_000 });
    expect(made.contents.absentDetections).toHaveLength(3000);
    expect(made.volumes).toBeGreaterThan(1);
    expect(spaceIn(join(folder, 'volume-1'))).toBeLessThanOrEqual(560_000);
  });
});

describe('what a check finds', () => {
  it.each<[string, RegExp, (at: string) => void]>([
    ['a changed picture', /images\/.*jpg was changed/, (at) => appendFileSync(anImage(at), 'x')],
    ['a missing picture', /images\/.*jpg is missing/, (at) => rmSync(anImage(at))],
    ['a changed record', /records.json was changed/, (at) => edit(at, 'records.json', '7', '8')],
    ['a changed audit record', /audit.json was changed/, (at) => edit(at, 'audit.json', '7', '8')],
    ['a file added', /extra.txt does not belong/, (at) => writeFileSync(join(at, 'extra.txt'), '')],
    [
      'a changed list',
      /does not match manifest.json/,
      (at) => edit(at, 'manifest.json', 'test-pd', 'else'),
    ],
    ['no signature', /does not match manifest.json/, (at) => rmSync(join(at, 'manifest.sig'))],
    ['no list', /not an evidence package/, (at) => rmSync(join(at, 'manifest.json'))],
    [
      'a link in place of a picture',
      /not a plain file/,
      (at) => {
        const image = anImage(at);
        renameSync(image, join(at, '..', '..', 'elsewhere.jpg'));
        symlinkSync(join(at, '..', '..', 'elsewhere.jpg'), image);
      },
    ],
  ])('%s', async (_, problem, tamper) => {
    const unit = openEvidence();
    const { id } = await unit.passing(1, { plate: '7EVI777' });
    const { folder } = await unit.packed({ detectionIds: [id] });
    tamper(join(folder, 'volume-1'));
    const result = await verifyPackage(folder);
    expect(result.sound).toBe(false);
    expect(result.problems.join('\n')).toMatch(problem);
    const { status, text } = standalone(folder, folder);
    expect(status).toBe(1);
    expect(text).toMatch(problem);
  });

  it('a package signed again by someone else is distinguished from the unit’s own by its key', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const { folder } = await unit.packed({ detectionIds: [id] });
    expect(standalone(folder)).toMatchObject({ status: 0, text: expect.stringMatching(/^SOUND/) });
    const own = readFileSync(join(folder, 'volume-1/public-key.pem'), 'utf8');
    expect(await verifyPackage(folder, own)).toMatchObject({ sound: true, trusted: true });
    const other = String(
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
    );
    expect(await verifyPackage(folder, other)).toMatchObject({ sound: false, trusted: false });
    const keyFile = join(temporaryFolder(), 'other.pem');
    writeFileSync(keyFile, other);
    expect(standalone(folder, folder, keyFile).text).toMatch(/a key other than/);
    expect(statSync(join(unit.dataDir, 'evidence.key')).mode & 0o777).toBe(0o600);
    const again = await unit.packages.key();
    expect(again.publicKeyPem).toBe(own);
  });

  it('OpenSSL confirms the signature too', async ({ skip }) => {
    if (spawnSync('openssl', ['version']).status !== 0) skip('openssl is not installed');
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const { folder } = await unit.packed({ detectionIds: [id] });
    const args =
      '-verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.sig';
    const { status, stdout } = spawnSync('openssl', ['pkeyutl', ...args.split(' ')], {
      cwd: join(folder, 'volume-1'),
      encoding: 'utf8',
    });
    expect([status, stdout.trim()]).toEqual([0, 'Signature Verified Successfully']);
  });
});

describe('when it goes wrong', () => {
  it('a killed process leaves no folder that passes for a package', async () => {
    const unit = openEvidence();
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) ids.push((await unit.passing(1)).id);
    await unit.close();
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'pack-until-killed.ts'),
      ...[unit.dataDir, ids.join()],
    ]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const parent = join(unit.dataDir, 'evidence');
    // Between its last file and its name a package is whole: it is examined while the process is stopped.
    const isHalfWritten = async () => {
      if (child.exitCode !== null) throw new Error('it could not pack');
      child.kill('SIGSTOP');
      await waitFor(() => isStopped(child.pid), { what: 'its standstill' });
      const parts = existsSync(parent) ? readdirSync(parent).filter(isPart) : [];
      const unsigned = parts.filter(
        (part) => !existsSync(join(parent, part, 'volume-1/manifest.sig')),
      );
      if (unsigned.length > 0) return true;
      child.kill('SIGCONT');
      return false;
    };
    await waitFor(isHalfWritten, { timeoutMs: 60_000, what: 'the first piece' });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    for (const name of readdirSync(parent)) {
      expect((await verifyPackage(join(parent, name))).sound).toBe(!isPart(name));
    }
  }, 120_000);

  it('a transfer that breaks off leaves nothing under the name that was asked for', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const made = await unit.order({ detectionIds: [id] });
    const folder = join(temporaryFolder(), 'package');
    const { receivePackage } = await import(
      '../../../src/accountability/evidence/receive-package.ts'
    );
    const broken = async () => ({ fileName: '', contentType: '', bytes: Buffer.from('nonsense') });
    await expect(receivePackage({ made, folder, fetch: broken })).rejects.toThrow(/damaged/);
    const evil = async () => ({
      fileName: '',
      contentType: '',
      bytes: zipOf([{ name: '../../outside', bytes: Buffer.from('x') }]),
    });
    await expect(receivePackage({ made, folder, fetch: evil })).rejects.toThrow(/leads out/);
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    await expect(receivePackage({ made, folder, fetch: broken })).rejects.toThrow(/already exists/);
  });

  it('what was made waits a day on the unit, and not longer', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const made = await unit.order({ detectionIds: [id] });
    await unit.packages.discardOld(Date.now() + 23 * 3_600_000);
    await unit.fetch(made.id)(0);
    await unit.packages.discardOld(Date.now() + 25 * 3_600_000);
    await expect(unit.fetch(made.id)(0)).rejects.toThrow(/no package/);
    expect(imageFilesOf(unit.dataDir)).toHaveLength(3);
  });

  it('by a clock that leapt ahead no package is deleted, nor when another is made', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const made = await unit.order({ detectionIds: [id] });
    vi.setSystemTime(Date.now() + 3 * 365 * 86_400_000);
    onTestFinished(() => void vi.useRealTimers());
    unit.time.isBelieved = false;
    await unit.order({ detectionIds: [id] });
    await unit.fetch(made.id)(0);
    unit.time.isBelieved = true;
    await unit.order({ detectionIds: [id] });
    await expect(unit.fetch(made.id)(0)).rejects.toThrow(/no package/);
  });

  it('an unfetched package is deleted even if no other is made', async () => {
    const dataDir = temporaryFolder();
    const config = configSchema.parse({ unit: { dataDir }, uplink: { enabled: false } });
    await using accountability = await openAccountability({
      config,
      log: createLog({ level: 'silent' }),
    });
    const forgotten = join(dataDir, 'evidence', uuidv7());
    mkdirSync(forgotten, { recursive: true });
    utimesSync(forgotten, 0, Date.now() / 1000 - 25 * 3600);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    accountability.startUpkeep();
    vi.advanceTimersByTime(60_000);
    await waitFor(() => !existsSync(forgotten), { what: 'the end of an old package' });
  });

  it('a ZIP of ours is read by another program and by us', async ({ skip }) => {
    const entries = [
      { name: 'a/ä.txt', bytes: Buffer.from(await csvText(['x'], [['=1']])) },
      { name: 'empty', bytes: Buffer.alloc(0) },
    ];
    const zip = zipOf(entries);
    expect(unzip(zip)).toEqual(entries);
    const path = join(temporaryFolder(), 'x.zip');
    writeFileSync(path, zip);
    const program =
      'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist())';
    const { status, stdout } = spawnSync('python3', ['-c', program, path], { encoding: 'utf8' });
    if (status === null) skip('python3 is not installed');
    expect(stdout.trim()).toBe("None ['a/ä.txt', 'empty']");
  });
});

const dayMs = 86_400_000;

describe('for another agency', () => {
  const ask = {
    agency: 'Napa County Sheriff',
    person: 'Jane Doe',
    purpose: 'Prosecution of case 26-0042',
    data: 'Reads of case 26-0042',
    reference: 'Letter',
    kind: 'law_enforcement',
    covers: {
      plates: ['8ABC123'],
      area: null,
      spans: [{ from: new Date(now - 2 * dayMs).toISOString(), to: new Date(now).toISOString() }],
      packages: 1,
    },
  } satisfies ReleaseInput;
  const as = (role: 'records_clerk' | 'chief') => ({
    account: `account of ${role}`,
    name: role,
    username: role,
    role,
  });

  it('REL-2: a package for another agency is not made without an approved request, and is tagged with it', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const order = { detectionIds: [id], recipient: ask.agency };
    await expect(unit.order(order)).rejects.toThrow(/needs an approved release request/);
    const request = unit.releases.request(ask, as('records_clerk'), now);
    const under = { ...order, release: request.id };
    await expect(unit.order(under)).rejects.toThrow(/is requested/);
    unit.releases.verify(request.id, 'called back', as('records_clerk'), now);
    await expect(unit.order(under)).rejects.toThrow(/is verified/);
    const approval = { id: request.id, why: 'ok', valuesActConsidered: true, narrow: {} };
    unit.releases.approve(approval, as('chief'), now);
    const { made, folder } = await unit.packed(under);
    const manifest = manifestOf(folder);
    expect(manifest.release).toMatchObject({
      id: request.id,
      number: '2026-0001',
      agency: ask.agency,
    });
    expect(readFileSync(join(folder, 'volume-1/index.html'), 'utf8')).toContain(
      'Released to Napa County Sheriff (Jane Doe) under request 2026-0001',
    );
    expect(unit.releases.list(now)[0]?.packages).toMatchObject([{ id: made.id }]);
    expect(
      unit.gate.records.filter(({ object }) => object === `release ${request.id}`),
    ).toHaveLength(6);
  });

  /** A unit with an approved request for what `ask` covers, or for this. */
  function approved(covers: Partial<ReleaseInput['covers']> = {}) {
    const unit = openEvidence();
    const asked = { ...ask, covers: { ...ask.covers, ...covers } };
    const { id: release } = unit.releases.request(asked, as('records_clerk'), now);
    unit.releases.verify(release, 'called back', as('records_clerk'), now);
    const approval = { id: release, why: 'ok', valuesActConsidered: true, narrow: {} };
    unit.releases.approve(approval, as('chief'), now);
    return { ...unit, release, count: () => unit.releases.list(now)[0]?.packages.length };
  }

  it('REL-2: what an approved request does not cover is not packed, and the refusal says what is', async () => {
    const unit = approved();
    const { release } = unit;
    const covered = await unit.passing(1);
    const other = await unit.passing(1, { plate: '6MZR274' });
    const early = await unit.passing(30);
    const says =
      /request 2026-0001.*The request covers 8ABC123 of any state, seen .*; 1 package, until /s;
    for (const ids of [[other.id], [early.id], [covered.id, other.id]]) {
      const refusal = unit.order({ detectionIds: ids, release });
      const code = ids.length === 1 ? 'release-covers-none' : 'release-not-covered';
      await expect(refusal).rejects.toMatchObject({ code });
      await expect(refusal).rejects.toThrow(says);
    }
    expect(unit.count()).toBe(0);
    expect(unit.gate.records.at(-1)).toMatchObject({
      outcome: 'failed',
      object: `release ${release}`,
    });
    await expect(
      unit.order({ detectionIds: [covered.id], release, recipient: 'Department of Elsewhere' }),
    ).rejects.toMatchObject({ code: 'release-other-agency' });
    expect((await unit.order({ detectionIds: [covered.id], release })).release?.id).toBe(release);
  });

  it('REL-2: the refusal names each read outside the request with its bound, and the rest is packed on demand', async () => {
    const unit = approved();
    const { release } = unit;
    const covered = await unit.passing(1);
    const other = await unit.passing(1, { plate: '6MZR274' });
    const early = await unit.passing(30);
    const order = { detectionIds: [other.id, covered.id, early.id], release };
    const lines = await refusalOf(unit.order(order));
    expect(lines[0]).toBe('Not covered by request 2026-0001: 2 of 3 detections.');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^6MZR274 of California, seen 2026-11-21 \S+ \S+ at -33\.85678, -70\.64829: not 8ABC123 of any state\.$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^8ABC123 of California, seen 2026-10-23 \S+ \S+ at -33\.85678, -70\.64829: not seen .* to .*\.$/,
      ),
    );
    expect(lines.at(-1)).toMatch(
      /^Leave out what lies outside it, which packs 1 .*another request/,
    );
    expect(unit.count()).toBe(0);

    // Who may not look reads up is told their ids, and neither plates nor places.
    const blind = { role: 'detective', permissions: ['evidence.make'] } as const;
    const brief = (await refusalOf(unit.order(order, blind))).join(' ');
    expect(brief).toContain(`${other.id}, seen 2026-11-21`);
    expect(brief).not.toMatch(/6MZR274|-33\.8/);

    await expect(
      unit.order({ detectionIds: [other.id], release, coveredOnly: true }),
    ).rejects.toMatchObject({ code: 'release-covers-none' });
    const { made, folder } = await unit.packed({ ...order, coveredOnly: true });
    expect(made).toMatchObject({ notCovered: 2, leftOut: 0, contents: { detections: 1 } });
    const records = readFileSync(join(folder, 'volume-1/records.json'), 'utf8');
    expect([covered, other, early].map(({ id }) => records.includes(id))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('REL-2: of many reads outside a request five are named and the rest counted', async () => {
    const unit = approved();
    const passed = [];
    for (let count = 0; count < 7; count += 1) {
      passed.push(await unit.passing(1, { plate: `6MZR27${count}` }));
    }
    const order = { detectionIds: passed.map(({ id }) => id), release: unit.release };
    const lines = await refusalOf(unit.order(order));
    expect(lines.filter((line) => line.startsWith('6MZR27'))).toHaveLength(5);
    expect(lines).toContain('And 2 more.');
    expect(lines.at(-1)).toMatch(/^Enter another request for what lies outside it/);
  });

  it('REL-2: an approved stakeout covers its place, and no detection without one', async () => {
    const here = { kind: 'circle', latitude: -33.8568, longitude: -70.6483, radiusM: 200 } as const;
    const unit = approved({ plates: [], area: here });
    const { id } = await unit.passing(1, { plate: '6MZR274' });
    const elsewhere = approved({ plates: [], area: { ...here, latitude: 38.1 } });
    const there = await elsewhere.passing(1);
    await expect(
      elsewhere.order({ detectionIds: [there.id], release: elsewhere.release }),
    ).rejects.toThrow(/at -33\.85678, -70\.64829: outside a circle of 200 m round 38\.1, /);
    expect((await unit.order({ detectionIds: [id], release: unit.release })).volumes).toBe(1);
  });

  it('REL-2: a request that is used up or over covers nothing more, and says so', async () => {
    const unit = approved();
    const { release } = unit;
    const { id } = await unit.passing(1);
    const both = await Promise.allSettled([
      unit.order({ detectionIds: [id], release }),
      unit.order({ detectionIds: [id], release }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(unit.count()).toBe(1);
    await expect(unit.order({ detectionIds: [id], release })).rejects.toThrow(
      /2026-0001 is used up by the package of .*; it covered 8ABC123 of any state/,
    );
    const made = unit.releases.list(now)[0]?.packages[0]?.id ?? '';
    expect(readdirSync(join(unit.dataDir, 'evidence'))).toEqual([made]);
    await unit.fetch(made)(0);
    unit.time.nowMs = now + 31 * dayMs;
    await expect(unit.fetch(made)(0)).rejects.toThrow(/2026-0001 is over since/);
    expect(unit.releases.list(unit.time.nowMs)[0]?.standing).toBe('over');
  });

  it('REL-1: a package without a request says that it may not be passed on', async () => {
    const unit = openEvidence();
    const { id } = await unit.passing(1);
    const { folder } = await unit.packed({ detectionIds: [id] });
    expect(readFileSync(join(folder, 'volume-1/index.html'), 'utf8')).toContain(
      'For use inside test-pd only',
    );
  });
});

/** The lines of the refusal of a package. */
async function refusalOf(order: Promise<unknown>): Promise<string[]> {
  const error = await order.then(
    () => new Error('it was packed'),
    (refusal: Error) => refusal,
  );
  return error.message.split('\n');
}

/** The name of a package that is being written. */
function isPart(name: string): boolean {
  return name.startsWith('.part-');
}

/** Whether a signal has stopped every thread of a process. */
function isStopped(pid = 0): boolean {
  return readdirSync(`/proc/${pid}/task`).every((task) =>
    /^State:\sT/m.test(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8')),
  );
}

function anImage(at: string): string {
  return join(at, 'images', readdirSync(join(at, 'images'))[0] ?? '');
}

function edit(at: string, file: string, from: string, to: string): void {
  const path = join(at, file);
  const text = readFileSync(path, 'utf8').replace(from, to);
  cpSync(path, `${path}.old`);
  rmSync(path);
  rmSync(`${path}.old`);
  writeFileSync(path, text);
}
