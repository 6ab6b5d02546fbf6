import type { StatusView } from '../status-view.ts';
import { capital, fixWords, span, unitNowMs } from './words.ts';

/** How well something is. */
export type Mood = 'good' | 'doubt' | 'bad';

/** One thing that must work: short for the line at the top, and in full. */
export interface Health {
  name: string;
  mood: Mood;
  /** At most 12 characters. */
  short: string;
  text: string;
  /** What is wrong and what to do. */
  problem: string | null;
}

const goodStates = new Set(['running', 'ok', 'fixed', 'current', 'connected', 'off', 'idle', 'on']);
const waitingStates = new Set([
  'starting',
  'searching',
  'opening',
  'slowed',
  'old',
  'connecting',
  'fallback',
  'finished',
]);

function moodOf(state: string, problem: string | null | undefined): Mood {
  if (problem) return waitingStates.has(state) ? 'doubt' : 'bad';
  return goodStates.has(state) ? 'good' : 'doubt';
}

/** Whether everything that must work does, in the order in which an officer misses it. */
export function healthOf(status: StatusView): Health[] {
  return [
    soundHealth(status),
    cameraHealth(status),
    positionHealth(status),
    linkHealth(status),
    brokerHealth(status),
    unitsHealth(status),
    listHealth(status),
    storageHealth(status),
    captureHealth(status),
  ].filter((each) => each !== null);
}

function soundHealth({ sound, outputs }: StatusView): Health | null {
  const problem = sound?.problem ?? outputs?.find(isSilent)?.problem ?? null;
  const silent = { name: 'Sound', mood: 'bad', short: 'NO SOUND', problem } as const;
  const isLost = sound?.state === 'none' || sound?.state === 'fallback';
  if (isLost || outputs?.some(isSilent)) return { ...silent, text: 'Alerts make no sound' };
  const mutedMs = sound?.mutedUntilMs ?? null;
  if (sound?.state === 'muted' && mutedMs !== null) {
    const left = span((mutedMs - unitNowMs()) / 1000);
    const text = `Muted for ${left} by ${sound.by ?? 'somebody'}, but for urgent alerts`;
    return { name: 'Sound', mood: 'doubt', short: `Off ${left}`, text, problem: null };
  }
  if (!sound && !outputs?.some(({ name }) => name === 'sound')) return null;
  return { name: 'Sound', mood: 'good', short: 'On', text: 'On', problem: null };
}

const isSilent = ({
  name,
  state,
}: {
  name?: string | null | undefined;
  state?: string | null | undefined;
}) => (name === 'sound' || name === 'voice') && (state === 'failed' || state === 'fallback');

function cameraHealth({ heads }: StatusView): Health | null {
  if (!heads || heads.length === 0) return null;
  const running = heads.filter(({ state }) => state === 'running').length;
  const worst = heads.find(({ state, problem }) => problem || state !== 'running');
  const lines = heads.map(({ id, state, health }) => {
    const rate =
      typeof health?.readFps === 'number' ? `, ${health.readFps.toFixed(1)} frames/s` : '';
    return `${id ?? ''} ${state ?? 'unknown'}${rate}`;
  });
  return {
    name: 'Cameras',
    mood:
      worst === undefined
        ? 'good'
        : running === 0
          ? 'bad'
          : moodOf(worst.state ?? '', worst.problem),
    short: `${running}/${heads.length}`,
    text: capital(lines.join('; ')),
    problem: worst?.problem ?? null,
  };
}

function positionHealth({ position }: StatusView): Health | null {
  if (!position) return null;
  const { state, quality, fixAgeMs, problem } = position;
  const ageMs = fixAgeMs ?? null;
  const words = quality ? fixWords({ quality, ageMs, simulated: false }) : (state ?? 'unknown');
  const mood = moodOf(state ?? '', problem);
  const short = mood === 'good' ? (quality ?? 'ok').replace('fix-', '').toUpperCase() : 'No fix';
  return { name: 'GPS', mood, short, text: capital(words), problem: problem ?? null };
}

function linkHealth({ uplink }: StatusView): Health | null {
  if (!uplink) return null;
  const state = uplink.state ?? (uplink.connected ? 'connected' : 'connecting');
  const waiting = uplink.waiting ?? 0;
  const waits = waiting > 0 ? `, ${waiting} waiting` : '';
  return {
    name: 'Link',
    mood: moodOf(state, uplink.problem),
    short: waiting > 0 ? `${waiting} waiting` : state === 'connected' ? 'On' : capital(state),
    text: `Headquarters: ${state}${waits}`,
    problem: uplink.problem ?? null,
  };
}

/** At headquarters: the link to the broker, over which every unit speaks. */
function brokerHealth({ broker }: StatusView): Health | null {
  if (!broker) return null;
  const isOn = broker.connected === true;
  return {
    name: 'Broker',
    mood: isOn ? 'good' : 'bad',
    short: isOn ? 'On' : 'Off',
    text: isOn ? 'Connected' : 'Not connected: what units send waits on them',
    problem: broker.problem ?? null,
  };
}

/** At headquarters: how many units are on the air. */
function unitsHealth({ units }: StatusView): Health | null {
  if (!units) return null;
  const online = units.filter(({ state }) => state === 'online').length;
  const silent = units.filter(({ state }) => state === 'silent');
  return {
    name: 'Units',
    mood: silent.length > 0 ? 'doubt' : 'good',
    short: `${online}/${units.length}`,
    text: `${online} of ${units.length} on the air`,
    problem:
      silent.length === 0
        ? null
        : `Nothing is heard of ${silent.map(({ unit }) => unit).join(', ')}.`,
  };
}

function listHealth({ hotlists, mode }: StatusView): Health | null {
  // At headquarters nothing is read.
  if (!hotlists || (mode === 'headquarters' && hotlists.length === 0)) return null;
  const none = { name: 'Lists', mood: 'bad', short: 'None' } as const;
  if (hotlists.length === 0) {
    return { ...none, text: 'No list is configured', problem: 'No plate can match.' };
  }
  const worst =
    hotlists.find(({ problem }) => problem) ??
    hotlists.find(({ state }) => !goodStates.has(state ?? ''));
  const ages = hotlists.map(({ ageS }) => ageS).filter((age) => typeof age === 'number');
  const oldest = ages.length === 0 ? null : Math.max(...ages);
  const lines = hotlists.map(({ id, name, ageS, entries }) => {
    const age = typeof ageS === 'number' ? `${span(ageS)} old` : 'not loaded';
    return `${name ?? id ?? ''}: ${entries ?? 0} entries, ${age}`;
  });
  return {
    name: 'Lists',
    mood: worst === undefined ? 'good' : moodOf(worst.state ?? '', worst.problem),
    short: oldest === null ? 'Not loaded' : span(oldest),
    text: lines.join('; '),
    problem: worst?.problem ?? null,
  };
}

/** Not shown while the storage is well: the space is for what changes. */
function storageHealth({ storage }: StatusView): Health | null {
  if (!storage?.problem) return null;
  return {
    name: 'Disk',
    mood: 'bad',
    short: 'Failing',
    text: 'Records were lost',
    problem: storage.problem,
  };
}

function captureHealth({ capture }: StatusView): Health | null {
  const zone = capture?.suspended?.zone;
  if (!zone) return null;
  const text = `Capture is suspended: ${zone}. Nothing is read or alerted`;
  return { name: 'Capture', mood: 'doubt', short: 'Suspended', text, problem: null };
}
