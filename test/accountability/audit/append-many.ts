import { openAuditLog } from '../../../src/accountability/audit/audit-log.ts';
import { unit } from './unit.ts';

/** Appends records as fast as it can and says the number of each once it is on the disk. */
const [dataDir = '', count = '1'] = process.argv.slice(2);
const log = openAuditLog({ dataDir, unit });
for (let at = 0; at < Number(count); at += 1) {
  const { seq } = log.append({
    category: 'Image View',
    operation: 'images.open',
    outcome: 'done',
    who: { account: null, username: 'doe', name: 'J. Doe', role: null, organisation: 'test-pd' },
    from: 'command line',
    session: null,
    object: `image ${process.pid}-${at}`,
    query: null,
    results: 1,
    inquiry: null,
    note: null,
  });
  process.stdout.write(`${seq}\n`);
}
log.close();
