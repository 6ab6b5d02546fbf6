import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createEmbeddedBroker } from '../../scripts/reference-headquarters/embedded-broker.ts';
import { freePort } from '../support/free-port.ts';
import { startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { writeUnit } from './unit-under-test.ts';

test('the daemon and its heads connect to headquarters only (REL-6)', async () => {
  const broker = await createEmbeddedBroker({});
  onTestFinished(() => broker[Symbol.asyncDispose]());
  const metricsPort = await freePort();
  const file = writeUnit(temporaryFolder(), { broker: broker.url, metricsPort, loop: true });
  const unit = startLookout(['run', '--config', file]);
  const spokenTo = new Set<string>();
  const listening = setInterval(() => {
    for (const each of farEnds(processTree(unit.child.pid))) spokenTo.add(each);
  }, 50);
  onTestFinished(() => clearInterval(listening));

  await untilReady(unit);
  const detections = async (): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/status`);
    return JSON.parse(await answer.text()).records.detections;
  };
  // Long enough that plates were read, stored and sent: what a unit does all day.
  await waitFor(async () => (await detections()) >= 2, { timeoutMs: 60_000 });

  const ours = new RegExp(`^127\\.0\\.0\\.1:(${new URL(broker.url).port})$`);
  await expect.poll(() => [...spokenTo].some((each) => ours.test(each))).toBe(true);
  expect([...spokenTo].filter((each) => !ours.test(each))).toEqual([]);
}, 120_000);

/** A process and all that it started. */
function processTree(root: number | undefined): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended since.
    }
  }
  const tree = root === undefined ? [] : [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** `address:port` of the far ends of connections that these processes made, TCP and UDP, both families. */
function farEnds(pids: readonly number[]): string[] {
  const inodes = new Set<string>();
  for (const pid of pids) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
        if (inode !== undefined) inodes.add(inode);
      }
    } catch {
      // It has ended since.
    }
  }
  const rows = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)),
  );
  const served = new Set(rows.filter((row) => row[3] === '0A').map((row) => portOf(row[1])));
  return rows.flatMap(([, near, far, , , , , , , inode]) => {
    const isOut = portOf(far) !== 0 && !served.has(portOf(near));
    return inodes.has(inode ?? '') && isOut ? [readable(far ?? '')] : [];
  });
}

const portOf = (end = ''): number => Number.parseInt(end.split(':')[1] ?? '0', 16);

function readable(end: string): string {
  const [address = ''] = end.split(':');
  const bytes = address.match(/../g)?.map((hex) => Number.parseInt(hex, 16)) ?? [];
  const host = bytes.length === 4 ? bytes.reverse().join('.') : address;
  return `${host}:${portOf(end)}`;
}
