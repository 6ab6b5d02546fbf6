import { uuidv7 } from 'uuidv7';
import type { Config } from '../config/schema.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { Hit } from '../records/detection.ts';
import type {
  Alert,
  AlertClass,
  AlertEvent,
  AlertOutput,
  DispatchAnswer,
  OutputHealth,
  PictureBox,
  RestoredAlert,
} from './alert.ts';
import { classify } from './classify.ts';
import { type Announcement, type Consideration, createDecider, type Decision } from './decide.ts';
import { createRepeats } from './repeats.ts';
import { titleOf } from './wording.ts';

/** Raises, amends and withdraws alerts, and sends them to all outputs at once. Disposing it disposes the outputs. */
export interface AlertDesk extends AsyncDisposable {
  /**
   * Decides which alerts are raised, amended and withdrawn. The decision's hits must be stored: one row per detection
   * and list entry, under one id for its life. No output has been called yet.
   */
  decide(input: Consideration): Decision;
  /**
   * Sends the alert of a decision to every output, without waiting for them. Returns when all have it, ms since the
   * epoch.
   */
  announce(decision: Decision, input: Consideration): number;
  /** Sends dispatch's answer about an alerted hit to every output (DSP-4). */
  answer(answer: DispatchAnswer, hit: Hit): void;
  /**
   * Takes over what was before a restart: the hits of the last `rearmAfterS`, which do not sound again, and those that
   * are open, whose next sighting does. The open ones are shown again, without a sound.
   */
  seed(recentHits: readonly Hit[], open: readonly OpenAlert[]): void;
  /** Starts the outputs; one that is missing shows in the health. */
  start(): Promise<void>;
  health(): OutputHealth[];
}

/** An alert of before a restart that waits for its disposition, oldest first. */
export type OpenAlert = Pick<RestoredAlert, 'hit' | 'others' | 'seen' | 'images'>;

/** How long an output may take to confirm. */
const defaultTimeLimitMs = 5000;

export function createAlertDesk(deps: {
  config: Config['alerts'];
  hotlist: Config['hotlist'];
  unit: Config['unit'];
  outputs: readonly AlertOutput[];
  log: Log;
  clock?: Clock;
  timeLimitMs?: number;
  /** Whether a hit waits for its disposition. Default: none does. */
  isOpen?: (hitId: string) => boolean;
  /** Whether alerts of a class make no sound now. Default: all do. */
  isMuted?: (alertClass: AlertClass) => boolean;
  /** Whether nobody has seen or closed an alert yet: an urgent one then sounds again. Default: it does not. */
  isUnseen?: (alert: Alert) => boolean;
}): AlertDesk {
  const { config, log, clock = systemClock, timeLimitMs = defaultTimeLimitMs } = deps;
  const decider = createDecider({
    agency: deps.unit.agency,
    unit: deps.unit.id,
    rearm: deps.hotlist,
    newId: uuidv7,
    ...(deps.isOpen === undefined ? {} : { isOpen: deps.isOpen }),
  });
  const posts = deps.outputs.map((output) => watchOutput(output, timeLimitMs, log));
  const { isMuted = () => false, isUnseen = () => false } = deps;
  const postsFor = (alertClass: AlertClass) =>
    isMuted(alertClass) ? posts.filter(({ isHeard }) => !isHeard) : posts;
  const repeats = createRepeats({
    everyMs: config.sound.repeatEveryS * 1000,
    times: config.sound.repeats,
    isUnseen,
    sound(alert) {
      for (const post of posts) post.repeat(alert);
      log.info({ hit: alert.hit.id }, 'an urgent alert that nobody has seen sounds again');
    },
  });

  const worded = <T extends Pick<Alert, 'hit'>>(alert: T) => ({
    ...alert,
    class: classify(alert.hit.match),
    title: titleOf(alert.hit.match.entry.category),
    banner: config.banner,
  });
  const alertOf = ({ hit, others }: Announcement, { report }: Consideration): Alert =>
    worded({
      hit,
      others,
      seen: { firstMs: report.firstSeenMs, lastMs: report.lastSeenMs, frames: report.seenCount },
      images: report.images,
      plateBox: boxOf(report),
    });

  const tell = (told: Announcement, input: Consideration): void => {
    const { event, hit } = told;
    const alert = alertOf(told, input);
    if (event === null) {
      for (const post of posts) post.refresh(alert);
      return;
    }
    for (const post of postsFor(alert.class)) post.present(event, alert);
    repeats.note(event, alert);
    const afterMs = Math.round(clock() - input.report.times.capturedAtMs);
    log.info({ hit: hit.id, class: alert.class, tier: hit.match.tier, afterMs }, `alert ${event}`);
  };

  return {
    decide: (input) => decider.decide(input, clock()),
    announce({ alert, sightings }, input) {
      for (const told of alert === null ? sightings : [alert, ...sightings]) tell(told, input);
      return clock();
    },
    answer(answer, hit) {
      const firstMs = hit.times.capturedAtMs;
      const alert = worded({
        hit,
        others: [],
        seen: { firstMs, lastMs: Date.parse(hit.changedAt), frames: hit.read.readCount },
        images: { plate: null, ir: null, overview: null, overviewMissing: null },
        plateBox: null,
      });
      for (const post of postsFor(alert.class)) post.answer(answer, alert);
      log.info({ hit: hit.id, answer }, 'dispatch has answered');
    },
    seed(recentHits, open) {
      decider.seed(
        recentHits,
        open.flatMap(({ hit, others }) => [hit, ...others]),
      );
      for (const alert of open) {
        for (const post of posts) post.restore(worded({ ...alert, plateBox: null }));
      }
    },
    async start() {
      await Promise.all(deps.outputs.map((output) => output.start()));
    },
    health: () => posts.map((post) => post.health()),
    async [Symbol.asyncDispose]() {
      repeats.close();
      await Promise.all(deps.outputs.map((output) => output[Symbol.asyncDispose]()));
    },
  };
}

