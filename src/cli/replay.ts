import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import type { Hit } from '../records/detection.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import { type Drive, loadDrive } from './drive.ts';
import { milliseconds } from './text.ts';

/** One vehicle of a replay, as `--json` prints it. */
interface Passage {
  atS: number;
  untilS: number;
  plate: string | null;
  confidence: number | null;
  unread: string | null;
  seenCount: number;
  position: [number, number] | null;
  hits: { tier: string; listed: string; state: string }[];
}

/** `lookout replay DRIVE`: runs a recorded drive through the whole system, as fast as possible, without sound. */
export function registerReplay(program: Command): void {
  program
    .command('replay')
    .argument('<drive>', 'folder of a recorded drive, such as fixtures/drive')
    .option('--hotlist <file>', "CSV list to match against (default: the drive's own)")
    .option('--json', 'as JSON, one object a vehicle')
    .description('put a recorded drive through the whole chain; gives the same result each time')
    .action(async (folder, options) => {
      const drive = loadDrive(folder);
      const result = await replay(drive, options.hotlist ?? drive.hotlist, passingDataDir());
      for (const passage of result.passages) {
        process.stdout.write(`${options.json ? JSON.stringify(passage) : describe(passage)}\n`);
      }
      if (!options.json) process.stdout.write(`\n${result.summary}\n`);
    });
}

/** A temporary data folder, deleted when this process ends, even by an interruption: it contains plates. */
function passingDataDir(): string {
  // Before it is created, so that an interruption in between cannot leave it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(1));
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'lookout-replay-'));
  // Repeated if another thread has created a file in the meantime.
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 }));
  return dataDir;
}

async function replay(drive: Drive, list: string | undefined, dataDir: string) {
  const { config } = loadConfig({ flags: [`unit.dataDir=${dataDir}`] });
  const source = { kind: 'video', pace: 'fastest', loop: false, startAt: drive.startAt } as const;
  config.heads.list = [
    {
      id: drive.head.id,
      ir: { ...source, path: drive.head.ir },
      colour: drive.head.colour === undefined ? null : { ...source, path: drive.head.colour },
      maxSkewMs: 80,
      mountAngleDeg: drive.head.mountAngleDeg,
      stallAfterS: 30,
    },
  ];
  config.uplink.enabled = false;
  config.console.enabled = false;
  config.metrics.enabled = false;
  config.log.level = 'warn';
  if (list !== undefined) {
    config.hotlist.lists = loadConfig({
      flags: ['hotlist.lists=[{ id: replay, name: Replay }]'],
    }).config.hotlist.lists;
  }

  const { createDaemon } = await import('../daemon/daemon.ts');
  const { loadDrive: loadPositions } = await import('../position/drive-log.ts');
  await using daemon = await createDaemon(config, createLog(config.log), {
    audible: false,
    evidenceFromMs: Date.parse(drive.startAt),
    ...(drive.nmea !== undefined && { position: await loadPositions(drive.nmea, config.position) }),
  });
  const ended = new Map<string, TrackReport>();
  /** The last version of each hit, by detection and hit. */
  const hits = new Map<string, Map<string, Hit>>();
  daemon.events.on('report', (report) => ended.set(report.id, report));
  daemon.events.on('hit', (hit) => {
    hits.set(hit.detectionId, (hits.get(hit.detectionId) ?? new Map()).set(hit.id, hit));
  });
  if (list !== undefined) {
    await daemon.hotlist.importFile({ listId: 'replay', file: list, asOf: drive.startAt });
  }
  const began = performance.now();
  const finished = once(daemon.events, 'finished');
  await daemon.start();
  const over = new AbortController();
  await Promise.race([finished, failure(daemon, over.signal)]).finally(() => over.abort());
  const tookS = (performance.now() - began) / 1000;
  const status = daemon.status();

  const startMs = Date.parse(drive.startAt);
  const seconds = (ms: number) => Math.round((ms - startMs) / 10) / 100;
  const passages = [...ended.values()]
    .sort((a, b) => a.firstSeenMs - b.firstSeenMs || a.lastSeenMs - b.lastSeenMs)
    .map((report): Passage => {
      const fix = daemon.fixAt(report.lastSeenMs);
      return {
        atS: seconds(report.firstSeenMs),
        untilS: seconds(report.lastSeenMs),
        plate: report.consensus?.plate ?? null,
        confidence:
          report.consensus === null ? null : Number(report.consensus.confidence.toFixed(3)),
        unread: report.unread,
        seenCount: report.seenCount,
        position:
          fix.latitude === null || fix.longitude === null ? null : [fix.latitude, fix.longitude],
        hits: [...(hits.get(report.id)?.values() ?? [])].map((hit) => ({
          tier: hit.match.tier,
          listed: hit.match.entry.plate,
          state: hit.state,
        })),
      };
    });
  const frames = status.heads[0]?.health?.framesRead ?? 0;
  return {
    passages,
    summary:
      `${frames} frames of ${drive.durationS} s in ${tookS.toFixed(1)} s ` +
      `(${(frames / tookS).toFixed(1)} frames/s); ${passages.length} vehicles, ` +
      `${passages.filter((p) => p.plate !== null).length} read, ${status.counts.hits} hits; ` +
      `matching ${milliseconds(status.matchMs.p99)} p99`,
  };
}

/** Rejects if the drive cannot be read in one go; its head would retry forever. */
async function failure(daemon: Daemon, signal: AbortSignal): Promise<never> {
  for (;;) {
    await wait(500, undefined, { signal });
    for (const { state, restarts, problem, health } of daemon.status().heads) {
      const isLost = state === 'failed' || state === 'restarting' || restarts > 0;
      if (isLost || health?.ir.state === 'failed') {
        throw new Problem(problem ?? "the head's process ended before the drive did");
      }
    }
  }
}

function describe(passage: Passage): string {
  const read =
    passage.plate === null
      ? `unread (${passage.unread})`
      : `${passage.plate} ${((passage.confidence ?? 0) * 100).toFixed(0)} %`;
  const place =
    passage.position === null ? 'no fix' : passage.position.map((d) => d.toFixed(5)).join(' ');
  const hits = passage.hits.map(
    (hit) =>
      `\n        possible hit ${hit.tier === 'near' ? '≈' : '='} ${hit.listed} (${hit.state})`,
  );
  return (
    `${passage.atS.toFixed(2).padStart(7)} s to ${passage.untilS.toFixed(2)} s  ${read}  ` +
    `seen in ${passage.seenCount} frames  at ${place}${hits.join('')}`
  );
}
