import { html, nothing, type TemplateResult } from 'lit-html';
import type { SightingView } from '../../../accountability/verification/hit-view.ts';
import type { AlertView, WithheldView } from '../../alert-view.ts';
import { go } from '../address.ts';
import { ask, Refused, wordsOf } from '../api.ts';
import { actOn } from '../guard.ts';
import { lacksNumber } from '../hit-purpose.ts';
import { later } from '../later.ts';
import { brief, isMoving, mostMoving, switchPassenger } from '../motion.ts';
import { key } from '../parts/key.ts';
import { picture, vehicleAround } from '../parts/picture.ts';
import { plate } from '../parts/plate.ts';
import { sightingWords } from '../parts/sighting-words.ts';
import { cameraWords } from '../read-words.ts';
import {
  changed,
  isHeadquarters,
  may,
  page,
  plateByMark,
  plateOf,
  type Told,
  tell,
} from '../state.ts';
import { forget, layAside, onRefusal } from '../stream.ts';
import { unseenOf } from '../top-alert.ts';
import { putBehind } from '../waiting-behind.ts';
import {
  ago,
  classMarks,
  classNames,
  compass,
  coordinates,
  entryEndWords,
  fixWords,
  listAge,
  missingNames,
  motionNames,
  standingNames,
  timeOfDay,
} from '../words.ts';

/** Tiles of alerts that wait; of more the page would take long to draw, and nobody looks at each. */
const mostTiles = 300;

/** What the whole screen shows of an alert, and what its keys do. */
export interface AlertScreen {
  alert: Told;
  /** It takes the screen as soon as this card may change. */
  next: Told | null;
  /** The others that nobody has seen, in the order in which they come. */
  waiting: readonly Told[];
  /** Open alerts that the unit could not keep ready. */
  notShown: number;
  /** Whether it was opened by hand, so that it can be left. */
  isOpened: boolean;
  /** Over a locked page nothing can be done. */
  isLocked: boolean;
  onClose: () => void;
  onOpen: (id: string) => void;
}

/** The alert that fills the screen. */
export function alertScreen(screen: AlertScreen): TemplateResult {
  const { alert, next } = screen;
  // The line at the foot moves the keys when it comes and goes.
  const differing = later('notThisPlate');
  const keys = `${isMoving()} ${differing?.isAskedWhatDiffers(alert) === true}`;
  actOn(`${alert.id} ${alert.revision} ${page.notice?.untilMs ?? ''} ${keys}`);
  return html`<div class="alert-screen">
    <article class="card ${alert.class} ${alert.event} ${alert.withheld ? 'withheld' : ''}" data-alert=${alert.id}>
      ${strip(alert)}
      ${
        next === null
          ? nothing
          : html`<p class="next ${next.class}">${classMarks[next.class]} Next: ${next.title}</p>`
      }
      ${alert.withheld ? withheldBody(alert) : body(alert)}
      <footer class="card-foot">
        <div class="foot-words">${alert.withheld ? nothing : standing(alert)}<p class="banner">${brief(alert.banner)}</p></div>
        <div class="card-keys">${keysOf(screen)}</div>
      </footer>
    </article>
    ${waitingColumn(screen)}
  </div>`;
}

const body = (alert: AlertView) =>
  html`<div class="card-body" role="region" aria-label="Alert" tabindex="0">
    ${identity(alert)} ${pictures(alert)} ${listing(alert)} ${facts(alert)}
  </div>`;

/** An alert that this person may not see: whom to ask, and what to name. */
const withheldBody = ({ shortId, inView, unit, head }: WithheldView) =>
  html`<div class="withheld-body">
    <p class="ask">Ask dispatch</p>
    <p>Name hit ${shortId}. Dispatch can look it up.</p>
    <p>Seen ${timeOfDay(inView.lastMs)}, ${ago(inView.lastMs)}, camera ${cameraWords({ unit, head })}</p>
    <p class="label">
      Your account has no right to the source of this list. An administrator gives it.
    </p>
  </div>`;

