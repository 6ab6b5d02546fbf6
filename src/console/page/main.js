import { alertCard, alertLine, tick } from './alert-card.js';
import { ask } from './api.js';
import { calmView } from './calm.js';
import { el } from './dom.js';
import { announceAlert, lockView } from './lock.js';
import { timeOfDay, useZone } from './words.js';

/** Without a sign of life for this long the page warns that it may be missing alerts. */
const silentMs = 10_000;
const statusEveryMs = 5000;
/** The page reports activity to the unit at most this often. */
const activityEveryMs = 30_000;
const rank = { urgent: 3, standard: 2, near: 1, informational: 0 };

const byId = (id) => document.getElementById(id);
/** Alerts by id, oldest first. */
const alerts = new Map();
/** Revision of each alert when it was marked as seen on this screen. */
const seen = new Map(JSON.parse(sessionStorage.getItem('seen') ?? '[]'));
let boot = null;
let status = {};
/** The alert that fills the screen, as text; null if there is none. */
let shownCard = null;
let heardAtMs = 0;
let stream;
/** The session as the unit reported it; null before that. */
let session = null;
let isLocked = false;
/** Whether this is the screen of a car. */
let isInCar = false;
let toldActivityAtMs = 0;
/** The alert that someone opened again from the list; null if there is none. */
let opened = null;

const watches = () => session?.permissions.includes('alerts.watch') === true;

function connect() {
  stream?.close();
  heardAtMs = Date.now();
  if (!watches()) return;
  stream = new EventSource('/api/events');
  const on = (event, take) =>
    stream.addEventListener(event, ({ data }) => {
      heardAtMs = Date.now();
      take(JSON.parse(data));
      showLink();
    });
  on('hello', ({ at, locked }) => {
    placeAt(at);
    if (locked) lock();
  });
  on('alerts', takeAll);
  on('alert', (alert) => {
    // What is new comes before what someone looks at again.
    if (alerts.get(alert.id)?.revision !== alert.revision) opened = null;
    take(alert);
    show();
  });
  on('cleared', ({ id }) => {
    alerts.delete(id);
    show();
  });
  on('beat', () => {});
  on('locked', () => lock());
  on('hidden', () => {
    lock();
    announceAlert(document);
  });
  // The session is over: the login form replaces the page.
  on('over', () => location.reload());
  stream.addEventListener('error', showLink);
}

/** Takes over what the unit says of itself: everyone's page has its name and its zone. */
function placeAt({ agency, unit, mode, zone }) {
  useZone(zone);
  isInCar = mode === 'mobile';
  byId('unit').textContent = `${agency} / ${unit}`;
}

function take(alert) {
  const known = alerts.get(alert.id);
  if (known?.revision !== alert.revision || known?.boot !== boot) alerts.delete(alert.id);
  alerts.set(alert.id, { ...alert, boot });
}

/**
 * All current alerts: those that this daemon no longer holds are removed, those of an earlier run of it stay on screen.
 */
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
  const weight = (alert) => (alert.event === 'withdrawn' ? -1 : rank[alert.class]);
  return [...alerts.values()]
    .reverse()
    .filter((alert) => !isSeen(alert))
    .sort((a, b) => weight(b) - weight(a));
}

/** The alert that fills the screen: one that was opened again, or the most urgent that nobody has seen here. */
const topAlert = () => alerts.get(opened) ?? unseen()[0];

function markSeen() {
  const top = topAlert();
  if (top === undefined) return;
  opened = null;
  seen.set(top.id, `${top.boot}.${top.revision}`);
  sessionStorage.setItem('seen', JSON.stringify([...seen].slice(-100)));
  show();
}

/**
 * Removes everything from the screen until the password is entered (pattern hiding, CJIS AC-11(1)). An alert that nobody
 * has answered stays on the screen of a car: the lock comes by itself, and must not take it away from who drives. Who
 * locks the page by hand leaves nothing.
 */
function lock({ isByHand = false } = {}) {
  if (isLocked) return;
  const [top] = isByHand || !isInCar ? [] : unseen();
  isLocked = true;
  opened = null;
  alerts.clear();
  shownCard = null;
  document.body.dataset.mood = top === undefined ? 'calm' : 'alert';
  document.title = 'Locked · Lookout';
  for (const id of ['rail', 'waiting', 'lock']) byId(id).hidden = true;
  byId('rail').replaceChildren();
  const form = lockView(session?.name ?? '', unlock);
  if (top === undefined) {
    byId('main').replaceChildren(form);
    byId('main').querySelector('input').focus();
  } else {
    const card = alertCard(top, () => {
      // Answered, it goes as everything else did.
      seen.set(top.id, `${top.boot}.${top.revision}`);
      sessionStorage.setItem('seen', JSON.stringify([...seen].slice(-100)));
      card.remove();
      form.classList.remove('slim');
      document.body.dataset.mood = 'calm';
    });
    form.classList.add('slim');
    byId('main').replaceChildren(form, card);
  }
}

