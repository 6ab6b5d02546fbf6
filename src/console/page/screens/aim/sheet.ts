import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, page } from '../../state.ts';
import { unitNowMs, whenOnPaper } from '../../words.ts';
import { adviceOn } from './advice.ts';
import { aimPicture, colourPicture } from './aim-picture.ts';
import { type CameraLook, newCameraLook } from './camera-look.ts';
import { verdictMark } from './meters.ts';
import { testVerdict, testWords } from './test-plate.ts';
import { type Fact, linkFacts, positionFacts } from './unit-facts.ts';
import { judgeCamera } from './verdicts.ts';

const mostAtOnce = 4;
/** Long enough for some pictures and the figures of a second. */
const turnMs = 4000;

/** The acceptance of a unit on one page of paper: each camera's picture without plates, figures with verdicts, a signature. */
export function acceptanceSheet(): Screen {
  const looks = new Map<string, CameraLook>();
  let isHeld = false;
  let heldAtMs = 0;
  const typed = { place: '', person: '', remarks: '' };

  /** Those that are looked at now; the unit lets a browser look at so many. */
  let atOnce: CameraLook[] = [];

  const begin = (ids: readonly string[]): void => {
    for (const id of ids) if (!looks.has(id)) looks.set(id, newCameraLook(id));
    goOn();
  };
  /** Where there are more cameras they come in turns, and the figures of the others stay. */
  const turn = (): void => {
    const waiting = [...looks.values()].filter((look) => !atOnce.includes(look));
    const next = waiting.find(({ figures }) => figures === null) ?? waiting[0];
    const [oldest] = atOnce;
    if (isHeld || next === undefined || oldest === undefined) return;
    oldest.end();
    next.begin(false);
    atOnce = [...atOnce.slice(1), next];
  };
  const turning = setInterval(turn, turnMs);
  const hold = (): void => {
    isHeld = true;
    heldAtMs = unitNowMs();
    for (const look of looks.values()) look.end();
    changed();
  };
  const goOn = (): void => {
    isHeld = false;
    for (const look of looks.values()) look.end();
    atOnce = [...looks.values()].slice(0, mostAtOnce);
    for (const look of atOnce) look.begin(false);
    changed();
  };
  const print = (): void => {
    if (!isHeld) hold();
    // Once the sheet is drawn as it stands.
    requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
  };

  const typedField = (name: keyof typeof typed, label: string): TemplateResult =>
    textField({
      ...{ name: `sheet-${name}`, label, value: typed[name], longest: 120 },
      onInput: (value) => {
        typed[name] = value;
        changed();
      },
    });

  return {
    view() {
      const ids = (page.status.heads ?? []).flatMap(({ id }) => id ?? []);
      if (!isHeld && ids.some((id) => !looks.has(id))) queueMicrotask(() => begin(ids));
      return html`<section class="screen aim-sheet">
        <div class="not-printed">
          <div class="screen-head">
            <h1>Acceptance sheet</h1>
            ${key({ label: 'Back to aiming', onPress: () => go('aim') })}
          </div>
          <p class="quiet-words">
            Let some vehicles pass and try a test plate first: the sheet says what was measured until you hold it. Print it on
            paper, or into a PDF.
          </p>
          <div class="form">
            ${typedField('place', 'Place, vehicle or pole')} ${typedField('person', 'Who accepts')}
            ${typedField('remarks', 'Remarks')}
          </div>
          <div class="row-keys">
            ${isHeld ? key({ label: 'Measure again', onPress: goOn }) : key({ label: 'Hold the figures', onPress: hold })}
            ${key({ label: 'Print', kind: 'first', onPress: print })}
          </div>
        </div>
        ${paper({ looks, typed, atMs: isHeld ? heldAtMs : unitNowMs() })}
      </section>`;
    },
    leave() {
      clearInterval(turning);
      for (const look of looks.values()) look.end();
    },
  };
}

function paper(sheet: {
  looks: ReadonlyMap<string, CameraLook>;
  typed: { place: string; person: string; remarks: string };
  atMs: number;
}): TemplateResult {
  const { looks, typed, atMs } = sheet;
  const at = page.session?.at;
  const [first] = looks.values();
  const figures = first?.figures ?? null;
  return html`<article class="paper" aria-label="Sheet">
    <header>
      <h2>Acceptance of a licence-plate reader</h2>
      <dl class="paper-facts">
        <div><dt>Agency and unit</dt><dd>${at?.agency ?? ''} / ${at?.unit ?? ''}</dd></div>
        <div><dt>Place</dt><dd>${typed.place || '…'}</dd></div>
        <div><dt>Date</dt><dd>${whenOnPaper(atMs)}</dd></div>
      </dl>
    </header>
    ${[...looks].map(([id, look]) => camera(id, look))}
    ${
      figures === null
        ? nothing
        : html`<div class="paper-unit">
            ${facts('Position', positionFacts(figures))} ${facts('Headquarters', linkFacts(figures))}
          </div>`
    }
    ${typed.remarks === '' ? nothing : html`<p>Remarks: ${typed.remarks}</p>`}
    <footer>
      <div><span>${typed.person}</span><small>Name</small></div>
      <div><span></span><small>Date and signature</small></div>
    </footer>
  </article>`;
}

function camera(id: string, look: CameraLook): TemplateResult {
  const { frame, picture, colourPicture: beside, figures, recent, ending } = look;
  if (figures === null) {
    return html`<section class="paper-camera"><h3>Camera ${id}</h3><p>${ending || 'No figures yet.'}</p></section>`;
  }
  const judged = judgeCamera(figures, frame, recent);
  const open = judged.filter(({ verdict }) => verdict.className !== 'good');
  const advice = adviceOn(figures, recent);
  const { test, camera: seen } = figures;
  return html`<section class="paper-camera">
    <h3>
      Camera ${id}${seen === null ? '' : `, ${seen.width} × ${seen.height}`}:
      ${open.length === 0 ? 'all figures are good' : `${open.length} of ${judged.length} figures are not good`}
    </h3>
    <div class="paper-sight">
      ${
        frame === null || picture === null
          ? html`<p>No picture. ${ending}</p>`
          : html`<div class="paper-pictures">
              ${aimPicture(id, frame, picture)}
              ${beside === null ? nothing : colourPicture(id, frame.isClear, beside)}
            </div>`
      }
      <table>
        <caption class="said">Figures of camera ${id}</caption>
        <thead>
          <tr><th scope="col">Figure</th><th scope="col">Measured</th><th scope="col">Wanted</th><th scope="col">Verdict</th></tr>
        </thead>
        <tbody>
          ${judged.map(
            ({ name, value, wanted, verdict }) => html`<tr>
              <th scope="row">${name}</th><td>${value}</td><td class="wanted">${wanted}</td><td>${verdictMark(verdict)}</td>
            </tr>`,
          )}
          <tr>
            <th scope="row">Test plate</th>
            <td colspan="2">${test === null ? 'was not tried' : testWords(test)}</td>
            <td>${test === null ? nothing : verdictMark(testVerdict(test))}</td>
          </tr>
        </tbody>
      </table>
    </div>
    ${advice.length === 0 ? nothing : html`<ul>${advice.map((each) => html`<li>${each}</li>`)}</ul>`}
  </section>`;
}

const facts = (title: string, list: readonly Fact[]): TemplateResult => html`<section>
  <h3>${title}</h3>
  <ul>
    ${list.map(
      ({ name, value, verdict }) =>
        html`<li>${name}: <b>${value}</b> ${verdict === null ? nothing : verdictMark(verdict)}</li>`,
    )}
  </ul>
</section>`;