function keysOf({ alert, isOpened, isLocked, onClose }: AlertScreen): TemplateResult[] {
  const keys: TemplateResult[] = [];
  if (isLocked) return keys;
  const isOver = alert.event === 'withdrawn';
  if (may('alerts.respond') && !isOver && !alert.withheld) {
    const differing = later('notThisPlate');
    if (differing?.isAskedWhatDiffers(alert)) {
      return differing.whatDiffersKeys(alert, () => {
        if (alert.seen === null) void markSeen(alert, { isTold: false });
      });
    }
    if (isMoving()) {
      // A number can be typed only by who does not drive.
      if (differing !== undefined && !lacksNumber(alert.hitId)) {
        keys.push(differing.notThisPlateKey(alert));
      }
      keys.push(passengerKey(alert));
    } else keys.push(key({ label: 'Verify', onPress: () => openHit(alert), isGuarded: true }));
  }
  if (alert.seen === null) {
    const label = html`${isOver ? 'Close' : 'Seen'} <kbd>Space</kbd>`;
    keys.push(
      key({
        label,
        onPress: () => void markSeen(alert),
        kind: 'first',
        isGuarded: true,
        name: 'seen',
      }),
    );
  }
  // In a car an alert that nobody has seen fills the screen; at headquarters who opened one may leave it as it is.
  if (isOpened && (alert.seen !== null || isHeadquarters())) {
    const kind = alert.seen === null ? 'quiet' : 'first';
    keys.push(key({ label: 'Back', onPress: onClose, kind, name: 'back' }));
  }
  return keys;
}

/** While the car moves the passenger verifies. */
const passengerKey = (alert: Told): TemplateResult =>
  key({
    label: 'Passenger: verify',
    isGuarded: true,
    onPress: () => {
      void switchPassenger(true).then((isDone) => {
        if (isDone) openHit(alert);
      });
    },
  });

/** To the verification of the alert; who opens it has seen it. */
function openHit(alert: Told): void {
  putBehind(
    alert.hitId,
    unseenOf(page.alerts.values()).filter(({ id }) => id !== alert.id),
  );
  if (alert.seen === null) void markSeen(alert, { isTold: false });
  go(`hit/${alert.hitId}`);
}

/**
 * Marks this version of an alert as seen, on all screens of the unit; it can be taken back for ten seconds. One that this
 * person may not see is only laid aside here.
 */
export async function markSeen(alert: Told, { isTold = true } = {}): Promise<void> {
  const { id, revision } = alert;
  if (alert.withheld) return layAside(alert);
  try {
    await ask('POST', `/api/live/${id}/seen`, { input: { revision } });
    if (isTold) tell(`Seen: ${plateOf(alert)}`, 'noted', () => void unsee(id, revision));
  } catch (error) {
    onRefusal(error);
    // Closed while the unit was not heard: it would stand here for ever.
    if (error instanceof Refused && error.code === 'no-such-alert') forget(id);
    tell(wordsOf(error), 'refused');
  }
}

async function unsee(id: string, revision: number): Promise<void> {
  try {
    await ask('POST', `/api/live/${id}/unseen`, { input: { revision } });
    changed();
  } catch (error) {
    onRefusal(error);
    tell(wordsOf(error), 'refused');
  }
}

const stamps: Partial<Record<AlertView['event'], string>> = {
  amended: 'Amended',
  withdrawn: 'Matches no more',
};

function strip(alert: Told): TemplateResult {
  const stamp = stamps[alert.event];
  return html`<header class="strip">
    <span class="mark" aria-hidden="true">${classMarks[alert.class]}</span>
    <span class="class-name">${classNames[alert.class]}</span>
    <h1>${alert.title}</h1>
    ${stamp === undefined ? nothing : html`<span class="stamp">${stamp}</span>`}
    <time class="strip-age">${ago(alert.inView.lastMs)}</time>
  </header>`;
}

