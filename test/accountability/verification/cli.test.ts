import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAccountability } from '../../../src/accountability/accountability.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { sessionFile } from '../../../src/cli/session-file.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import { sampleDetection, sampleHit } from '../../records/samples.ts';
import { startLookout } from '../../support/lookout-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const log = createLog({ level: 'silent' });

/** A unit with one hit and one person who is logged in on the command line. */
async function openUnit() {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'unit-7', dataDir },
    policy: { profile: 'vallejo' },
    uplink: { enabled: false },
  });
  await using accountability = await openAccountability({ config, log });
  const password = 'a long walk over wet gravel';
  await accountability.people.makeFirstAdministrator(
    {
      code: accountability.people.firstStartCode() ?? '',
      username: 'rtan',
      name: 'R. Tan',
      organisation: 'Test PD',
      password,
      training: { course: 'ALPR basics', completedOn: '2026-01-10' },
      cletsUntil: '2099-01-01',
    },
    'command line test',
  );
  const { token } = await accountability.people.login(
    { username: 'rtan', password, noticeAcknowledged: true },
    'command line test',
  );
  sessionFile(config.unit, { XDG_RUNTIME_DIR: folder }).write(token);

  const db = openUnitDatabase(dataDir);
  const detection = sampleDetection();
  const hit = sampleHit(detection);
  db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, closed, hit, body)
     VALUES (?, 'front', 1, 2, 1, 1, ?)`,
  ).run(detection.id, JSON.stringify({ ...detection, revision: 1, images: [] }));
  db.prepare(
    `INSERT INTO hit (id, detection_id, revision, state, changed_at_ms, list_id, entry_id, body)
     VALUES (?, ?, 1, 'raised', ?, 'svs', 'svs-1', ?)`,
  ).run(hit.id, detection.id, Date.parse(hit.changedAt), JSON.stringify(hit));
  const waiting = () => createOutbox(db).status().lanes.hit.waiting;
  const lookout = async (...args: string[]) => {
    const set = ['unit.agency=test-pd', 'unit.id=unit-7', `unit.dataDir=${dataDir}`];
    const options = [...set, 'policy.profile=vallejo', 'uplink.enabled=false'];
    const { output, ended } = startLookout(
      [...args, ...options.flatMap((option) => ['--set', option])],
      { XDG_RUNTIME_DIR: folder },
    );
    return { code: await ended, ...output };
  };
  return { hit, lookout, waiting, db };
}

// Each command is a process of its own, and a busy machine takes its time.
describe('lookout hit', () => {
  it('VER-6 VER-8: an officer takes an alert from the list to its disposition on the command line', async () => {
    const { hit, lookout, waiting, db } = await openUnit();
    const listed = await lookout('hit', 'undisposed', '--purpose', 'investigation');
    expect(listed.stdout).toMatch(
      /8ABC123 +stolen_vehicle +Reported: Stolen vehicles +exact +raised/,
    );

    const bare = await lookout('hit', 'enforce', hit.id, '--action', 'stop');
    expect(bare.stderr).toContain('State the purpose of this inquiry');
    // The purpose is stated once for a hit; the end of its id is enough.
    const why = ['--purpose', 'stolen_vehicle', '--incident', '26-0042'];
    const early = await lookout('hit', 'enforce', hit.id.slice(-6), '--action', 'stop', ...why);
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('No action may be taken on this alert yet');

    const odd = await lookout('hit', 'dispose', hit.id, '--outcome', 'nope');
    expect(odd.code).toBe(1);
    expect(odd.stderr).toMatch(/^lookout: outcome: .*recovered/);
    const attempts = await lookout('audit', 'list', '--outcome', 'refused', '--json');
    expect(attempts.stdout).toContain('hits.dispose');

    const yes = ['--characters', 'yes', '--state', 'yes', '--vehicle', 'yes'];
    const seen = await lookout('hit', 'confirm', hit.id, ...yes);
    expect(seen.stdout).toContain('State: visually_verified');
    expect(seen.stdout).toContain('No action yet: the status is not confirmed');
    const status = ['--channel', 'clets_mdc', '--source', 'MDC 14', '--result', 'confirmed'];
    const confirmed = await lookout('hit', 'status', hit.id, ...status);
    expect(confirmed.stdout).toContain('State: validated');
    expect(confirmed.stdout).toContain('you need reasonable suspicion or probable cause');

    const taken = await lookout('hit', 'claim', hit.id);
    expect(taken.stdout).toContain('Taken by R. Tan (rtan), ');
    const closing = ['--outcome', 'recovered', '--cad', '26-0042'];
    const closed = await lookout('hit', 'dispose', hit.id, ...closing);
    expect(closed.stdout).toContain('Closed: recovered. Dispatch is told.');
    expect(closed.stdout).toContain('Silent until the entry changes');
    expect(waiting()).toBe(4);
    expect((await lookout('hit', 'precision')).stdout).toMatch(
      /all +1 +0 +0 +0 +100\.0 % +20\.7 % to/,
    );
    db.close();
  }, 300_000);

  it('VER-12 AUD-1: a look back needs a purpose; an error is reported without', async () => {
    const { hit, lookout, db } = await openUnit();
    const bare = await lookout('hit', 'show', hit.id);
    expect(bare.code).toBe(1);
    expect(bare.stderr).toMatch(/purpose/);
    const why = ['--purpose', 'investigation', '--case', '26-0042'];
    const shown = await lookout('hit', 'show', hit.id, ...why, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: hit.id, state: 'raised' });
    const zone = ['--set', 'unit.timeZone=Asia/Kolkata'];
    const listed = await lookout('hit', 'list', ...why, '--since', '2026-03-04', ...zone);
    expect(listed.stdout).toMatch(/^4 Mar 2026 00:00 to now, Asia\/Kolkata\n/);
    const words = 'The entry names another colour.';
    const report = await lookout('report-error', 'Wrong colour', '--text', words, '--hit', hit.id);
    expect(report.stdout).toMatch(/^Reported as number 1, to R\. Tan\./);
    expect((await lookout('whoami')).stdout).toContain(
      '1 report of errors or violations not taken up: lookout reports list',
    );
    const answered = await lookout('reports', 'take', '1');
    expect(answered.stdout).toContain('Report 1: error, taken');
    expect(answered.stdout).toContain(words);
    const told = await lookout('notices');
    expect(told.stdout).toContain('R. Tan has taken your report 1');
    expect((await lookout('notices')).stdout).toBe('Nothing new for you.\n');
    for (const line of told.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    db.close();
  }, 300_000);
});
