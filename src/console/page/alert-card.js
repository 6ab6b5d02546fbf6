import { el } from './dom.js';
import { plate } from './plate.js';
import {
  classNames,
  compass,
  coordinates,
  fixWords,
  missingNames,
  motionNames,
  span,
  standingNames,
  timeOfDay,
} from './words.js';

/** The alert that fills the screen. */
export function alertCard(alert, onSeen) {
  if (alert.withheld) return withheldCard(alert, onSeen);
  return el(
    `article.card.${alert.class}.${alert.event}`,
    { 'data-alert': alert.id },
    strip(alert),
    el('div.card-body', {}, identity(alert), listing(alert), pictures(alert), facts(alert)),
    el(
      'footer.card-foot',
      {},
      el('div.foot-words', {}, standing(alert), el('p.banner', {}, alert.banner)),
      seenButton(onSeen),
    ),
  );
}

/** An alert that this person may not see: how urgent it is, and whom to ask. */
function withheldCard(alert, onSeen) {
  return el(
    `article.card.withheld.${alert.class}.${alert.event}`,
    { 'data-alert': alert.id },
    strip(alert),
    el(
      'div.withheld-body',
      {},
      el('p.ask', {}, 'Ask dispatch'),
      el('p', {}, `Name hit ${alert.shortId}. Dispatch can look it up.`),
      el(
        'p',
        {},
        `Seen ${timeOfDay(alert.inView.lastMs)}, `,
        ago(alert.inView.lastMs),
        `, camera\u00a0${alert.head}`,
      ),
      el(
        'p.label',
        {},
        'Your account has no right to the source of this list. An administrator gives it.',
      ),
    ),
    el(
      'footer.card-foot',
      {},
      el('div.foot-words', {}, el('p.banner', {}, alert.banner)),
      seenButton(onSeen),
    ),
  );
}

/** How far the hit is, with the agency's words on stops once it may be acted on, and the id by which commands name it. */
function standing({ shortId, standing: told }) {
  const hit = el('span.hit-id', {}, `Hit ${shortId}`);
  if (told === null) return el('p.standing', {}, hit);
  const { state, status, asked, pursuitText } = told;
  const last = asked ?? status;
  const when = last === null ? '' : `, ${last.by}, ${timeOfDay(Date.parse(last.at))}`;
  const also =
    asked !== null && state !== 'confirmation_in_progress' ? '; confirmation in progress' : '';
  return el(
    `p.standing.${state}`,
    {},
    el('b', {}, `${standingNames[state] ?? state}${also}`),
    `${when} `,
    pursuitText === null ? null : el('span.pursuit', {}, `${pursuitText} `),
    hit,
  );
}

/** One line of the list beside it; pressed, it opens the alert again. */
export function alertLine(alert, isSeen, onOpen) {
  const line = el(
    'button.line-button',
    { type: 'button' },
    el('p.line-title', {}, alert.title),
    el('p.line-plate', {}, alert.withheld ? `Hit ${alert.shortId}` : plateOf(alert)),
    el(
      'p.line-time',
      {},
      alert.event === 'raised' ? null : el('b', {}, `${stamps[alert.event]} · `),
      ago(alert.inView.lastMs),
    ),
    alert.withheld || alert.standing === null
      ? null
      : el('p.line-standing', {}, standingNames[alert.standing.state] ?? alert.standing.state),
  );
  line.addEventListener('click', onOpen);
  return el(
    `li.line.${alert.class}.${alert.event}${isSeen ? '.seen' : ''}`,
    { 'data-alert': alert.id },
    line,
  );
}

const plateOf = ({ isNear, read }) => `${isNear ? '≈ ' : ''}${read.plate}`;

const stamps = { amended: 'Amended', withdrawn: 'Withdrawn' };

function strip(alert) {
  const stamp = stamps[alert.event];
  return el(
    'header.strip',
    {},
    alert.isNear ? el('span.near-mark', { title: 'Near match' }, '≈') : null,
    el('h1', {}, alert.title),
    stamp === undefined ? null : el('span.stamp', {}, stamp),
    el('span.class-name', {}, classNames[alert.class]),
  );
}

function identity(alert) {
  const { read, listed } = alert;
  return el(
    'section.identity',
    { 'aria-label': 'Plate' },
    plateLabel('Read', read.state),
    plate('read', read.plate, alert.differences),
    plateLabel('Listed', listed.state),
    el(
      'div.comparison',
      {},
      plate('listed', listed.plate, alert.differences),
      el('ul.checks', {}, characterCheck(alert), stateCheck(alert)),
    ),
  );
}

const plateLabel = (label, state) =>
  el('p.label', {}, `${label} `, state === null ? null : el('b', {}, state.name));

function characterCheck({ event, isNear, differences, listed, stacked }) {
  if (event === 'withdrawn') return el('li.doubt', {}, 'No longer matches');
  if (stacked !== null) {
    const [has, lacks] = stacked.in === 'listed' ? ['Listed', 'read'] : ['Read', 'listed'];
    return el('li.doubt', {}, `${has} with small ${stacked.text}, ${lacks} without`);
  }
  if (isNear) {
    const count = differences.length;
    return el('li.doubt', {}, `${count} character${count === 1 ? ' differs' : 's differ'}`);
  }
  if (/[?*]/.test(listed.plate)) return el('li.doubt', {}, 'Only part of the plate is listed');
  return el('li', {}, 'Characters as listed');
}

