import { el } from './dom.js';
import { fixWords, span } from './words.js';

/**
 * What the screen shows while nothing alerts: whether everything that must work does.
 * @param {object} status of the daemon
 * @param {{ recent: number, watches: boolean, restrictions: string[] }} stats
 */
export function calmView(status, stats) {
  const tiles = [
    ...(status.heads ?? []).map(headTile),
    positionTile(status.position),
    listsTile(status.hotlists),
    storageTile(status.storage),
    uplinkTile(status.uplink),
    outputsTile(status.outputs),
  ].filter((tile) => tile !== null);
  return el(
    'section.calm',
    {},
    el('h1', {}, headline(stats)),
    ...stats.restrictions.map((text) => el('p.restriction', {}, text)),
    el('p.calm-sub', {}, watching(status)),
    el('div.tiles', {}, ...tiles),
  );
}

function headline({ watches, recent }) {
  if (!watches) return 'You may not see alerts';
  return recent === 0 ? 'No alerts' : 'No new alerts';
}

function watching({ heads, counts, capture }) {
  if (capture?.suspended?.zone)
    return `Capture is suspended: ${capture.suspended.zone}. Nothing is read or alerted`;
  const running = (heads ?? []).filter((head) => isGood(head.state)).length;
  const cameras = running === 1 ? '1 camera head' : `${running} camera heads`;
  const reads = typeof counts?.reads === 'number' ? `, ${counts.reads} plates read` : '';
  return running === 0 ? 'No camera is running' : `Watching with ${cameras}${reads}`;
}

const goodStates = new Set([
  'running',
  'ok',
  'fixed',
  'current',
  'connected',
  'finished',
  'off',
  'idle',
]);
const waitingStates = new Set([
  'starting',
  'searching',
  'opening',
  'slowed',
  'old',
  'connecting',
  'fallback',
]);
const isGood = (state) => goodStates.has(state);

function tile(name, state, text, problem) {
  const mood = problem
    ? waitingStates.has(state)
      ? 'doubt'
      : 'bad'
    : isGood(state)
      ? 'good'
      : 'doubt';
  return el(
    `div.tile.${mood}`,
    {},
    el('h2', {}, name),
    el('p.tile-text', {}, text),
    problem ? el('p.tile-problem', {}, problem) : null,
  );
}

function headTile({ id, state, problem, health }) {
  const fps =
    typeof health?.readFps === 'number' ? `, ${health.readFps.toFixed(1)} frames/s read` : '';
  const { frames, of } = health?.passedOver ?? { frames: 0, of: 0 };
  const passedOver = frames > 0 ? `, ${Math.round((100 * frames) / of)} % passed over` : '';
  const text = `${capital(state ?? 'unknown')}${fps}${passedOver}`;
  return tile(`Camera ${id ?? ''}`, state, text, problem);
}

function positionTile(position) {
  if (!position) return null;
  const { state, quality, fixAgeMs, problem } = position;
  const words = quality ? fixWords({ quality, ageMs: fixAgeMs ?? null, simulated: false }) : state;
  return tile('Position', state, capital(words ?? 'unknown'), problem);
}

function listsTile(lists) {
  if (!lists) return null;
  if (lists.length === 0)
    return tile('Hot lists', 'empty', 'None configured', 'No plate can match.');
  const worst = lists.find((list) => list.problem) ?? lists.find((list) => !isGood(list.state));
  const element = tile('Hot lists', worst?.state ?? 'current', '', worst?.problem);
  element
    .querySelector('.tile-text')
    .replaceWith(
      el(
        'ul.tile-lines',
        {},
        ...lists.map(({ id, name, ageS, entries }) =>
          el(
            'li',
            {},
            el('span', {}, name ?? id ?? ''),
            el(
              'span',
              {},
              typeof ageS === 'number'
                ? `list\u00a0${span(ageS)}\u00a0old`
                : `${entries ?? 0} entries`,
            ),
          ),
        ),
      ),
    );
  return element;
}

/** Nothing is shown while the storage is well: the space is for what changes. */
function storageTile(storage) {
  if (!storage?.problem) return null;
  return tile('Storage', 'failed', 'Records were lost', storage.problem);
}

function uplinkTile(uplink) {
  if (!uplink) return null;
  const state = uplink.state ?? (uplink.connected ? 'connected' : 'connecting');
  const waiting = typeof uplink.waiting === 'number' ? `, ${uplink.waiting} waiting` : '';
  return tile('Headquarters', state, `${capital(state)}${waiting}`, uplink.problem);
}

function outputsTile(outputs) {
  if (!outputs || outputs.length === 0) return null;
  const worst = outputs.find((output) => output.problem);
  const text = outputs
    .map(({ name, state }) => `${capital(name ?? '')} ${state ?? ''}`)
    .join(' · ');
  return tile('Alerts by', worst?.state ?? 'ok', text, worst?.problem);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
