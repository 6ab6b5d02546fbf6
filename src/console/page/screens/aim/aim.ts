import { html, nothing, type TemplateResult } from 'lit-html';
import type { AimFigures } from '../../../aim-line.ts';
import { go } from '../../address.ts';
import { key } from '../../parts/key.ts';
import { tabs } from '../../parts/tabs.ts';
import { purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, page } from '../../state.ts';
import { adviceOn } from './advice.ts';
import { aimPicture, colourPicture, plateLines } from './aim-picture.ts';
import { unreadNames } from './aim-words.ts';
import { type CameraLook, newCameraLook } from './camera-look.ts';
import { settingsPanel } from './camera-settings.ts';
import { judgedList, sharpnessMeter, widthHistogram } from './meters.ts';
import { testPanel } from './test-plate.ts';
import { factList, linkFacts, positionFacts, surveyPanel } from './unit-facts.ts';
import { judgeCamera } from './verdicts.ts';

/** Setting up a camera: what it sees, how well it reads, and what to do. `chosen`: its id; empty: the first. */
export function aim(chosen: string): Screen {
  let look: CameraLook | null = null;
  let of = '';
  let isClear = false;
  let settings: (() => TemplateResult) | null = null;
  const test = testPanel(() => of);
  const survey = surveyPanel();

  const begin = (head: string): void => {
    look?.end();
    of = head;
    look = newCameraLook(head);
    settings = settingsPanel(head);
    look.begin(isClear);
  };
  const showPlates = (isShown: boolean): void => {
    isClear = isShown;
    look?.begin(isClear);
    changed();
  };

  const heading = (ids: readonly string[], head: string): TemplateResult => html`
    <div class="screen-head">
      <h1>Aim ${head}</h1>
      ${key({ label: 'Acceptance sheet', onPress: () => go('aim/sheet') })}
    </div>
    ${
      ids.length > 1
        ? tabs({
            label: 'Camera',
            values: ids.map((value) => ({ value, label: value })),
            chosen: head,
            onChoose: (id) => go(`aim/${id}`),
          })
        : nothing
    }`;

  const pictureOf = (
    head: string,
    { frame, picture, colourPicture: beside, ending, isSilent }: CameraLook,
  ): TemplateResult => html`
    ${
      frame === null || picture === null
        ? html`<p class="aim-wait" role="status">${ending === '' ? 'Waiting for the camera …' : ''}</p>`
        : html`${aimPicture(head, frame, picture)}${plateLines(frame.plates)}
            ${beside === null ? nothing : colourPicture(head, frame.isClear, beside)}`
    }
    ${
      isSilent && frame !== null
        ? html`<p class="refusal" role="alert">
            No new picture comes: this one is old. The camera or its head gives none.
          </p>`
        : nothing
    }
    ${
      ending === ''
        ? nothing
        : html`<p class="refusal" role="alert">${ending}</p>
            ${key({ label: 'Look again', kind: 'first', onPress: () => look?.begin(isClear) })}`
    }
    ${
      may('images.view')
        ? html`<div class="row-keys">
            ${key({ label: isClear ? 'Cover plates' : 'Show plates', onPress: () => showPlates(!isClear) })}
          </div>`
        : nothing
    }`;

  const figuresOf = (figures: AimFigures, now: CameraLook): TemplateResult => {
    const { frame, recent } = now;
    return html`
      ${advice(adviceOn(figures, recent), figures)}
      <section class="aim-part" aria-label="Picture">
        <h2>Picture</h2>
        ${
          frame === null
            ? nothing
            : html`${sharpnessMeter(frame, recent.sharpest, figures.limits.minSharpness)}
                <div class="row-keys">
                  ${key({ label: 'Forget the sharpest', onPress: () => now.forgetSharpest() })}
                </div>`
        }
        ${judgedList(judgeCamera(figures, frame, recent))}
      </section>
      <section class="aim-part" aria-label="Plates">
        <h2>Plates</h2>
        ${widthHistogram(figures.plates.widthsPx)} ${unreadList(figures)}
      </section>
      ${test(figures.test)}
      ${settings?.()}
      <section class="aim-part" aria-label="Position">
        <h2>Position</h2>
        ${factList(positionFacts(figures))} ${survey(figures)}
      </section>
      <section class="aim-part" aria-label="Headquarters">
        <h2>Headquarters</h2>
        ${factList(linkFacts(figures))}
      </section>`;
  };

  return {
    view(): TemplateResult {
      const heads = page.status.heads ?? [];
      const ids = heads.map(({ id }) => id ?? '');
      const head = ids.includes(chosen) ? chosen : (ids[0] ?? '');
      if (head !== '' && of !== head) queueMicrotask(() => of !== head && begin(head));
      const zone = page.status.capture?.suspended?.zone;
      return html`<section class="screen aim">
        ${heading(ids, head)} ${isClear ? purposeLine() : nothing}
        ${ids.length === 0 ? html`<p>No camera is configured.</p>` : nothing}
        ${head === '' || chosen === '' || head === chosen ? nothing : html`<p class="refusal" role="alert">This unit has no camera ${chosen}: this is ${head}.</p>`}
        ${zone ? html`<p class="refusal">Capture is suspended: ${zone}. There is no picture.</p>` : nothing}
        ${look === null || zone ? nothing : html`<div class="aim-sight">${pictureOf(head, look)}</div>`}
        ${look?.figures ? html`<div class="aim-parts">${figuresOf(look.figures, look)}</div>` : nothing}
      </section>`;
    },
    leave: () => look?.end(),
  };
}

function advice(words: readonly string[], { plates }: AimFigures): TemplateResult {
  const nothingToDo =
    plates.widthsPx.length < 3
      ? 'Nothing to do so far. Wait until some vehicles have passed.'
      : 'Nothing to do: this camera is set up well.';
  return html`<section class="aim-part aim-advice" aria-label="What to do">
    <h2>What to do</h2>
    ${words.length === 0 ? html`<p>${nothingToDo}</p>` : html`<ul>${words.map((each) => html`<li>${each}</li>`)}</ul>`}
  </section>`;
}

/** Why plates of the last ten minutes were not read. */
function unreadList({ plates }: AimFigures): TemplateResult {
  const reasons = Object.entries(plates.unread) as [keyof typeof unreadNames, number][];
  const all = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0)
    return html`<p class="quiet-words">No plate of the last 10 minutes went unread.</p>`;
  const words = reasons.map(([reason, count]) => `${count} ${unreadNames[reason]}`).join(', ');
  return html`<p>Not read in 10 minutes: <b>${words}</b>.</p>`;
}
