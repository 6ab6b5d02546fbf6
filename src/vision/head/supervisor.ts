import { EventEmitter } from 'node:events';
import type { Config } from '../../config/schema.ts';
import type { HeadConfig } from '../../config/sections/heads.ts';
import { createBackoff } from '../../platform/backoff.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { TrackReport } from '../tracking/track-report.ts';
import { type HeadChild, type HeadEnd, startHeadChild } from './head-child.ts';
import { type HeadState, type HeadStatus, problemOf } from './head-status.ts';
import type { FromHead, HeadHealth } from './messages.ts';
import { createOpenTracks } from './open-tracks.ts';
import { createPreviewWatch, type PreviewWatcher } from './preview-watch.ts';
import type { TestPlate, TestVerdict } from './test-plate.ts';

export type { HeadStatus } from './head-status.ts';

interface HeadEvents {
  /** A report of the tracker on one vehicle. */
  track: [report: TrackReport];
  /** Its state or problem changed. */
  changed: [status: HeadStatus];
  /** Its recording is over and everything in it was reported. */
  finished: [result: { head: string; framesRead: number }];
}

/** Keeps one camera head's process running and passes on its reports. */
export interface HeadSupervisor extends AsyncDisposable {
  /** Starts the process; resolves without waiting for cameras or models (rule 5). */
  start(): Promise<void>;
  /** Whether nothing may be captured from now on; also a process that starts later (CAP-13). */
  suspend(isSuspended: boolean): void;
  /** Sends small pictures of what the head reads to somebody who looks, until the returned function is called. */
  watch(watcher: PreviewWatcher): () => void;
  /** Counts how a plate is read that is held before the camera; null ends the test. */
  test(plate: TestPlate | null): void;
  /** Of the last test; null before the first. */
  testVerdict(): TestVerdict | null;
  status(): HeadStatus;
  /** Throws if the process has been silent for long and was not restarted, so that nothing supervises it. */
  probe(): void;
  on<E extends keyof HeadEvents>(event: E, listener: (...args: HeadEvents[E]) => void): void;
}

const checkEveryMs = 500;
/** Loading models takes this long on a slow machine under load. */
const readyWithinMs = 90_000;
/** After this long without a fault the restart delay is reset. */
const healthyAfterMs = 60_000;