function unlock() {
  isLocked = false;
  byId('lock').hidden = false;
  // The stream then sends all current alerts.
  connect();
  show();
  void pollStatus();
}

function show() {
  if (isLocked) return;
  const top = topAlert();
  const waiting = unseen().filter((alert) => alert !== top);
  // The card is not redrawn while it is unchanged, so that its pictures do not flicker.
  const card = top === undefined ? null : JSON.stringify(top);
  if (card === null) byId('main').replaceChildren(calmView(status, stats()));
  else if (card !== shownCard) byId('main').replaceChildren(alertCard(top, markSeen));
  shownCard = card;
  document.body.dataset.mood = top === undefined ? 'calm' : 'alert';
  document.title = top === undefined ? 'Lookout' : `${top.title} · Lookout`;
  const more = waiting.length;
  byId('waiting').hidden = more < 1;
  byId('waiting').textContent = more === 1 ? '1 more alert' : `${more} more alerts`;
  const rest = [...alerts.values()].reverse().filter((alert) => alert !== top);
  byId('rail').hidden = rest.length === 0;
  byId('rail').replaceChildren(
    el('h2', {}, 'Recent'),
    el('ol', {}, ...rest.map((alert) => alertLine(alert, isSeen(alert), () => open(alert.id)))),
  );
}

function open(id) {
  opened = id;
  show();
}

const stats = () => ({
  recent: alerts.size,
  watches: session === null || watches(),
  restrictions: session?.restrictions ?? [],
});

function showLink() {
  // Without permission to watch there is no stream; the status request is used instead.
  if (!watches()) {
    const answers = Date.now() - heardAtMs < 2 * silentMs;
    byId('link').textContent = answers ? 'Connected' : 'No connection';
    byId('link').dataset.live = String(answers);
    return;
  }
  const isLive = stream.readyState === EventSource.OPEN && Date.now() - heardAtMs < silentMs;
  byId('link').textContent = isLive ? 'Live' : 'No connection';
  byId('link').dataset.live = String(isLive);
  byId('lost').hidden = isLive;
}

async function pollStatus() {
  try {
    status = await ask('GET', '/api/status');
    if (!watches()) heardAtMs = Date.now();
    if (unseen().length === 0) show();
  } catch (error) {
    // The session has ended: the login form replaces the page.
    if (error.status === 401) location.reload();
    if (error.status === 423) lock();
    // `showLink` shows the state of the connection; the next poll tries again.
  }
}

async function begin() {
  try {
    session = await ask('GET', '/api/session');
  } catch (error) {
    if (error.status === 401) location.reload();
    else setTimeout(begin, 2000);
    return;
  }
  byId('person').textContent = session.name;
  placeAt(session.at);
  if (session.locked) lock();
  connect();
  show();
  showLink();
  void pollStatus();
}

/** Reports activity, so that the session does not lock itself. */
function noteActivity() {
  const now = Date.now();
  if (isLocked || now - toldActivityAtMs < activityEveryMs) return;
  toldActivityAtMs = now;
  ask('POST', '/api/session/activity').catch(() => undefined);
}

for (const event of ['pointerdown', 'pointermove', 'keydown', 'touchstart']) {
  document.addEventListener(event, noteActivity, { passive: true });
}

byId('lock').addEventListener('click', async () => {
  await ask('POST', '/api/session/lock', {}).catch(() => undefined);
  lock({ isByHand: true });
});

byId('leave').addEventListener('click', async () => {
  await ask('DELETE', '/api/session').catch(() => undefined);
  sessionStorage.clear();
  location.reload();
});

document.addEventListener('keydown', (event) => {
  if (event.code !== 'Space' || event.repeat || isLocked) return;
  event.preventDefault();
  markSeen();
});

setInterval(() => {
  tick(document);
  if (session !== null) byId('clock').textContent = timeOfDay(Date.now());
  showLink();
  if (!watches()) return;
  const isDead = stream.readyState === EventSource.CLOSED || Date.now() - heardAtMs > 2 * silentMs;
  if (isDead) connect();
}, 1000);
setInterval(pollStatus, statusEveryMs);

void begin();
