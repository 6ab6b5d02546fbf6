import { el } from './dom.js';
import { plate } from './plate.js';
import {
  CLASS_NAMES,
  compass,
  coordinates,
  fixWords,
  MISSING_NAMES,
  MOTION_NAMES,
  span,
  timeOfDay,
} from './words.js';

/** The alert that fills the screen. */
export function alertCard(alert, onSeen) {
  return el(
    `article.card.${alert.class}.${alert.event}`,
    { 'data-alert': alert.id },
    strip(alert),
    el('div.card-body', {}, identity(alert), pictures(alert), facts(alert)),
    el('footer.card-foot', {}, el('p.banner', {}, alert.banner), seenButton(onSeen)),
  );
}

/** One line of the list beside it. */
export function alertLine(alert, isSeen) {
  return el(
    `li.line.${alert.class}.${alert.event}${isSeen ? '.seen' : ''}`,
    { 'data-alert': alert.id },
    el('p.line-title', {}, alert.title),
    el('p.line-plate', {}, `${alert.isNear ? '≈ ' : ''}${alert.read.plate}`),
    el(
      'p.line-time',
      {},
      alert.event === 'raised' ? null : el('b', {}, `${STAMPS[alert.event]} · `),
      ago(alert.seen.lastMs),
    ),
  );
}

const STAMPS = { amended: 'Amended', withdrawn: 'Withdrawn' };

function strip(alert) {
  const stamp = STAMPS[alert.event];
  return el(
    'header.strip',
    {},
    alert.isNear ? el('span.near-mark', { title: 'Near match: one character differs' }, '≈') : null,
    el('h1', {}, alert.title),
    stamp === undefined ? null : el('span.stamp', {}, stamp),
    el('span.class-name', {}, CLASS_NAMES[alert.class]),
  );
}

function identity(alert) {
  const { read, listed } = alert;
  return el(
    'section.identity',
    { 'aria-label': 'Plate' },
    el('p.label', {}, 'Read', read.state === null ? null : el('b', {}, ` ${read.state.name}`)),
    plate('read', read.plate, alert.differences),
    el(
      'p.label',
      {},
      'Reported',
      listed.state === null ? null : el('b', {}, ` ${listed.state.name}`),
    ),
    plate('listed', listed.plate, alert.differences),
    el('div.checks', {}, characterCheck(alert), stateCheck(alert)),
    alert.event === 'withdrawn'
      ? el('p.withdrawn-why', {}, 'What is read now matches no entry. Disregard.')
      : null,
  );
}

function characterCheck({ isNear, differences, listed }) {
  if (isNear) {
    const count = differences.length;
    return el(
      'span.check.doubt',
      {},
      `${count === 1 ? '1 character differs' : `${count} characters differ`}`,
    );
  }
  if (/[?*]/.test(listed.plate)) return el('span.check.doubt', {}, 'Partial plate');
  return el('span.check.good', {}, 'All characters match');
}

function stateCheck({ stateAgreement, read, listed }) {
  if (stateAgreement === 'agrees') return el('span.check.good', {}, 'State agrees');
  if (stateAgreement === 'differs') {
    const codes = `${read.state?.code ?? '?'} ≠ ${listed.state?.code ?? '?'}`;
    return el('span.check.bad', {}, `State differs ${codes}`);
  }
  return el('span.check.doubt', {}, 'State not confirmed');
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
  const why = MISSING_NAMES[overviewMissing] ?? 'there is none yet';
  const caption = el('figcaption', {}, `No colour picture: ${why}.`);
  if (images.ir === null) return el('figure.no-picture', {}, caption);
  return el('figure', {}, el('img', { src: images.ir, alt: 'The vehicle in infra-red' }), caption);
}

function facts(alert) {
  const { list, fix, direction, stagesMs } = alert;
  return el(
    'dl.facts',
    {},
    fact('Reported reason', alert.reason, 'reason'),
    fact('Reported vehicle', alert.vehicle ?? 'not described', 'vehicle'),
    fact(
      'Reported on',
      join(list.name, list.isSpecific ? ' (specific list)' : '', ', '),
      'list',
      el(list.isOld ? 'b.old' : 'b', {}, `list ${span(list.ageS)} old`),
    ),
    fact(
      'Case',
      join(
        alert.caseNumber ?? 'no number',
        alert.entryAgeS === null ? '' : `, entered ${span(alert.entryAgeS)} ago`,
      ),
      'case',
    ),
    alert.others.length === 0 ? null : fact('Reported too as', alert.others.join('; '), 'others'),
    fact('Seen', `${timeOfDay(alert.seen.lastMs)}, `, 'seen', ago(alert.seen.lastMs)),
    fact('Place', coordinates(fix), 'place', el('small', {}, ` ${fixWords(fix)}`)),
    fact('Travel', travel(direction), 'travel', el('small', {}, ` ${travelWords(alert)}`)),
    fact(
      'Raised',
      `${stagesMs.raised} ms after capture`,
      'stages',
      el(
        'small',
        {},
        ` found ${stagesMs.found}, read ${stagesMs.read}, matched ${stagesMs.matched} ms`,
      ),
    ),
  );
}

const join = (...parts) => parts.join('');

function fact(label, text, kind, more = null) {
  return el(`div.fact.${kind}`, {}, el('dt', {}, label), el('dd', {}, text, more));
}

function travel({ headingDeg }) {
  return headingDeg === null ? 'Direction unknown' : compass(headingDeg);
}

function travelWords({ direction, motion, head }) {
  const why = direction.headingDeg === null && direction.reason ? `${direction.reason}, ` : '';
  return `${why}${MOTION_NAMES[motion]}, camera ${head}`;
}

function seenButton(onSeen) {
  const button = el('button.seen-button', { type: 'button' }, 'Seen ', el('kbd', {}, 'Space'));
  button.addEventListener('click', onSeen);
  return button;
}

/** "12 s ago", kept true by `tick`. */
function ago(ms) {
  return el('time.ago', { 'data-at': ms }, agoText(ms));
}

const agoText = (ms) => `${span((Date.now() - ms) / 1000)} ago`;

/** Brings every "ago" under `root` up to now. */
export function tick(root) {
  for (const time of root.querySelectorAll('time.ago')) {
    time.textContent = agoText(Number(time.dataset.at));
  }
}