function identity(alert: AlertView): TemplateResult {
  const { read, listed, differences, images, compared } = alert;
  const columns = Math.max(read.plate.length, listed.plate.length);
  return html`<section class="identity" aria-label="Plate">
    ${
      images.plate === null
        ? html`<p class="no-picture crop">No picture of the plate</p>`
        : picture(images.plate, 'The plate as photographed', 'crop')
    }
    <div class="plates">
      ${plate('read', read.plate, { differs: differences, p: read.characters }, columns)}
      <p class="label">${read.label} <b>${read.state?.name ?? 'state not read'}</b></p>
      ${plate('listed', listed.plate, { differs: differences }, columns)}
      <p class="label">Listed <b>${listed.state?.name ?? 'no state'}</b></p>
    </div>
    <ul class="checks">
      <li class=${compared.kind}>${compared.words}</li>
      ${stateCheck(alert)}
    </ul>
  </section>`;
}

function stateCheck({
  event,
  stateAgreement,
  read,
  listed,
}: AlertView): TemplateResult | typeof nothing {
  if (event === 'withdrawn') return nothing;
  if (stateAgreement === 'agrees') return html`<li class="good">State as listed</li>`;
  if (stateAgreement === 'differs') {
    return html`<li class="bad">State differs: ${read.state?.code ?? '?'} ≠ ${listed.state?.code ?? '?'}</li>`;
  }
  return html`<li class="doubt">State not confirmed</li>`;
}

function pictures(alert: AlertView): TemplateResult {
  const { images, overviewMissing, vehicle, isVehicleDescribed, vehicleBox } = alert;
  const around = vehicleBox && vehicleAround(vehicleBox);
  const why = missingNames[overviewMissing ?? ''] ?? 'none has arrived yet';
  const shown =
    images.overview !== null
      ? picture(images.overview, 'The vehicle in colour', 'vehicle', around)
      : images.ir !== null
        ? html`${picture(images.ir, 'The vehicle in infra-red', 'vehicle', around)}
            <p class="missing">No colour picture: ${why}.</p>`
        : html`<p class="no-picture vehicle">No colour picture: ${why}.</p>`;
  return html`<section class="pictures" aria-label="Vehicle">
    ${shown}
    <p class="described"><span class="label">Listed vehicle</span> <b>${vehicle ?? (isVehicleDescribed ? 'see the reason' : 'none is described: not asked')}</b></p>
  </section>`;
}

/** The list's data on the vehicle: what warns of danger first. */
function listing(alert: AlertView): TemplateResult {
  const { caution, reason, caseNumber, others } = alert;
  return html`<section class="listing" aria-label="Why it is listed">
    ${caution.length === 0 ? nothing : html`<p class="caution">${caution.join(' · ')}</p>`}
    ${
      isMoving()
        ? html`<p class="reason">${brief(reason)}</p>`
        : html`<details class="reason" ?open=${reason.length <= 90}>
            <summary>${reason}</summary>
            <p>${reason}</p>
          </details>`
    }
    <p class="case">${caseNumber === null ? 'No case number' : `Case ${caseNumber}`}</p>
    ${others.length === 0 ? nothing : html`<p class="others">${brief(`Also listed: ${others.join('; ')}`)}</p>`}
  </section>`;
}

/** What a person told of the vehicle, as long as no camera has seen it since. */
const newerThan = (told: SightingView | null, seenMs: number): SightingView | null =>
  told !== null && Date.parse(told.at) > seenMs ? told : null;

