import { html, nothing, type TemplateResult } from 'lit-html';
import type { TestPlateState } from '../../../aim-line.ts';
import type { beginPlateTest, endPlateTest } from '../../../aim-operations.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { changed } from '../../state.ts';
import { newWork } from '../../work.ts';
import { bad, doubtful, good, percent, type Verdict } from './aim-words.ts';
import { verdictMark } from './meters.ts';

/** Frames from which on a test says something. */
const fewFrames = 10;

/** Whether a plate that was held before the camera is read well. */
export function testVerdict({ found, right }: TestPlateState): Verdict {
  if (found < fewFrames) return doubtful('too few frames yet');
  const share = right / found;
  if (share >= 0.9) return good('passed');
  return share >= 0.7 ? doubtful('doubtful') : bad('not passed');
}

/** The result of a test in words. */
export function testWords({
  found,
  right,
  medianConfidence,
  medianWidthPx,
}: TestPlateState): string {
  const width = medianWidthPx === null ? '' : `, ${Math.round(medianWidthPx)} px wide`;
  const sure = medianConfidence === null ? '' : `, ${percent(medianConfidence)} sure`;
  return `Read ${right} of ${found}${sure}${width}`;
}

/** The test with a plate that is held before the camera. */
export function testPanel(head: () => string): (state: TestPlateState | null) => TemplateResult {
  const work = newWork();
  let plate = '';

  const begin = async (): Promise<void> => {
    await work.run(() =>
      perform<typeof beginPlateTest>('cameras.test-plate', { head: head(), plate }),
    );
  };
  const end = async (): Promise<void> => {
    await work.run(() => perform<typeof endPlateTest>('cameras.end-test', { head: head() }));
  };

  return (state) => {
    const isOn = state !== null && state.leftS > 0;
    return html`<section class="aim-part" aria-label="Test plate">
      <h2>Test plate</h2>
      <p class="quiet-words">
        Hold a plate before the camera. It is not recorded during the test, unless it is on a hot list: then it alerts as ever.
      </p>
      <div class="filters">
        ${textField({
          name: 'test-plate',
          label: 'Plate that is held',
          value: plate,
          longest: 12,
          kind: 'plate',
          onInput: (value) => {
            plate = value;
            changed();
          },
        })}
        ${key({
          label: isOn ? 'Begin again' : 'Begin the test',
          kind: 'first',
          isDisabled: plate.trim() === '' || work.isBusy,
          onPress: () => void begin(),
        })}
        ${isOn ? key({ label: 'End the test', onPress: () => void end() }) : nothing}
      </div>
      ${work.line()}
      ${
        state === null
          ? nothing
          : html`<p class="aim-result">
              <b>${testWords(state)}</b> ${verdictMark(testVerdict(state))}
              ${isOn ? `${Math.ceil(state.leftS)} s left` : 'The test is over.'}
            </p>`
      }
    </section>`;
  };
}
