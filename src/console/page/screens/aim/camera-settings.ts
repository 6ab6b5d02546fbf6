import { html, type TemplateResult } from 'lit-html';
import type { listCameraSettings, SettableCamera, setCamera } from '../../../aim-operations.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { changed, tell } from '../../state.ts';
import { capital, codeWords } from '../../words.ts';
import { newWork } from '../../work.ts';

type Control = SettableCamera['controls'][number];

const cameraNames = { ir: 'Infra-red camera', colour: 'Colour camera' };
const nameOf = (control: string): string => capital(codeWords(control));

/** Exposure, gain and focus of one head's cameras, as far as they have them. */
export function settingsPanel(head: string): () => TemplateResult {
  const work = newWork();
  let cameras: SettableCamera[] | null = null;

  const load = async (): Promise<void> => {
    const answer = await work.run(() =>
      perform<typeof listCameraSettings>('cameras.settings', { head }),
    );
    cameras = answer ?? cameras;
    changed();
  };
  const set = async (camera: SettableCamera['camera'], control: Control, value: number) => {
    const answer = await work.run(() =>
      perform<typeof setCamera>('cameras.set', { head, camera, control: control.name, value }),
    );
    if (answer === undefined) return;
    cameras = (cameras ?? []).map((each) => (each.camera === camera ? answer : each));
    tell(`${nameOf(control.name)} is ${value}. It is kept.`, 'done');
  };

  const field = (camera: SettableCamera['camera'], control: Control): TemplateResult => {
    const id = `${camera}-${control.name}`;
    const { value, kind, min, max, step, choices, isInactive, usual } = control;
    const take = (event: Event) =>
      void set(camera, control, Number((event.target as HTMLInputElement).value));
    const input =
      kind === 'choice'
        ? html`<select id=${id} ?disabled=${isInactive} @change=${take}>
            ${choices.map(
              (choice) =>
                html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</option>`,
            )}
          </select>`
        : kind === 'switch'
          ? html`<input
              id=${id}
              type="checkbox"
              .checked=${value !== 0}
              ?disabled=${isInactive}
              @change=${(event: Event) =>
                void set(camera, control, Number((event.target as HTMLInputElement).checked))}
            />`
          : html`<input
              id=${id}
              type="range"
              min=${min}
              max=${max}
              step=${step}
              .value=${String(value)}
              ?disabled=${isInactive}
              @change=${take}
            />`;
    return html`<div class="field aim-setting">
      <label for=${id}>${nameOf(control.name)} <b>${kind === 'number' ? value : ''}</b></label>
      ${input}
      <small>${isInactive ? 'Another setting has taken this over.' : `Usual: ${usual}`}</small>
    </div>`;
  };

  void load();
  return () => html`<section class="aim-part" aria-label="Exposure, gain, focus">
    <h2>Exposure, gain, focus</h2>
    <p class="quiet-words">
      What you set is kept: Lookout sets it again whenever it opens the camera, also after a restart or a loss of power.
    </p>
    ${(cameras ?? []).map(
      ({ camera, controls, note }) => html`<h3>${cameraNames[camera]}</h3>
        ${note === null ? html`<div class="form">${controls.map((each) => field(camera, each))}</div>` : html`<p>${note}</p>`}`,
    )}
    ${work.line()}
    <div class="row-keys">${key({ label: 'Read them again', onPress: () => void load() })}</div>
  </section>`;
}
