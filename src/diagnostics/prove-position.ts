import { setTimeout as wait } from 'node:timers/promises';
import { placeOf } from '../accountability/suspension/suspension.ts';
import type { Place } from '../accountability/suspension/zones-now.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../platform/clock.ts';
import { counted } from '../platform/counted.ts';
import { type Holder, holderNames } from '../platform/holders.ts';
import { createLog } from '../platform/log.ts';
import type { Feed } from '../position/feed.ts';
import type { FixQuality, PositionHealth } from '../position/fix.ts';
import { createGpsdFeed } from '../position/gpsd-feed.ts';
import { createFedPosition } from '../position/position.ts';
import { createSerialFeed } from '../position/serial-feed.ts';
import { about, type Finding, saidAndAdvised } from './check.ts';
import { position as lookAtPosition, serialFault } from './device-checks.ts';

/** What the trial of the receiver found. */
export interface PositionProof {
  findings: Finding[];
  /** GPS time minus this clock's; null if it told none. */
  clockOffsetMs: number | null;
  /** Where the unit is, for the zones without capture; it is not shown. Null if it is not known. */
  place: Place | null;
}

/** A receiver sends each second; a rate that is searched for takes 2.5 s each. */
const defaultPatience = { sentenceMs: 15_000, fixMs: 45_000, clockMs: 8000 };

/**
 * Listens to the receiver: whether sentences come, at which rate, and whether it has a fix. Where it is, is not shown.
 *
 * @param options.holders other programs that have the port open.
 */
export async function provePosition(
  config: Config,
  options: { holders?: readonly Holder[]; patience?: typeof defaultPatience } = {},
): Promise<PositionProof> {
  const { holders = [], patience = defaultPatience } = options;
  const { source, staleAfterS } = config.position;
  const found = about('position', 'GPS');
  const place = source.kind === 'fixed' ? source : null;
  const only = (finding: Finding): PositionProof => ({
    findings: [finding],
    clockOffsetMs: null,
    place,
  });
  if (source.kind !== 'serial' && source.kind !== 'gpsd') return only(await lookAtPosition(config));
  if (source.kind === 'serial') {
    const fault = await serialFault(found, source.path);
    if (fault !== null) return only(fault);
    if (holders.length > 0) {
      const isGpsd = holders.some(({ program }) => program === 'gpsd');
      return only(
        found.failure(
          `${source.path} is in use by ${holderNames(holders)}`,
          isGpsd
            ? 'Set position.source to { kind: gpsd }, or stop gpsd. Run: sudo systemctl disable --now gpsd.socket gpsd'
            : 'Stop that program, or name another port in position.source.path.',
        ),
      );
    }
  }
  const common = { clock: systemClock, log: createLog({ level: 'silent' }) };
  const feedOf = (baud: number | 'auto'): Feed =>
    source.kind === 'serial'
      ? createSerialFeed({ ...common, path: source.path, baud, silentMs: patience.sentenceMs })
      : createGpsdFeed({
          ...common,
          host: source.host,
          port: source.port,
          device: source.device,
          silentMs: patience.sentenceMs,
        });
  const listen = (baud: number | 'auto') =>
    listenTo(feedOf(baud), { patience, staleAfterMs: staleAfterS * 1000, kind: source.kind });

  const heard = await listen(source.kind === 'serial' ? source.baud : 'auto');
  if (heard.sentences > 0) return judge(heard);
  if (source.kind === 'serial' && source.baud !== 'auto') {
    const other = await listen('auto');
    if (other.baud !== null) {
      return only(
        found.failure(
          `the receiver sends at ${other.baud} baud, and position.source.baud is ${source.baud}`,
          `Set position.source.baud to ${other.baud}, or leave it out: auto finds the rate.`,
        ),
      );
    }
  }
  if (/lock port/i.test(heard.problem ?? '')) {
    const says = 'is in use by another program';
    return only(
      found.failure(`${silentPart(source)} ${says}`, 'Run the command with sudo to see which.'),
    );
  }
  const [says, advice] = saidAndAdvised(heard.problem ?? silence(source));
  return only(found.failure(says, advice || 'Check the receiver and its cable.'));
}

