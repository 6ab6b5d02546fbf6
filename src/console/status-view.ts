import { z } from 'zod';
import { asReported } from '../alerts/wording.ts';
import { releaseWords } from '../version.ts';
import type { MotionView } from './motion.ts';
import { noScreen } from './page-output.ts';

/** A part of the status that is missing or unexpected is left out; the page shows the others. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined);

const text = maybe(z.string());
const number = maybe(z.number());

/** Waiting messages of all lanes. */
const total = (lanes: Record<string, number>): number =>
  Object.values(lanes).reduce((sum, waiting) => sum + waiting, 0);

/** The part of the daemon's status that the page shows without alerts; every field may be missing. */
const statusViewSchema = z.object({
  mode: text,
  version: text,
  releaseMadeAt: text,
  heads: maybe(
    z.array(
      z.object({
        id: text,
        state: text,
        problem: text,
        health: maybe(z.object({ readFps: number })),
      }),
    ),
  ),
  position: maybe(
    z.object({
      state: text,
      quality: text,
      source: text,
      fixAgeMs: number,
      speedMps: number,
      latitude: number,
      longitude: number,
      daylight: maybe(z.enum(['day', 'dusk', 'night'])),
      problem: text,
    }),
  ),
  hotlists: maybe(
    z.array(
      z.object({
        id: text,
        name: maybe(z.string().transform(asReported)),
        state: text,
        entries: number,
        ageS: number,
        problem: text,
      }),
    ),
  ),
  storage: maybe(z.object({ problem: text })),
  sound: maybe(
    z.object({
      state: text,
      mutedUntilMs: number,
      by: text,
      discreet: maybe(z.boolean()),
      problem: text,
    }),
  ),
  outputs: maybe(z.array(z.object({ name: text, state: text, problem: text }))),
  uplink: maybe(
    z.object({
      state: text,
      connected: maybe(z.boolean()),
      waiting: maybe(z.record(z.string(), z.number()).transform(total)),
      problem: text,
    }),
  ),
  capture: maybe(z.object({ suspended: maybe(z.object({ zone: text })), underOrder: text })),
  counts: maybe(z.object({ reads: number, hits: number })),
  broker: maybe(z.object({ connected: maybe(z.boolean()), problem: text })),
  units: maybe(
    z.array(
      z.object({
        unit: z.string(),
        state: z.enum(['online', 'silent', 'offline']),
        since: text,
        lastHeard: text,
        reason: text,
        mode: text,
        version: text,
        latitude: number,
        longitude: number,
        problems: maybe(z.array(z.string())),
        revocation: maybe(
          z.object({ by: z.string(), at: z.string(), doneAt: text, heardSince: z.boolean() }),
        ),
        versions: maybe(
          z.array(
            z.object({
              list: z.string(),
              standing: z.enum([
                'current',
                'behind',
                'other',
                'none',
                'not-configured',
                'withdrawn',
                'off',
              ]),
              version: number,
              since: text,
              entries: number,
              newest: number,
              problem: text,
            }),
          ),
        ),
      }),
    ),
  ),
  undisposed: number,
});

export type StatusView = z.infer<typeof statusViewSchema> & {
  /** Camera heads that read now: one whose recording is over does not. */
  watching?: number;
  /** In a car: whether it moves, and a passenger operates the screen. */
  motion?: MotionView;
  /** Which release runs, in words. */
  release?: string;
  /** The run of the daemon, the version of the page that it gives out, and its clock, ms since the epoch. */
  run?: { boot: string; page: string; nowMs: number };
};

/**
 * The shown part of the daemon's status. `isWatched`: the page that asks shows alerts, so that a screen has it open, also
 * in the moment before its stream of alerts begins.
 */
export function viewStatus(status: unknown, isWatched: boolean): StatusView {
  const shown = statusViewSchema.catch({}).parse(status);
  const watching = shown.heads?.filter(({ state }) => state === 'running' || state === 'slowed');
  const view: StatusView = {
    ...shown,
    ...(watching && { watching: watching.length }),
    ...(shown.version && { release: releaseWords(shown.version, shown.releaseMadeAt) }),
  };
  if (!isWatched) return view;
  const outputs = view.outputs?.map((output) =>
    output.problem === noScreen ? { ...output, state: 'ok', problem: null } : output,
  );
  return outputs === undefined ? view : { ...view, outputs };
}