function stateCheck({ event, stateAgreement, read, listed }) {
  if (event === 'withdrawn') return null;
  if (stateAgreement === 'agrees') return el('li', {}, 'State as listed');
  if (stateAgreement === 'differs') {
    const codes = `${read.state?.code ?? '?'} ≠ ${listed.state?.code ?? '?'}`;
    return el('li.bad', {}, `State differs: ${codes}`);
  }
  return el('li.doubt', {}, 'State not confirmed');
}

function pictures({ images, overviewMissing }) {
  return el(
    'section.pictures',
    { 'aria-label': 'Pictures' },
    images.plate === null
      ? el('p.no-picture.crop', {}, 'No picture of the plate')
      : el('img.crop', { src: images.plate, alt: 'The plate as photographed' }),
    overview(images, overviewMissing),
  );
}

function overview(images, overviewMissing) {
  if (images.overview !== null) {
    return el('figure', {}, el('img', { src: images.overview, alt: 'The vehicle in colour' }));
  }
  const why = missingNames[overviewMissing] ?? 'none has arrived yet';
  const caption = el('figcaption', {}, `No colour picture: ${why}.`);
  if (images.ir === null) return el('figure.no-picture', {}, caption);
  return el('figure', {}, el('img', { src: images.ir, alt: 'The vehicle in infra-red' }), caption);
}

/** Longer reasons are set smaller, so that they fit. */
const longReason = 64;

/** The list's data on the vehicle. */
function listing(alert) {
  return el(
    'dl.listing',
    {},
    fact(
      reasonLabel(alert),
      alert.reason,
      alert.reason.length > longReason ? 'reason.long' : 'reason',
    ),
    fact('Listed vehicle', alert.vehicle ?? noVehicle(alert), 'vehicle'),
    fact('Case', alert.caseNumber ?? 'no number', 'case'),
    alert.others.length === 0 ? null : fact('Also listed as', alert.others.join('; '), 'others'),
  );
}

/** Says how old the entry is, too, where the list gives its day. */
const reasonLabel = ({ entryDateMs }) =>
  entryDateMs === null ? 'Reason' : `Reason, entered ${agoText(entryDateMs)}`;

/** What stands in place of the listed vehicle. */
const noVehicle = ({ isVehicleDescribed }) =>
  isVehicleDescribed ? 'see the reason' : 'none is described: not asked';

/** List, time and place. */
function facts(alert) {
  const { list, fix, direction, stagesMs } = alert;
  return el(
    'dl.facts',
    {},
    fact(
      list.isSpecific ? 'Specific list' : 'List',
      list.name,
      'list',
      el('small', {}, listAge(list)),
    ),
    fact(
      'Seen',
      timeOfDay(alert.inView.lastMs),
      'seen',
      el('small', {}, ago(alert.inView.lastMs), `, camera\u00a0${alert.head}`),
    ),
    fact('Place', coordinates(fix), 'place', el('small', {}, fixWords(fix))),
    fact('Travel', travel(direction), 'travel', el('small', {}, travelWords(alert))),
    fact(
      'Raised',
      `${stagesMs.raised}\u00a0ms after capture`,
      'stages',
      el(
        'small',
        {},
        `found ${stagesMs.found}, read ${stagesMs.read}, matched ${stagesMs.matched}`,
      ),
    ),
  );
}

function fact(label, text, kind, ...more) {
  return el(`div.fact.${kind}`, {}, el('dt', {}, label), el('dd', {}, text, ...more));
}

function travel({ headingDeg }) {
  return headingDeg === null ? 'Direction unknown' : compass(headingDeg);
}

function travelWords({ direction, motion }) {
  const why = direction.headingDeg === null && direction.reason ? `${direction.reason}, ` : '';
  return `${why}${motionNames[motion]}`;
}

function seenButton(onSeen) {
  const button = el('button.seen-button', { type: 'button' }, 'Seen ', el('kbd', {}, 'Space'));
  button.addEventListener('click', onSeen);
  return button;
}

/** "12 s ago", updated by `tick`. */
function ago(ms) {
  return el('time.ago', { 'data-at': ms }, agoText(ms));
}

const agoText = (ms) => `${span((Date.now() - ms) / 1000)} ago`;

/** How old the list was when it matched, and how old it is now, updated by `tick`. */
function listAge({ asOfMs, ageS, isOld }) {
  const data = { 'data-as-of': asOfMs, 'data-then': ageS };
  return el(isOld ? 'span.list-age.doubt' : 'span.list-age', data, listAgeText(asOfMs, ageS));
}

function listAgeText(asOfMs, ageS) {
  const [then, now] = [span(ageS), span((Date.now() - asOfMs) / 1000)];
  return then === now ? `list ${now}\u00a0old` : `list ${then}\u00a0old, now ${now}`;
}

/** Updates every "ago" and age of a list under `root`. */
export function tick(root) {
  for (const age of root.querySelectorAll('.list-age')) {
    age.textContent = listAgeText(Number(age.dataset.asOf), Number(age.dataset.then));
  }
  for (const time of root.querySelectorAll('time.ago')) {
    time.textContent = agoText(Number(time.dataset.at));
  }
}
