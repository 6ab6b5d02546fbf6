import { html, nothing } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { recentWords, rememberWord } from '../../recent-words.ts';
import { spoken } from '../../spoken.ts';
import { page, tell } from '../../state.ts';
import { capital, codeWords, timeOfDay } from '../../words.ts';
import { isAtDispatch } from './at-dispatch.ts';
import type { HitWork, Step } from './hit-work.ts';

type Result = 'confirmed' | 'not_wanted' | 'no_response';

/**
 * What dispatch or the car's own computer says of the listed vehicle now: the plate as it is said by radio, and the answer.
 * Who is at dispatch looks it up and answers.
 */
export function statusStep({ id, purpose, take }: HitWork): (told: HitView) => Step {
  const isDispatch = isAtDispatch();
  // Who works at dispatch answers in their own name.
  let source = isDispatch ? (page.session?.name ?? '') : (recentWords('sources')[0] ?? '');
  const askDispatch = () =>
    void take(() =>
      perform<typeof operations.startConfirmation>('hits.start-confirmation', { id }, purpose()),
    );
  const confirm = (channel: 'clets_mdc' | 'dispatch', result: Result) => {
    const named = channel === 'clets_mdc' ? 'MDC of this car' : source.trim();
    if (!isDispatch) rememberWord('sources', channel === 'dispatch' ? named : '');
    const said = { id, channel, source: named, result } as const;
    void take(() =>
      perform<typeof operations.confirmStatus>('hits.confirm-status', said, purpose()),
    );
  };
  const answer = (label: string, channel: 'clets_mdc' | 'dispatch', result: Result) =>
    key({ label, onPress: () => confirm(channel, result), isGuarded: true });
  const who = isDispatch ? 'CLETS' : 'Dispatch';
  const ownComputer = () => html`<fieldset class="answers">
    <legend>What the computer of this car says</legend>
    <div class="step-keys">
      ${answer('My MDC: confirmed', 'clets_mdc', 'confirmed')}
      ${answer('My MDC: not wanted', 'clets_mdc', 'not_wanted')}
    </div>
  </fieldset>`;

  return ({ status, asked, match }) => {
    const { plate, state } = match.entry;
    const said =
      status &&
      `${capital(codeWords(status.result))}, ${status.source}, ${timeOfDay(Date.parse(status.at))}`;
    return {
      name: 'status',
      title: 'Status',
      // That somebody asks is no answer.
      done: said,
      body: () => html`<p class="radio">
          <span>${spoken(plate)}${state === null ? '' : `, ${state}`}</span>
          ${key({ label: 'Copy plate', onPress: () => void copy(plate), kind: 'quiet' })}
          ${
            asked === null && status === null
              ? key({
                  label: isDispatch ? 'I am checking it in CLETS' : 'I am asking dispatch',
                  onPress: askDispatch,
                  isGuarded: true,
                })
              : nothing
          }
        </p>
        ${
          asked === null || status !== null
            ? nothing
            : html`<p class="asked">
                Confirmation in progress since ${timeOfDay(Date.parse(asked.at))}, begun by
                ${asked.by}. Press below what ${isDispatch ? who : 'dispatch'} answers.
              </p>`
        }
        <div class="answer-groups">
          <fieldset class="answers">
            <legend>What ${isDispatch ? who : 'dispatch'} answers</legend>
            <div class="step-keys">
              ${textField({
                name: 'dispatcher',
                label: 'Dispatcher',
                value: source,
                longest: 60,
                suggestions: recentWords('sources'),
                onInput: (text) => {
                  source = text;
                },
              })}
              ${answer(`${who}: confirmed`, 'dispatch', 'confirmed')}
              ${answer(`${who}: not wanted`, 'dispatch', 'not_wanted')}
              ${answer('No answer', 'dispatch', 'no_response')}
            </div>
          </fieldset>
          ${isDispatch ? nothing : ownComputer()}
        </div>`,
    };
  };
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(`Copied: ${text}`, 'noted');
  } catch {
    tell('This browser does not let the page copy.', 'refused');
  }
}
