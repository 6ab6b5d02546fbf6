import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lost-unit/operations.ts';
import { type AnswerOf, perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { areaField, selectField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { changed, tell } from '../state.ts';
import { newWork } from '../work.ts';

type Told = AnswerOf<typeof operations.reportLostUnit>;

const wishes = [
  { value: 'lock', label: 'Lock it: nobody gets in' },
  { value: 'wipe', label: 'Wipe it: everything on it is destroyed' },
] as const;

/** Another unit was lost: the people at headquarters are asked to lock or wipe it, which they alone can (BRE-1). */
export function otherLostUnit(): () => TemplateResult {
  const typed = { unit: '', wish: 'lock' as 'lock' | 'wipe', reason: '' };
  let told: (Told & { unit: string }) | null = null;
  const work = newWork();

  const ask = async (event: Event) => {
    event.preventDefault();
    const { unit, wish } = typed;
    const isMeant = await confirmDeed({
      title: `Ask headquarters to ${wish} ${unit}?`,
      words:
        'Somebody there must order it; until then nothing is done to that unit. Call them as well.',
      deed: 'Ask headquarters',
    });
    if (!isMeant) return;
    const answer = await work.run(() =>
      perform<typeof operations.reportLostUnit>('unit.report-lost', typed),
    );
    if (answer === undefined) return changed();
    told = { ...answer, unit: unit.trim() };
    Object.assign(typed, { unit: '', reason: '' });
    tell('It is on its way to headquarters.', 'done');
  };
  const look = async (report: Told & { unit: string }) => {
    const answer = await work.run(() =>
      perform<typeof operations.showLostReport>('unit.lost-report', { id: report.id }),
    );
    if (answer !== undefined) told = { ...report, ...answer };
    changed();
  };
  const standing = (report: Told & { unit: string }) => html`<p role="status" class="doubt">
      ${
        report.received
          ? `Headquarters’ computer has it. ${report.unit} is locked or wiped only once somebody there orders it: call them.`
          : `It waits for the link. Nothing is done to ${report.unit} yet: call headquarters.`
      }
    </p>
    <div class="step-keys">
      ${report.received ? nothing : key({ label: 'Has headquarters got it?', onPress: () => void look(report) })}
    </div>`;

  return () => html`<section class="part" aria-labelledby="other-unit">
    <h2 id="other-unit">Another unit is lost</h2>
    <p>
      This asks the people at headquarters to lock or wipe it. They alone can, by their order to that unit, and it obeys
      when it next has a link.
    </p>
    <form class="step-body" @submit=${ask}>
      ${textField({
        ...{ name: 'lost-unit', label: 'Its id, like car-7', value: typed.unit, longest: 63 },
        isRequired: true,
        onInput: (text) => {
          typed.unit = text;
        },
      })}
      ${selectField({
        name: 'lost-wish',
        label: 'What they should do',
        values: wishes,
        chosen: typed.wish,
        onChoose: (wish) => {
          typed.wish = wish;
        },
      })}
      ${areaField({
        ...{ name: 'lost-reason', label: 'What happened', value: typed.reason, longest: 500 },
        onInput: (text) => {
          typed.reason = text;
        },
      })}
      ${work.line()}
      <div class="step-keys">
        <button type="submit" class="key" ?disabled=${work.isBusy}>Ask headquarters</button>
      </div>
    </form>
    ${told === null ? nothing : standing(told)}
  </section>`;
}
