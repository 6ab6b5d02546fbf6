import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openAuditLog } from '../../src/accountability/audit/audit-log.ts';
import { auditedRefresh } from '../../src/accountability/lists/audited-refresh.ts';
import { importHotList } from '../../src/accountability/lists/operations.ts';
import { hotlistSection } from '../../src/config/sections/hotlist.ts';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { openUnit } from '../uplink/open-unit.ts';
import type { asAda, openDepartment } from './department.ts';

type Perform = Awaited<ReturnType<typeof asAda>>;
type Department = Awaited<ReturnType<typeof openDepartment>>;

/** The lists of headquarters under test, in the form of a source of its own. */
export const lists = [
  {
    ...{ id: 'svs', name: 'Stolen vehicles' },
    layout: { columns: { plate: 'LIC', reason: 'WHY' }, delimiter: ';' as const },
  },
];

export const minutesAgo = (minutes: number): string =>
  new Date(Date.now() - minutes * 60_000).toISOString();

/** How long a busy machine may take, for `waitFor`. */
export const slow = { timeoutMs: 200_000 };

/** A file in the form of the list's source, base64. */
export function sourceFile(plates: readonly string[]): string {
  const rows = plates.map((plate) => `${plate};Stolen, "blue"\n`);
  return Buffer.from(`LIC;WHY\n${rows.join('')}`).toString('base64');
}

/** Imports a list of so many plates at headquarters, which its source made so many minutes ago. */
export const putList = (perform: Perform, count: number, minutes: number) =>
  perform(importHotList, {
    ...{ list: 'svs', asOf: minutesAgo(minutes) },
    content: sourceFile(platesFrom(100, count)),
  });

export const platesFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `7ABC${first + at}`);

/** A car with hot lists of its own, whose configuration says nothing of how the source's files look. */
export function openCar(
  department: Department,
  { id = 'unit-7', keyFile }: { id?: string; keyFile?: string } = {},
) {
  const dataDir = join(department.folder, id);
  const { broker, credentials } = department.mosquitto;
  const start = async ({ connects = true } = {}) => {
    const config = hotlistSection.parse({ lists: [{ id: 'svs', name: 'Stolen vehicles' }] });
    const hotlist = createHotlist({
      ...{ path: join(dataDir, 'hotlist.db'), config },
      log: createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' }),
    });
    hotlist.start();
    const audit = openAuditLog({ dataDir, unit: { agency: 'test-pd', id } });
    const unit = openUnit(
      dataDir,
      {
        broker: connects ? broker : 'mqtt://127.0.0.1:9',
        ...(connects && { tls: credentials(id) }),
        ...(keyFile !== undefined && { agency: { key: keyFile } }),
      },
      {
        unitId: id,
        status: () => ({ mode: 'mobile', hotlists: hotlist.status() }),
        // As the daemon gives it to the link.
        hotlist: auditedRefresh({ hotlist, audit, agency: 'test-pd', from: 'headquarters' }),
      },
    );
    let isClosed = false;
    const stop = async () => {
      if (isClosed) return;
      isClosed = true;
      await unit.stop();
      await hotlist[Symbol.asyncDispose]();
      audit.close();
    };
    onTestFinished(stop);
    await unit.uplink.start();
    const has = (entries: number) => () => hotlist.status()[0]?.entries === entries;
    const plates = () =>
      hotlist.entries('svs', { offset: 0, limit: 500 }).map(({ plate }) => plate);
    /** The number of the newest manifest that it took. */
    const sequence = (): unknown => {
      const file = join(dataDir, 'hotlist-refresh', '.sequences');
      return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).svs : null;
    };
    return { hotlist, unit, has, plates, sequence, stop };
  };
  return { dataDir, start };
}
