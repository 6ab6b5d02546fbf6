import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { uplinkSection } from '../../../src/config/sections/uplink.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createUplink, type Uplink } from '../../../src/uplink/uplink.ts';
import { createMemoryOutbox } from './memory-outbox.ts';
import { type SharedPicture, vehicleMessages } from './vehicle-messages.ts';

/** What a process of simulated units is to do; it answers each with its count. */
export type UnitsOrder =
  /** Connects units, so many a second, in turn to the brokers. */
  | { do: 'connect'; perS: number }
  /** Vehicles pass, so many a second over all units of this process; every so manieth is a hit. */
  | { do: 'drive'; perS: number; hitEvery: number }
  /** Adds so many to each outbox at once. */
  | { do: 'fill'; each: number }
  | { do: 'count' }
  /** Writes the ids of what was sent to a file: a line each, those of hits with `hit ` before. */
  | { do: 'write'; file: string }
  | { do: 'end' };

/** Counts of a process since its start. */
export interface UnitsCount {
  connected: number;
  /** Connections made. */
  connections: number;
  detections: number;
  hits: number;
  /** Messages that headquarters has acknowledged, and those that wait. */
  acknowledged: number;
  waiting: number;
  refused: number;
  /** Time from the outbox to the acknowledgement of the messages since the last count, ms: median, 99th percentile. */
  ackMs: { p50: number; p99: number };
  residentMiB: number;
}

/** Start data, as JSON in the first argument. */
export interface UnitsStart {
  agency: string;
  /** Numbers of its units. */
  from: number;
  to: number;
  brokers: string[];
  dataDir: string;
  inFlight: number;
  pictures: Omit<SharedPicture, 'jpeg'>[];
  jpegs: Record<string, string>;
}

const start = JSON.parse(process.argv[2] ?? '') as UnitsStart;
const { agency, from, to, brokers, dataDir, inFlight } = start;
const pictures = start.pictures.map((each) => ({
  ...each,
  jpeg: Buffer.from(start.jpegs[each.file] ?? '', 'base64'),
}));
const log = createLog({ level: 'silent' });
// The figures of a unit's health, in their usual size.
const figures = {
  ...Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`figure${at}`, at * 1.5])),
};

let sentMs: number[] = [];
let acknowledged = 0;
const sent = { detections: [] as string[], hits: [] as string[] };
const units = Array.from({ length: to - from }, (_, at) => {
  const id = `unit-${from + at}`;
  const outbox = createMemoryOutbox(({ createdAtMs }) => {
    acknowledged += 1;
    sentMs.push(Date.now() - createdAtMs);
  });
  const config = uplinkSection.parse({ broker: brokers[at % brokers.length], inFlight });
  const uplink = createUplink({
    ...{ config, unit: { agency, id }, outbox, dataDir, log },
    status: () => figures,
  });
  return { id, outbox, uplink };
});

const add = ({ id, outbox }: (typeof units)[number], isHit: boolean): void => {
  const made = vehicleMessages({ agency, unit: id, isHit, pictures: isHit ? pictures : [] });
  sent.detections.push(made.detectionId);
  if (made.hitId !== null) sent.hits.push(made.hitId);
  for (const message of made.messages) outbox.add(message);
};

async function connect(perS: number): Promise<void> {
  const startedAtMs = performance.now();
  for (const [at, { uplink }] of units.entries()) {
    await uplink.start();
    const early = (at / perS) * 1000 - (performance.now() - startedAtMs);
    if (early > 5) await delay(early);
  }
}

let driving: NodeJS.Timeout | undefined;
function drive(perS: number, hitEvery: number): void {
  clearInterval(driving);
  if (perS === 0) return;
  const startedAtMs = performance.now();
  let made = 0;
  driving = setInterval(() => {
    const due = ((performance.now() - startedAtMs) / 1000) * perS;
    for (; made < due; made += 1) {
      const unit = units[Math.trunc(Math.random() * units.length)];
      if (unit !== undefined) add(unit, made % hitEvery === hitEvery - 1);
    }
  }, 20);
}

function count(): UnitsCount {
  const healths = units.map(({ uplink }) => health(uplink));
  const sum = (of: (each: ReturnType<typeof health>) => number) =>
    healths.reduce((total, each) => total + of(each), 0);
  const times = sentMs.toSorted((a, b) => a - b);
  sentMs = [];
  const quantile = (q: number) => times[Math.trunc((times.length - 1) * q)] ?? Number.NaN;
  return {
    connected: sum(({ connected }) => (connected ? 1 : 0)),
    connections: sum(({ connections }) => connections),
    detections: sent.detections.length,
    hits: sent.hits.length,
    acknowledged,
    waiting: sum(({ waiting }) => waiting),
    refused: sum(({ refused }) => refused),
    ackMs: { p50: quantile(0.5), p99: quantile(0.99) },
    residentMiB: process.memoryUsage.rss() / 2 ** 20,
  };
}

function health(uplink: Uplink) {
  const { connected, connections, waiting, refused } = uplink.health();
  const all = Object.values(waiting).reduce((total, each) => total + each, 0);
  return { connected, connections, waiting: all, refused };
}

process.on('message', async (order: UnitsOrder) => {
  if (order.do === 'connect') await connect(order.perS);
  else if (order.do === 'drive') drive(order.perS, order.hitEvery);
  else if (order.do === 'fill') {
    for (const unit of units) for (let at = 0; at < order.each; at += 1) add(unit, false);
  } else if (order.do === 'write') {
    const lines = [...sent.detections, ...sent.hits.map((id) => `hit ${id}`)];
    writeFileSync(order.file, `${lines.join('\n')}\n`);
  } else if (order.do === 'end') process.exit(0);
  process.send?.(count());
});
process.send?.(count());
