import { html, nothing, type TemplateResult } from 'lit-html';
import type { setHold } from '../../../accountability/retention/operations.ts';
import type * as operations from '../../../accountability/search/operations.ts';
import type { OpenedDetection } from '../../../accountability/search/results.ts';
import type { Detection, Hit } from '../../../records/detection.ts';
import { go } from '../address.ts';
import { copiedId } from '../parts/copied-id.ts';
import { areaField, checkField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { lookedUp } from '../parts/looked-up.ts';
import { picture } from '../parts/picture.ts';
import { plate } from '../parts/plate.ts';
import { addressOfLook, lookFor, purposeLine } from '../purpose.ts';
import { readPlateWords, seenWords, sureWords } from '../read-words.ts';
import { packLater } from '../reads-to-pack.ts';
import type { Screen } from '../screen.ts';
import { beginAround } from '../search-form.ts';
import { changed, isHeadquarters, may, tell } from '../state.ts';
import { whileHere } from '../while-here.ts';
import {
  capital,
  codeWords,
  compass,
  coordinates,
  fixWords,
  motionNames,
  standingNames,
} from '../words.ts';
import { newWork } from '../work.ts';
import { type FollowedPath, followPath } from './vehicle-path.ts';

const pictureNames = {
  plate: 'The plate',
  ir: 'The vehicle in infra-red',
  overview: 'The vehicle in colour',
} as const;

/** One read in full: pictures on demand, how sure each character is, its hits, and the path of its plate. */
export function read(id: string): Screen {
  let opened: OpenedDetection | null = null;
  /** Addresses of the pictures by their id; null: nobody has asked for them. */
  let pictures: Map<string, string> | null = null;
  const gone = new Set<string>();
  let path: FollowedPath | null = null;
  let isHolding = false;
  let reason = '';
  let isWholePath = false;
  const work = newWork();
  const steps = newWork();

  const load = async () => {
    const answer = await work.run(() =>
      lookFor<typeof operations.openDetection>('detections.open', { id }),
    );
    opened = answer ?? null;
    changed();
  };
  void load();

  const showPictures = async ({ images }: Detection) => {
    const found = await steps.run(async () => {
      const isHere = whileHere();
      const addresses = new Map<string, string>();
      for (const image of images) {
        const input = { id: image.id };
        addresses.set(
          image.id,
          await addressOfLook<typeof operations.openImage>('images.open', input, isHere),
        );
      }
      return addresses;
    });
    pictures = found ?? null;
    changed();
  };
  const onPath = () => (path?.readIds() ?? []).filter((each) => each !== id);
  const hold = async (event: Event) => {
    event.preventDefault();
    const detectionIds = isWholePath ? [...new Set([id, ...onPath()])] : [id];
    const scope = { kind: 'detections' as const, detectionIds };
    const held = await steps.run(() => lookFor<typeof setHold>('holds.set', { scope, reason }));
    if (held === undefined) return;
    isHolding = false;
    isWholePath = false;
    reason = '';
    const { caseNumber } = held;
    tell(
      caseNumber === null
        ? 'Held: it stays until the hold is lifted. No case is named: state its number as the purpose.'
        : `Held for case ${caseNumber}: it stays until the hold is lifted.`,
      'done',
    );
  };

  const holdForm = (): TemplateResult => html`<form class="part" @submit=${hold}>
    <p>This read and its pictures stay here until the hold is lifted, whatever the policy deletes. The case is that of the purpose above.</p>
    ${areaField({
      name: 'hold-reason',
      label: 'Why it is kept',
      value: reason,
      onInput: (value) => {
        reason = value;
      },
      isRequired: true,
      longest: 500,
      hint: 'Like evidence in a case, or a discovery request',
    })}
    ${
      onPath().length === 0
        ? nothing
        : checkField({
            name: 'hold-path',
            label: `And the ${onPath().length} other reads of its path below`,
            isOn: isWholePath,
            onChange: (isOn) => {
              isWholePath = isOn;
            },
          })
    }
    <div class="row-keys">
      <button type="submit" class="key first" ?disabled=${steps.isBusy}>Hold it</button>
      ${key({
        label: 'Cancel',
        kind: 'quiet',
        onPress: () => {
          isHolding = false;
          changed();
        },
      })}
    </div>
  </form>`;

  const deeds = (detection: Detection): TemplateResult => {
    const { fix, unread, lastSeen } = detection;
    const plateText = detection.read?.plate;
    return html`<div class="row-keys">
        ${
          plateText === undefined || path !== null
            ? nothing
            : key({
                label: 'Path of this plate',
                onPress: () => {
                  path = followPath(plateText, id);
                  changed();
                },
              })
        }
        ${
          fix.latitude === null
            ? nothing
            : key({ label: 'Search around here', onPress: () => searchAround(fix) })
        }
        ${
          may('evidence.make')
            ? key({
                label: 'Put aside for a package',
                onPress: () => packLater([{ id, plate: plateText ?? null, unread, lastSeen }]),
              })
            : nothing
        }
        ${
          may('holds.set') && !isHolding
            ? key({
                label: 'Hold it for the case',
                onPress: () => {
                  isHolding = true;
                  changed();
                },
              })
            : nothing
        }
      </div>
      ${isHolding ? holdForm() : nothing} ${steps.line()}`;
  };

  const body = ({
    detection,
    hits,
  }: OpenedDetection): TemplateResult => html`<div class="opened-read">
      <section class="read-plate" aria-label="Plate">${plateOf(detection)}</section>
      <section class="read-pictures" aria-label="Pictures">
        ${picturesOf(detection, { pictures, gone, onShow: () => void showPictures(detection) })}
      </section>
      <section class="read-facts" aria-label="Place and travel">${factsOf(detection)}</section>
    </div>
    ${hits.length === 0 ? nothing : hitsOf(hits)} ${deeds(detection)} ${path?.view() ?? nothing}`;

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>${opened === null ? 'Read' : `Read of ${seenWords(opened.detection.lastSeen)}`}</h1>
        ${key({ label: 'Back to the search', kind: 'quiet', onPress: () => go('search') })}
      </div>
      ${purposeLine()} ${work.line()}
      ${lookedUp(opened && body(opened), work, 'It is shown', () => void load())}
    </section>`,
  };
}

function searchAround({ latitude, longitude }: Detection['fix']): void {
  if (latitude === null || longitude === null) return;
  beginAround(latitude, longitude);
  go('search');
}

function plateOf({ read: told, unread, possible = [] }: Detection): TemplateResult {
  if (told === null) {
    return html`<p class="described">${capital(readPlateWords({ plate: null, unread }))}</p>
      ${possible.length === 0 ? nothing : html`<dl class="fact-list"><dt>May be</dt><dd>${possible.map(possibleText)}</dd></dl>`}`;
  }
  const { plate: text, characters, alternatives, state, confidence, readCount, agreeCount } = told;
  const p = characters.map((each) => each.p);
  return html`<div class="plate-line">${plate('read', text, { p })}</div>
    <dl class="fact-list">
      <dt>Sure</dt>
      <dd>${sureWords(confidence)}, ${agreeCount} of ${readCount} looks read this</dd>
      <dt>State</dt>
      <dd>${state === null ? 'not told' : `${state.code}, ${sureWords(state.p)} sure`}</dd>
      <dt>Each character</dt>
      <dd>
        <ol class="characters">
          ${characters.map((each) => html`<li><b>${each.char}</b> ${sureWords(each.p)}</li>`)}
        </ol>
      </dd>
      <dt>May also be</dt>
      <dd>
        ${alternatives.length === 0 ? 'nothing else' : alternatives.map(possibleText)}
      </dd>
    </dl>`;
}

const possibleText = ({ plate: text, p }: { plate: string; p: number }) =>
  html`<span class="alternative">${text} <small>${sureWords(p)}</small></span> `;

function picturesOf(
  { images, overviewMissing }: Detection,
  shown: { pictures: Map<string, string> | null; gone: Set<string>; onShow: () => void },
): TemplateResult {
  const { pictures, gone, onShow } = shown;
  if (images.length === 0) return html`<p class="no-picture">No picture was kept.</p>`;
  if (!may('images.view')) {
    return html`<p class="no-picture">Your role does not open pictures.</p>`;
  }
  if (pictures === null) {
    const count = images.length === 1 ? 'the picture' : `${images.length} pictures`;
    return html`<p>Each look at a picture is recorded with the purpose.</p>
      <div class="row-keys">${key({ label: `Show ${count}`, onPress: onShow, name: 'pictures' })}</div>`;
  }
  const elsewhere = isHeadquarters() ? 'the unit that took it' : 'headquarters';
  const told = (id: string, isLost: boolean) => ({
    handleEvent() {
      if (isLost) gone.add(id);
      else gone.delete(id);
      changed();
    },
    capture: true,
  });
  return html`${images.map(({ id, kind }) => {
    const src = pictures.get(id);
    const name = pictureNames[kind];
    if (src === undefined) return nothing;
    return html`<figure @error=${told(id, true)} @load=${told(id, false)}>
      ${picture(src, name, kind === 'plate' ? 'crop' : 'vehicle')}
      <figcaption>${name}${gone.has(id) ? `: its file is gone or damaged here; ${elsewhere} may have it` : ''}</figcaption>
    </figure>`;
  })}
  ${overviewMissing === null ? nothing : html`<p class="quiet-words">No colour picture: ${codeWords(overviewMissing)}.</p>`}`;
}

function factsOf(detection: Detection): TemplateResult {
  const { id, fix, direction, motion, head, firstSeen, lastSeen, seenCount, unit, vehicle } =
    detection;
  const { ageMs, quality, simulated } = fix;
  const traits = (['colour', 'make', 'model', 'body'] as const)
    .flatMap((name) => vehicle[name] ?? [])
    .map(({ value, p }) => `${value} (${sureWords(p)})`);
  return html`<dl class="fact-list">
    <dt>Seen</dt>
    <dd>${seenWords(firstSeen)} to ${seenWords(lastSeen)}, ${seenCount} times</dd>
    <dt>Camera</dt>
    <dd>${head} of ${unit}</dd>
    <dt>Place</dt>
    <dd>${coordinates(fix)} (${fixWords({ quality, ageMs, simulated })})</dd>
    <dt>Travel</dt>
    <dd>${motionNames[motion] ?? motion}${direction.headingDeg === null ? '' : `, heading ${compass(direction.headingDeg)}`}</dd>
    <dt>Vehicle</dt>
    <dd>${traits.length === 0 ? 'Lookout tells only the plate.' : traits.join(', ')}</dd>
    <dt>Its id, for the command line</dt>
    <dd>${copiedId(id, 'of the read')}</dd>
  </dl>`;
}

function hitsOf(hits: readonly Hit[]): TemplateResult {
  const mayOpen = may('alerts.watch');
  return html`<section class="part">
    <h2>${hits.length === 1 ? 'Hit' : `${hits.length} hits`}</h2>
    <ul class="hit-list">
      ${hits.map(({ id, match, state }) => {
        const { list, entry } = match;
        const words = `${list.name}: ${codeWords(entry.category)}, ${entry.reason}`;
        return html`<li>
          <span><b>${words}</b> · ${standingNames[state] ?? state}</span>
          ${mayOpen ? key({ label: 'Open the hit', kind: 'quiet', onPress: () => go(`hit/${id}`) }) : nothing}
        </li>`;
      })}
    </ul>
  </section>`;
}
