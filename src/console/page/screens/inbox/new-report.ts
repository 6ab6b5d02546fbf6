import { html, nothing } from 'lit-html';
import type * as operations from '../../../../accountability/verification/report-operations.ts';
import { go } from '../../address.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { choice } from '../../parts/choice.ts';
import { areaField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, tell } from '../../state.ts';
import { newWork } from '../../work.ts';

type Filed = AnswerOf<typeof operations.reportError>;
type Kind = Exclude<Filed['kind'], 'lost_unit'>;

/** Reports an error or a violation to those who supervise; `hit`: the alert that it is about. */
export function newReport(hit: string): Screen {
  let kind: Kind = 'error';
  let filed: Filed | null = null;
  const typed = { subject: '', text: '', hit, about: '' };
  const work = newWork();
  const send = async () => {
    const [subject, text, hitId, about] = [typed.subject, typed.text, typed.hit, typed.about].map(
      (each) => each.trim(),
    );
    const done = await work.run(() =>
      perform<typeof operations.reportError>('errors.report', {
        ...{ kind, subject: subject ?? '', text: text ?? '' },
        ...(hitId ? { hitId } : {}),
        ...(about && kind === 'violation' ? { about } : {}),
      }),
    );
    if (done === undefined) return;
    filed = done;
    tell(`It is reported as number ${done.number}.`, 'done');
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void send();
  };
  const field = (
    name: 'subject' | 'hit' | 'about',
    label: string,
    more: { hint: string; longest: number; isRequired?: boolean },
  ) =>
    textField({
      ...{ name, label, value: typed[name], ...more },
      onInput: (value) => {
        typed[name] = value;
      },
    });

  const form = () => html`<form class="form" @submit=${submit}>
    <div class="whole">
      ${choice<Kind>({
        legend: 'What do you report?',
        values: [
          { value: 'error', label: 'An error' },
          { value: 'violation', label: 'A violation of the policy' },
        ],
        chosen: kind,
        onChoose: (next) => {
          kind = next;
          changed();
        },
      })}
    </div>
    ${field('subject', 'What it is about', {
      hint: 'Such as a camera, a hot list or a search',
      longest: 120,
      isRequired: true,
    })}
    ${field('hit', 'Alert, if it is about one', { hint: 'Its number, as its screen shows it', longest: 36 })}
    ${
      kind === 'violation'
        ? field('about', 'Username of whom it is, if you know it', {
            hint: 'They never see the report',
            longest: 64,
          })
        : nothing
    }
    <div class="whole">
      ${areaField({
        name: 'text',
        label: 'What happened',
        value: typed.text,
        rows: 5,
        longest: 4000,
        isRequired: true,
        onInput: (value) => {
          typed.text = value;
        },
      })}
    </div>
    <div class="whole">${work.line()}</div>
    <div class="whole step-keys">
      <button type="submit" class="key first" ?disabled=${work.isBusy}>Report it</button>
    </div>
  </form>`;

  const done = ({ number, readers }: Filed) => html`${
    readers.length === 0
      ? html`<p class="refusal" role="alert">
          It is reported as number ${number}, but nobody here may read it. It goes to
          headquarters; speak to a supervisor.
        </p>`
      : html`<p>
          It is reported as number ${number}, to ${readers.join(', ')}. What becomes of it comes
          into your inbox.
        </p>`
  }
    <div class="row-keys">
      ${key({ label: 'Open it', onPress: () => go(`inbox/report/${number}`) })}
    </div>`;

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Report an error or a violation</h1>
        ${key({ label: 'Inbox', kind: 'quiet', onPress: () => go('inbox') })}
      </div>
      ${filed === null ? form() : done(filed)}
    </section>`,
  };
}
