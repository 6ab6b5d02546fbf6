import { alertCard, alertLine, tick } from './alert-card.js';
import { calmView } from './calm.js';
import { el } from './dom.js';
import { timeOfDay } from './words.js';

/** Without a beat for this long the page says that it may be missing alerts. */
const SILENT_MS = 10_000;
const STATUS_EVERY_MS = 5000;
const RANK = { urgent: 3, standard: 2, near: 1, informational: 0 };

const byId = (id) => document.getElementById(id);
/** Alerts by id, oldest first. */
const alerts = new Map();
/** Revision of each alert when it was marked as seen on this screen. */
const seen = new Map(JSON.parse(sessionStorage.getItem('seen') ?? '[]'));
let boot = null;
let status = {};
/** The alert that fills the screen, as text; null when none does. */
let shownCard = null;
let heardAtMs = 0;
let stream;

// The code is spent; it need not stay in the address bar.
history.replaceState(null, '', '/');

function connect() {
  stream?.close();
  stream = new EventSource('/api/events');
  heardAtMs = Date.now();
  const on = (event, take) =>
    stream.addEventListener(event, ({ data }) => {
      heardAtMs = Date.now();
      take(JSON.parse(data));
      showLink();
    });
  on('hello', ({ agency, unit }) => {
    byId('unit').textContent = `${agency} / ${unit}`;
  });
  on('alerts', takeAll);
  on('alert', (alert) => {
    take(alert);
    show();
  });
  on('beat', () => {});
  stream.addEventListener('error', showLink);
}

function take(alert) {
  const known = alerts.get(alert.id);
  if (known?.revision !== alert.revision || known?.boot !== boot) alerts.delete(alert.id);
  alerts.set(alert.id, { ...alert, boot });
}

/** All current alerts: what this daemon no longer holds goes, what an earlier run of it raised stays on screen. */
function takeAll({ boot: from, alerts: current }) {
  boot = from;
  const held = new Set(current.map(({ id }) => id));
  for (const [id, alert] of alerts) if (alert.boot === boot && !held.has(id)) alerts.delete(id);
  for (const alert of current) take(alert);
  show();
}

const isSeen = ({ id, revision, boot: from }) => seen.get(id) === `${from}.${revision}`;

/** Most urgent first, then newest; withdrawn ones last. */
function unseen() {
  const weight = (alert) => (alert.event === 'withdrawn' ? -1 : RANK[alert.class]);
  return [...alerts.values()]
    .reverse()
    .filter((alert) => !isSeen(alert))
    .sort((a, b) => weight(b) - weight(a));
}

function markSeen() {
  const [top] = unseen();
  if (top === undefined) return;
  seen.set(top.id, `${top.boot}.${top.revision}`);
  sessionStorage.setItem('seen', JSON.stringify([...seen].slice(-100)));
  show();
}

function show() {
  const waiting = unseen();
  const [top] = waiting;
  // The card on screen is left alone while nothing on it changed, so that its pictures do not flicker.
  const card = top === undefined ? null : JSON.stringify(top);
  if (card === null) byId('main').replaceChildren(calmView(status, { recent: alerts.size }));
  else if (card !== shownCard) byId('main').replaceChildren(alertCard(top, markSeen));
  shownCard = card;
  document.body.dataset.mood = top === undefined ? 'calm' : 'alert';
  document.title = top === undefined ? 'Lookout' : `${top.title} · Lookout`;
  const more = waiting.length - 1;
  byId('waiting').hidden = more < 1;
  byId('waiting').textContent = more === 1 ? '1 more alert' : `${more} more alerts`;
  const rest = [...alerts.values()].reverse().filter((alert) => alert !== top);
  byId('rail').hidden = rest.length === 0;
  byId('rail').replaceChildren(
    el('h2', {}, 'Recent'),
    el('ol', {}, ...rest.map((alert) => alertLine(alert, isSeen(alert)))),
  );
}

function showLink() {
  const isLive = stream.readyState === EventSource.OPEN && Date.now() - heardAtMs < SILENT_MS;
  byId('link').textContent = isLive ? 'Live' : 'No connection';
  byId('link').dataset.live = String(isLive);
  byId('lost').hidden = isLive;
}

async function pollStatus() {
  try {
    const response = await fetch('/api/status', { signal: AbortSignal.timeout(4000) });
    // The session has ended: the page that asks for a code comes instead.
    if (response.status === 401) location.reload();
    if (!response.ok) return;
    status = await response.json();
    if (unseen().length === 0) show();
  } catch {
    // The connection's own state is shown by `showLink`; the next poll tries again.
  }
}

document.addEventListener('keydown', (event) => {
  if (event.code !== 'Space' || event.repeat) return;
  event.preventDefault();
  markSeen();
});

setInterval(() => {
  tick(document);
  byId('clock').textContent = timeOfDay(Date.now());
  showLink();
  const isDead = stream.readyState === EventSource.CLOSED || Date.now() - heardAtMs > 2 * SILENT_MS;
  if (isDead) connect();
}, 1000);
setInterval(pollStatus, STATUS_EVERY_MS);

connect();
show();
showLink();
void pollStatus();
