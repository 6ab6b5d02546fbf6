// Makes the same package again and again, until it is killed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCollector } from '../../../src/accountability/evidence/collect.ts';
import { makePackage } from '../../../src/accountability/evidence/make-package.ts';
import { openSigningKey } from '../../../src/accountability/evidence/signing-key.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';

const [dataDir = '', ids = ''] = process.argv.slice(2);
const db = openUnitDatabase(dataDir);
const collection = createCollector({ db, dataDir }).collect(ids.split(','));
const key = await openSigningKey(dataDir);
const root = join(dataDir, 'evidence');
mkdirSync(root, { recursive: true });
for (let index = 0; ; index += 1) {
  const folder = join(root, `package-${index}`);
  await makePackage(
    { dataDir, unit: { agency: 'test-pd', id: 'unit-7' }, key, folder },
    {
      id: '01890000-0000-7000-8000-000000000001',
      collection,
      auditRecords: [],
      madeBy: { name: 'T', username: 't', role: 'detective', organisation: 'test-pd' },
      inquiry: null,
      release: null,
      nowMs: Date.now(),
      volumeBytes: null,
    },
  );
}