/** What was listened to. */
const silentPart = (source: object): string => ('path' in source ? String(source.path) : 'gpsd');

function silence(source: object): string {
  return `${silentPart(source)}: no sentence came; check the receiver, its cable and its antenna`;
}

/** What a receiver sent in the time given. */
interface Heard
  extends Pick<
    PositionHealth,
    'problem' | 'sentences' | 'rejected' | 'baud' | 'clockOffsetMs' | 'weekCycles'
  > {
  quality: FixQuality;
  satellites: number | null;
  hdop: number | null;
  place: Place | null;
  waitedMs: number;
  kind: 'serial' | 'gpsd';
}

async function listenTo(
  feed: Feed,
  options: { patience: typeof defaultPatience; staleAfterMs: number; kind: 'serial' | 'gpsd' },
): Promise<Heard> {
  const { patience, staleAfterMs, kind } = options;
  await using position = createFedPosition({
    feed,
    source: kind === 'serial' ? 'nmea' : 'gpsd',
    timeBy: 'received',
    staleAfterMs,
    clock: systemClock,
  });
  await position.start(new AbortController().signal);
  const startedMs = performance.now();
  const fix = () => position.fixAt(systemClock());
  const until = async (isThere: () => boolean, limitMs: number): Promise<boolean> => {
    const endMs = performance.now() + limitMs;
    while (!isThere() && performance.now() < endMs) await wait(50);
    return isThere();
  };
  const isSpeaking = () => {
    const { sentences, problem } = position.health();
    // gpsd's first answer is no sentence of a receiver.
    return problem !== null || sentences > (kind === 'serial' ? 0 : 1);
  };
  const spoke = await until(isSpeaking, patience.sentenceMs);
  if (spoke && position.health().problem === null) {
    const hasFix = await until(() => fix().quality !== 'none', patience.fixMs);
    if (hasFix) await until(() => position.health().clockOffsetMs !== null, patience.clockMs);
  }
  const now = fix();
  const { quality, satellites, hdop } = now;
  const health = position.health();
  return {
    ...health,
    // A gpsd that has no receiver has sent no sentence of one.
    sentences: spoke && !isWithoutReceiver(health.problem) ? health.sentences : 0,
    quality,
    satellites,
    hdop,
    place: placeOf(now),
    waitedMs: performance.now() - startedMs,
    kind,
  };
}

const isWithoutReceiver = (problem: string | null) =>
  / has no receiver|gpsd says: /.test(problem ?? '');

/** A fix as technicians call it. */
export const fixWords: Record<FixQuality, string> = {
  none: 'no fix',
  'fix-2d': 'a 2D fix',
  'fix-3d': 'a 3D fix',
  differential: 'a differential fix',
  rtk: 'an RTK fix',
  estimated: 'an estimated place (dead reckoning)',
  manual: 'a place entered by hand',
  simulated: 'a simulated place',
  surveyed: 'a surveyed place',
};

function judge(heard: Heard): PositionProof {
  const { sentences, rejected, baud, quality, satellites, hdop, problem, waitedMs } = heard;
  const found = about('position', 'GPS');
  const rate = baud === null ? '' : ` at ${baud} baud`;
  const came = `${counted(sentences, heard.kind === 'serial' ? 'sentence' : 'message')}${rate}`;
  const finding = (): Finding => {
    if (problem !== null) {
      const [says, advice] = saidAndAdvised(problem);
      return found.warning(`${came}, ${fixWords[quality]}; ${says}`, advice);
    }
    if (quality === 'none') {
      return found.warning(
        `${came}, but no fix within ${Math.round(waitedMs / 1000)} s`,
        'Give the antenna a free view of the sky; the first fix after a move or a long rest takes minutes. Then try again.',
      );
    }
    const by = satellites === null ? '' : ` by ${counted(satellites, 'satellite')}`;
    const precision = hdop === null ? '' : `, HDOP ${hdop}`;
    const says = `${came}, ${fixWords[quality]}${by}${precision}`;
    return rejected > sentences / 20
      ? found.warning(`${says}; ${rejected} came garbled`, 'Look at the cable and its plugs.')
      : found.ok(says);
  };
  return { findings: [finding()], clockOffsetMs: heard.clockOffsetMs, place: heard.place };
}
