import { html, nothing, type TemplateResult } from 'lit-html';
import type { listChecks, UnitFinding } from '../../check-operations.ts';
import { perform } from '../api.ts';
import { type Health, healthOf, type Mood } from '../health.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { testSound, toggleSound, toggleVoice } from '../sound.ts';
import { changed, may, page } from '../state.ts';
import { withoutCommands } from '../without-commands.ts';
import { capital } from '../words.ts';
import { newWork } from '../work.ts';

/** Whether everything that must work does, and what to do about what does not. */
export function health(): Screen {
  let findings: readonly UnitFinding[] = [];
  const work = newWork();
  const look = async () => {
    const told = await work.run(() => perform<typeof listChecks>('unit.checks', {}));
    findings = told ?? findings;
    changed();
  };
  const mayCheck = may('diagnostics.read');
  if (mayCheck) void look();
  // Not again by itself: each look is recorded, and counts as use of the session.
  const again = () =>
    key({
      label: 'Look again',
      kind: 'quiet',
      onPress: () => void look(),
      isDisabled: work.isBusy,
    });
  return {
    view: () => html`<section class="screen">
      <h1>Health</h1>
      <div class="tiles">${healthOf(page.status).map(tile)}</div>
      ${soundKeys()} ${mayCheck ? computer(findings, html`${work.line()} ${again()}`) : nothing}
      ${page.status.release ? html`<p class="quiet-words">Release ${page.status.release}</p>` : nothing}
    </section>`,
  };
}

const tile = ({ name, mood, text, problem }: Omit<Health, 'short'>): TemplateResult =>
  html`<div class="tile ${mood}">
    <h2>${name}</h2>
    <p class="tile-text">${text}</p>
    ${problem === null ? nothing : html`<p class="tile-problem">${problem}</p>`}
  </div>`;

const soundKeys = () =>
  may('alerts.watch') && page.status.sound
    ? html`<div class="step-keys">
        ${key({ label: 'Test the sound', onPress: () => void testSound() })}
        ${key({
          label: page.status.sound.state === 'muted' ? 'Let alerts sound again' : 'Mute for 15 min',
          onPress: () => void toggleSound(),
        })}
        ${key({
          label: page.status.sound.discreet
            ? 'Let the voice say plates'
            : 'Say no plates before a passenger',
          onPress: () => void toggleVoice(),
        })}
      </div>`
    : nothing;

const moods: Record<UnitFinding['result'], Mood> = {
  ok: 'good',
  untried: 'doubt',
  warning: 'doubt',
  failure: 'bad',
};
const rank: Record<Mood, number> = { bad: 0, doubt: 1, good: 2 };

/** How the computer is set up, by the checks of `lookout doctor`; what is wrong first. */
const computer = (
  findings: readonly UnitFinding[],
  keys: TemplateResult,
) => html`<h2>This computer</h2>
  ${findings.length === 0 ? html`<p class="quiet-words">No check was made yet.</p>` : nothing}
  <div class="tiles">
    ${findings
      .toSorted((a, b) => rank[moods[a.result]] - rank[moods[b.result]])
      .map(({ subject, result, says, advice }) =>
        tile({
          name: capital(subject),
          mood: moods[result],
          text: capital(says),
          problem: advice === '' ? null : withoutCommands(advice),
        }),
      )}
  </div>
  <div class="row-keys">${keys}</div>`;