/** A supervisor for `head`; `entry` is the process to run, by default the real head. */
export function createHeadSupervisor(options: {
  head: HeadConfig;
  heads: Config['heads'];
  reading: Config['reading'];
  tracking: Config['tracking'];
  inPlayFrom: number;
  log: Log;
  entry?: URL;
}): HeadSupervisor {
  const { head, heads, reading, tracking, inPlayFrom, log } = options;
  const entry = options.entry ?? new URL('./head-process.ts', import.meta.url);
  const events = new EventEmitter<HeadEvents>();
  const { firstDelayMs, maxDelayMs, budget, windowS } = heads.restart;
  const backoff = createBackoff({ firstMs: firstDelayMs, maxMs: maxDelayMs });
  const openTracks = createOpenTracks();
  const restartedAtMs: number[] = [];

  let child: HeadChild | null = null;
  let state: HeadState = 'starting';
  /** What is wrong with the process; the cameras' faults are in `health`. */
  let fault: string | null = null;
  /** Why the supervisor ended the current process, or null. */
  let replacedBecause: string | null = null;
  let restarts = 0;
  let health: HeadHealth | null = null;
  let startedAtMs = systemClock();
  let lastWordAtMs = startedAtMs;
  let readyAtMs: number | null = null;
  let finished: { head: string; framesRead: number } | null = null;
  let isRefused = false;
  let isStopping = false;
  let isSuspended = false;
  let checkTimer: NodeJS.Timeout | null = null;
  let lastCheckAtMs = startedAtMs;
  let restartTimer: NodeJS.Timeout | null = null;
  let emitted = '';
  const previews = createPreviewWatch((wish) => child?.preview(wish));

  function status(): HeadStatus {
    return {
      id: head.id,
      state,
      pid: child?.pid ?? null,
      restarts,
      problem: fault ?? problemOf(health),
      lastProgressAtMs: lastWordAtMs,
      health,
    };
  }

  /** Emits a change of state or problem once; its numbers, as in "no frame for 7 s", do not count as a change. */
  function emitChange(): void {
    const now = status();
    const key = `${now.state} ${now.pid} ${now.problem?.replaceAll(/\d+/g, '') ?? ''}`;
    if (key === emitted) return;
    emitted = key;
    const facts = { head: now.id, state, pid: now.pid, restarts, problem: now.problem };
    if (now.problem === null) log.info(facts, `camera head ${state}`);
    else log.warn(facts, `camera head ${state}`);
    events.emit('changed', now);
  }

  function launch(): void {
    startedAtMs = systemClock();
    lastWordAtMs = startedAtMs;
    readyAtMs = null;
    replacedBecause = null;
    health = null;
    const { quality } = heads;
    const settings = { reading, tracking, inPlayFrom, quality, isSuspended };
    const start = { type: 'start' as const, head, ...settings };
    const fresh = startHeadChild({ entry, start, onMessage });
    child = fresh;
    if (previews.wish !== null) fresh.preview(previews.wish);
    if (state !== 'slowed') state = 'starting';
    emitChange();
    void fresh.ended.then(onEnded);
  }

  function onMessage(message: FromHead): void {
    lastWordAtMs = systemClock();
    switch (message.type) {
      case 'ready':
        readyAtMs = lastWordAtMs;
        state = 'running';
        fault = null;
        break;
      case 'health':
        health = message.health;
        break;
      case 'track':
        openTracks.add(message.report);
        events.emit('track', message.report);
        break;
      case 'preview':
        if (!isSuspended) previews.show(message.frame);
        break;
      case 'busy':
        if (message.forMs !== null && message.forMs > heads.wedgedAfterS * 1000) {
          replace(`reading one frame took longer than ${heads.wedgedAfterS} s`);
        }
        break;
      case 'finished':
        finished = { head: message.head, framesRead: message.framesRead };
        break;
      case 'lost':
        replace(message.problem);
        break;
      case 'refused':
        isRefused = true;
        fault = message.problem;
        break;
    }
    emitChange();
  }

  /** Ends a process that does not work; `onEnded` starts the next. */
  function replace(reason: string): void {
    if (isStopping || finished !== null || replacedBecause !== null) return;
    replacedBecause = reason;
    child?.kill();
  }

  function check(): void {
    const now = systemClock();
    const isLate = now - lastCheckAtMs > checkEveryMs + 2000;
    lastCheckAtMs = now;
    // The daemon itself was suspended or blocked; messages of the head may still be queued.
    if (isLate) lastWordAtMs = now;
    if (child === null || isStopping) return;
    if (readyAtMs === null && now - startedAtMs > readyWithinMs) {
      replace(`was not ready within ${readyWithinMs / 1000} s`);
    } else if (readyAtMs !== null && now - lastWordAtMs > heads.unresponsiveAfterS * 1000) {
      replace(`was silent for ${heads.unresponsiveAfterS} s`);
    }
  }

  function onEnded(end: HeadEnd): void {
    child = null;
    // The process is gone and cannot send `ended`; end its tracks here so that records closes them.
    for (const report of openTracks.endAll()) events.emit('track', report);
    if (isStopping) return;
    if (finished !== null) {
      state = 'finished';
      fault = null;
      emitChange();
      events.emit('finished', finished);
    } else if (isRefused) {
      state = 'failed';
      emitChange();
    } else {
      fault = `the head's process ended (${replacedBecause ?? end.how})`;
      if (end.lastWords.length > 0) log.warn({ head: head.id, lastWords: end.lastWords }, fault);
      scheduleRestart();
    }
  }

  function scheduleRestart(): void {
    const now = systemClock();
    if (readyAtMs !== null && now - readyAtMs > healthyAfterMs) backoff.reset();
    while ((restartedAtMs[0] ?? now) < now - windowS * 1000) restartedAtMs.shift();
    const isOverBudget = restartedAtMs.length >= budget;
    if (!isOverBudget) restartedAtMs.push(now);
    state = isOverBudget ? 'slowed' : 'restarting';
    const delayMs = isOverBudget ? maxDelayMs : Math.min(backoff.next(), maxDelayMs);
    emitChange();
    restartTimer = setTimeout(() => {
      restarts += 1;
      launch();
    }, delayMs);
  }

  return {
    async start() {
      if (checkTimer !== null) return;
      checkTimer = setInterval(check, checkEveryMs);
      launch();
    },
    suspend(suspended) {
      if (suspended === isSuspended) return;
      isSuspended = suspended;
      child?.suspend(suspended);
    },
    watch: previews.watch,
    test: previews.test,
    testVerdict: () => previews.verdict,
    status,
    probe() {
      const limitMs = heads.wedgedAfterS * 1000 * 3 + 30_000;
      if (state === 'running' && systemClock() - lastWordAtMs > limitMs) {
        throw new Error(`head ${head.id} has been silent for ${limitMs} ms and was not restarted`);
      }
    },
    on(event, listener) {
      events.on(event, listener as never);
    },
    async [Symbol.asyncDispose]() {
      isStopping = true;
      if (checkTimer !== null) clearInterval(checkTimer);
      if (restartTimer !== null) clearTimeout(restartTimer);
      const last = child;
      await last?.stop();
      // After this, the last messages of the head are processed.
      await last?.ended;
    },
  };
}