/** List, time and place. */
function facts(alert: AlertView): TemplateResult {
  const { list, fix, direction, entryDateMs, motion } = alert;
  const told = newerThan(alert.standing?.told ?? null, alert.inView.lastMs);
  const heading =
    direction.headingDeg === null ? 'Direction unknown' : compass(direction.headingDeg);
  return html`<dl class="facts">
    <div class="fact">
      <dt>${list.isSpecific ? 'Specific list' : 'List'}</dt>
      <dd>
        ${list.name}
        <small class=${list.isOld ? 'list-age doubt needed' : 'list-age needed'}
          >${listAge(list)}<span class="entered">${entryDateMs === null ? '' : `, entered ${ago(entryDateMs)}`}</span></small
        >
      </dd>
    </div>
    <div class="fact">
      <dt>Seen</dt>
      <dd>${timeOfDay(alert.inView.lastMs)} <small>${ago(alert.inView.lastMs)}, camera ${cameraWords(alert)}</small></dd>
    </div>
    <div class="fact place">
      <dt>Place</dt>
      <dd>${coordinates(fix)} <small>${fixWords(fix)}</small></dd>
    </div>
    <div class="fact">
      <dt>Travel</dt>
      <dd>
        ${heading} <small class="needed">${motionNames[motion] ?? motion}</small>
        ${alert.lastHeading === null ? nothing : html`<b class="told">Last seen heading ${alert.lastHeading}</b>`}
        ${told === null ? nothing : html`<b class="told">Told: ${sightingWords(told)}</b>`}
      </dd>
    </div>
  </dl>`;
}

/** How far the hit is, who said so, and the agency's words on stops once it may be acted on. */
function standing({ shortId, standing: told, seen }: AlertView): TemplateResult {
  const hit = html`<span class="hit-id">Hit ${shortId}${seen === null ? '' : ` · seen by ${seen.by}`}</span>`;
  if (told === null) return html`<p class="standing">${hit}</p>`;
  const { state, status, asked, claim, pursuitText, entryEnd } = told;
  const last = asked ?? status;
  const when = last === null ? '' : `, ${last.by}, ${timeOfDay(Date.parse(last.at))}`;
  const also =
    asked !== null && state !== 'confirmation_in_progress' ? '; confirmation in progress' : '';
  return html`<p class="standing ${state}">
    <b>${standingNames[state] ?? state}${also}</b>${when}
    ${claim === null ? nothing : html`<span>Taken by ${claim.by}</span>`}
    ${entryEnd === null ? nothing : html`<b class="entry-end">${entryEndWords(entryEnd)}</b>`}
    ${pursuitText === null ? nothing : html`<span class="pursuit">${brief(pursuitText)}</span>`} ${hit}
  </p>`;
}

const waitingTile = (alert: Told, onOpen: (id: string) => void): TemplateResult => html`<button
    type="button"
    class="tile-alert ${alert.class}"
    data-alert=${alert.id}
    @click=${() => onOpen(alert.id)}
  >
    <span class="mark" aria-label=${classNames[alert.class]}>${classMarks[alert.class]}</span>
    <b>${plateByMark(alert)}</b>
    <small>${alert.title}, ${isHeadquarters() ? `${alert.unit}, ` : ''}${ago(alert.inView.lastMs)}</small>
  </button>`;

/** Below a verification: the first of the alerts that wait for its end, and how many more there are. */
export function waitingBelow(
  waiting: readonly Told[],
  onOpen: (id: string) => void,
): TemplateResult | typeof nothing {
  const [first] = waiting;
  if (first === undefined) return nothing;
  const more = waiting.length - 1;
  return html`<aside class="waiting-below" aria-label="Alerts that wait">
    ${waitingTile(first, onOpen)} ${more === 0 ? nothing : html`<p class="quiet">and ${more} more</p>`}
  </aside>`;
}

/**
 * At the right edge: the alerts that wait, one tile each; touched, it takes the screen. Its heading counts all of them, also
 * those that the page has not been sent.
 */
function waitingColumn({
  waiting,
  notShown,
  onOpen,
}: AlertScreen): TemplateResult | typeof nothing {
  if (waiting.length === 0 && notShown === 0) return nothing;
  const shown = waiting.slice(0, isMoving() ? mostMoving : mostTiles);
  const more = notShown + (isMoving() ? 0 : waiting.length - shown.length);
  return html`<aside class="waiting" aria-label="Alerts that wait">
    <h2>${waiting.length + notShown} more</h2>
    <ol>
      ${shown.map((alert) => html`<li>${waitingTile(alert, onOpen)}</li>`)}
    </ol>
    ${more === 0 ? nothing : html`<p class="not-shown">${more} more: see Open alerts</p>`}
  </aside>`;
}