/** Where the plate is in the best frame, which is the infra-red picture. */
function boxOf({ box, frameSize }: Consideration['report']): PictureBox | null {
  const [x, y, w, h] = box;
  const [width, height] = frameSize;
  if (w <= 0 || h <= 0 || width <= 0 || height <= 0) return null;
  return { x: x / width, y: y / height, w: w / width, h: h / height };
}

/** An output, and counts of its successes and failures. */
function watchOutput(output: AlertOutput, timeLimitMs: number, log: Log) {
  const { name } = output;
  const isHeard = name === 'sound' || name === 'voice';
  const code = `${isHeard ? 'audio' : name}.fail`;
  let done = 0;
  let failed = 0;
  /** The last error; null after a success. */
  let trouble: string | null = null;

  const fail = (problem: string) => {
    failed += 1;
    trouble = problem;
    log.error({ code, output: name, problem }, 'alert output failed; the other outputs continue');
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${name} did not answer within ${timeLimitMs / 1000} s`)),
        timeLimitMs,
      );
    });
    try {
      await Promise.race([work(), late]);
      done += 1;
      trouble = null;
    } catch (error) {
      fail(messageOf(error));
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    isHeard,
    repeat(alert: Alert): void {
      if (output.repeat !== undefined) void attempt(async () => output.repeat?.(alert));
    },
    present(event: AlertEvent, alert: Alert): void {
      void attempt(async () => output.present(event, alert));
    },
    answer(answer: DispatchAnswer, alert: Alert): void {
      if (output.answer !== undefined) void attempt(async () => output.answer?.(answer, alert));
    },
    restore(alert: RestoredAlert): void {
      try {
        output.restore?.(alert);
      } catch (error) {
        fail(messageOf(error));
      }
    },
    refresh(alert: Alert): void {
      try {
        output.refresh?.(alert);
      } catch (error) {
        fail(messageOf(error));
      }
    },
    health(): OutputHealth {
      const { state, problem } = output.health();
      const isFailed = trouble !== null || state === 'failed';
      return {
        name,
        state: isFailed ? 'failed' : state,
        code: isFailed || state === 'fallback' ? code : null,
        problem: trouble ?? problem,
        told: done,
        failed,
      };
    },
  };
}
