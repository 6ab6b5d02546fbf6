import { expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { openScreen, type TestScreen } from '../console/screen.ts';
import { freePort } from '../support/free-port.ts';
import { lookout, lookoutAs, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTestAccounts } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { demoList, writeUnit } from './unit-under-test.ts';

/** Logs an officer in on the page of a running unit. */
async function login(url: string): Promise<string> {
  const answer = await fetch(`${url}api/session`, {
    method: 'POST',
    headers: { 'x-lookout': 'page', 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'reyes', password: goodPassword, noticeAcknowledged: true }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

const seenBy = (screen: TestScreen) =>
  new Map([...screen.alerts.values()].map(({ id, seen }) => [id, seen?.by ?? null]));

test('after a kill the unit shows what was on its screens: what was seen is seen, what was not is not, and nothing is muted (PRA-6, PRA-7, PRA-8)', {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder();
  const [port, metricsPort] = [await freePort(), await freePort()];
  const extra = { console: { port }, policy: { profile: 'vallejo' } };
  const file = writeUnit(folder, { loop: true, metricsPort, extra });
  const accounts = await makeTestAccounts(folder, file);
  const reyes = await accounts.join('reyes', 'officer');
  const asOf = ['--as-of', new Date().toISOString(), '--config', file];
  await lookoutAs(accounts.administrator, 'hotlist', 'import', 'demo', demoList, ...asOf);
  const soundNow = async () => {
    const { stdout } = await lookout('status', '--config', file, '--json');
    return (JSON.parse(stdout) as DaemonStatus).sound;
  };

  const unit = startLookout(['run', '--config', file]);
  await untilReady(unit);
  const url = `http://127.0.0.1:${port}/`;
  const cookie = await login(url);
  const screen = await openScreen(url, cookie);
  await waitFor(() => screen.alerts.size >= 2, { timeoutMs: 60_000 });
  const [first] = screen.alerts.values();
  const marked = await screen.post(`api/live/${first?.id}/seen`, {
    input: { revision: first?.revision },
  });
  expect(marked.status).toBe(200);
  const muted = await lookoutAs(reyes, 'sound', 'mute', '--minutes', '5', '--config', file);
  expect(muted.stderr).toBe('');
  expect(muted.stdout).toContain('All alerts but urgent ones are muted until');
  expect((await soundNow()).by).toBe('Test reyes (reyes)');
  const { stdout: status } = await lookout('status', '--config', file);
  expect(status).toMatch(/all alerts but urgent ones are muted until .* \(Test reyes \(reyes\)\)/);
  unit.child.kill('SIGKILL');
  await unit.ended;
  const before = seenBy(screen);
  expect(before.get(first?.id ?? '')).toBe('Test reyes (reyes)');

  const again = startLookout(['run', '--config', file, '--set', 'heads.list=[]']);
  await untilReady(again);
  const after = seenBy(await openScreen(url, cookie));
  // One that was raised in the moment of the kill may be there as well.
  for (const [id, by] of before) expect([id, after.get(id)]).toEqual([id, by]);
  expect(await soundNow()).toMatchObject({ mutedUntilMs: null, by: null });
  const off = await lookoutAs(reyes, 'sound', 'test', '--config', file);
  expect(off.stdout).toContain('Nobody hears alerts. Sound is turned off');
});
