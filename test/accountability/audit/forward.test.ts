import { describe, expect, it } from 'vitest';
import { createEmbeddedBroker } from '../../../scripts/reference-headquarters/embedded-broker.ts';
import {
  createAuditForwarding,
  forwardAudit,
  lastForwarded,
} from '../../../src/accountability/audit/forward.ts';
import { verifyAudit } from '../../../src/accountability/audit/verify.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { uplinkSection } from '../../../src/config/sections/uplink.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createUplink } from '../../../src/uplink/uplink.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openHeadquarters } from '../../uplink/open-headquarters.ts';
import { openLog, sampleEntry, tamper, unit } from './open-log.ts';

const log = createLog({ level: 'silent' });

describe('AUD-10: headquarters hears every audit record', () => {
  it('once each and in order, across restarts and from several processes', () => {
    const dataDir = temporaryFolder();
    const audit = openLog(dataDir);
    for (let at = 0; at < 60; at += 1) audit.append(sampleEntry());
    const open = () => {
      const db = openUnitDatabase(dataDir);
      return { db, outbox: createOutbox(db), audit };
    };
    const first = open();
    expect(forwardAudit(first)).toBe(50);
    first.db.close();
    const second = open();
    const other = open();
    expect(forwardAudit(second)).toBe(11);
    expect(forwardAudit(other)).toBe(0);
    audit.append(sampleEntry());
    expect(forwardAudit(other)).toBe(1);
    expect(forwardAudit(second)).toBe(0);
    const sent = second.db
      .prepare<[], string>("SELECT json FROM outbox WHERE topic = 'audit' ORDER BY seq")
      .pluck()
      .all()
      .map((json) => JSON.parse(json).seq);
    expect(sent).toEqual(Array.from({ length: 62 }, (_, at) => at + 1));
    expect(second.outbox.status().lanes.audit.waiting).toBe(62);
    const { log: id, seq, hash } = audit.head();
    expect(lastForwarded(second.db)).toMatchObject({ log: id, seq, hash });
    second.db.close();
    other.db.close();
  });

  it('a record waits with the outbox until headquarters has it, and a log that was changed contradicts', async () => {
    const folder = temporaryFolder();
    await using broker = await createEmbeddedBroker();
    const { headquarters } = await openHeadquarters(folder, { broker: broker.url });
    const heard: [number, boolean][] = [];
    headquarters.events.on('audit', ({ seq }, contradicts) => heard.push([seq, contradicts]));

    const audit = openLog(folder);
    const db = openUnitDatabase(folder);
    const outbox = createOutbox(db);
    const config = uplinkSection.parse({ broker: broker.url });
    const status = () => ({});
    await using uplink = createUplink({ config, unit, outbox, dataDir: folder, status, log });
    await uplink.start();
    using forwarding = createAuditForwarding({ audit, db, outbox, log, everyMs: 20 });
    forwarding.start();
    for (let at = 0; at < 4; at += 1) audit.append(sampleEntry());
    await waitFor(() => headquarters.counts.audit === 5 && outbox.status().waiting === 0);
    expect(heard.toSorted(([a], [b]) => a - b)).toEqual([1, 2, 3, 4, 5].map((seq) => [seq, false]));

    // Cut, and grown again: both the unit's own anchor and headquarters show it.
    audit.close();
    tamper(folder, 'DELETE FROM record WHERE seq > 3');
    expect(
      verifyAudit({ dataDir: folder, unit, forwarded: lastForwarded(db) }).findings.map(
        ({ text }) => text,
      ),
    ).toEqual([
      'records 4 to 5 were cut off: the anchor names 5',
      'headquarters has records up to 5, but the log ends at 3',
    ]);
    for (let at = 0; at < 4; at += 1) audit.append(sampleEntry());
    await waitFor(() => heard.length === 8);
    expect(heard.slice(5).some(([, contradicts]) => contradicts)).toBe(true);
  });
});
