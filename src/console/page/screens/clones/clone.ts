import { html, nothing, type TemplateResult } from 'lit-html';
import type { CloneVerdict, OpenedClone } from '../../../../accountability/clones/finding.ts';
import type { judgeClone, openClone } from '../../../../accountability/clones/operations.ts';
import type { TwoPlaces } from '../../../../accountability/search/results.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { cloneVerdictNames, judgedWords } from '../../clone-words.ts';
import { farApart } from '../../parts/far-apart.ts';
import { areaField, selectField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { lookedUp } from '../../parts/looked-up.ts';
import { newMap } from '../../parts/map/map-part.ts';
import { plate } from '../../parts/plate.ts';
import { lookFor, purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { changed, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { openPictures } from '../search/search-pictures.ts';

/** One plate in two places: both reads with their pictures, the way between them, and a person's verdict. */
export function clone(id: string): Screen {
  let opened: OpenedClone | null = null;
  let verdict: CloneVerdict | '' = '';
  let note = '';
  const work = newWork();
  const steps = newWork();
  const map = newMap();
  const load = async () => {
    opened = (await work.run(() => lookFor<typeof openClone>('clones.open', { id }))) ?? null;
    changed();
  };
  void load();

  const compare = async ({ reads }: TwoPlaces) => {
    await steps.run(() => openPictures(reads));
    changed();
  };
  const judge = async (event: Event) => {
    event.preventDefault();
    if (verdict === '' || opened === null) return;
    const given = { id, verdict, ...(note.trim() === '' ? {} : { note }) };
    const finding = await steps.run(() => perform<typeof judgeClone>('clones.judge', given));
    if (finding === undefined) return;
    opened = { ...opened, ...finding };
    [verdict, note] = ['', ''];
    tell('The verdict is on file.', 'done');
  };

  const form = (): TemplateResult => html`<form class="form" @submit=${judge}>
    ${selectField<CloneVerdict | ''>({
      ...{ name: 'clone-verdict', label: 'What it is', chosen: verdict },
      values: [
        { value: '', label: 'Choose' },
        ...(Object.keys(cloneVerdictNames) as CloneVerdict[]).map((value) => ({
          value,
          label: cloneVerdictNames[value],
        })),
      ],
      onChoose: (value) => {
        verdict = value;
        changed();
      },
    })}
    <div class="whole">
      ${areaField({
        ...{
          name: 'clone-note',
          label: verdict === 'other' ? 'What it is' : 'Why, if it needs words',
        },
        ...{ value: note, longest: 500, isRequired: verdict === 'other' },
        onInput: (text) => {
          note = text;
        },
      })}
    </div>
    <div class="row-keys whole">
      <button type="submit" class="key first" ?disabled=${steps.isBusy || verdict === ''}>Note the verdict</button>
    </div>
  </form>`;

  const body = (finding: OpenedClone): TemplateResult => {
    const { pairs, times, state } = finding;
    const [newest] = pairs;
    const path = (newest?.reads ?? []).flatMap((read) => {
      const { latitude, longitude } = read;
      return latitude === null || longitude === null ? [] : [{ ...read, latitude, longitude }];
    });
    return html`<div class="plate-line">${plate('read', finding.plate, {})}</div>
      <p>
        ${state === null ? 'No read tells the state.' : `State ${state}.`} ${times === 1 ? 'Once' : `${times} times`} in two
        places. <b>${judgedWords(finding)}</b>
      </p>
      ${path.length === 2 ? map.view({ label: 'The way between both reads', path, fit: finding }) : nothing}
      ${pairs.map((pair) => farApart(pair, () => void compare(pair)))}
      ${pairs.length < times ? html`<p class="quiet-words">The newest ${pairs.length} of ${times} are shown.</p>` : nothing}
      <section class="part" aria-labelledby="clone-verdict-head">
        <h2 id="clone-verdict-head">${finding.judged === null ? 'Your verdict' : 'Another verdict'}</h2>
        <p class="quiet-words">
          The plate is there twice, or one of both reads is wrong: compare the pictures. What you decide is in the audit log.
        </p>
        ${form()}
      </section>`;
  };

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Possible clone</h1>
        ${key({ label: 'Back to the list', kind: 'quiet', onPress: () => go('clones') })}
      </div>
      ${purposeLine()} ${work.line()} ${steps.line()}
      ${lookedUp(opened && body(opened), work, 'It is shown', () => void load())}
    </section>`,
  };
}
