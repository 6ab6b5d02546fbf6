import { expect, test } from 'vitest';
import { createOperator } from '../../scripts/demonstration/operator.ts';
import { openAccountability } from '../../src/accountability/accountability.ts';
import { listSources } from '../../src/accountability/gate/operation.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('who watches the demonstration may log in, and see the lists whose alerts it shows', async () => {
  const { config } = loadConfig({ flags: [`unit.dataDir=${temporaryFolder()}`] });
  await using accountability = await openAccountability({
    config,
    log: createLog({ level: 'silent' }),
  });
  const { username, password } = await createOperator(accountability);
  const { people } = accountability;
  const from = 'command line pts/1';
  const login = await people.login({ username, password, noticeAcknowledged: true }, from);
  const { listSources: seen } = people.onlookers.actorOf(login.token, from);
  expect([...seen]).toEqual([...listSources]);
});
