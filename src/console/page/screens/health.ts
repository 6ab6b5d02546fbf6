import { html, nothing } from 'lit-html';
import { healthOf } from '../health.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { testSound, toggleSound, toggleVoice } from '../sound.ts';
import { may, page } from '../state.ts';

/** Whether everything that must work does, and what to do about what does not. */
export function health(): Screen {
  return {
    view: () => html`<section class="screen">
      <h1>Health</h1>
      <div class="tiles">
        ${healthOf(page.status).map(
          ({ name, mood, text, problem }) => html`<div class="tile ${mood}">
            <h2>${name}</h2>
            <p class="tile-text">${text}</p>
            ${problem === null ? nothing : html`<p class="tile-problem">${problem}</p>`}
          </div>`,
        )}
      </div>
      ${
        may('alerts.watch') && page.status.sound
          ? html`<div class="step-keys">
              ${key({ label: 'Test the sound', onPress: () => void testSound() })}
              ${key({
                label:
                  page.status.sound.state === 'muted'
                    ? 'Let alerts sound again'
                    : 'Mute for 15 min',
                onPress: () => void toggleSound(),
              })}
              ${key({
                label: page.status.sound.discreet
                  ? 'Let the voice say plates'
                  : 'Say no plates before a passenger',
                onPress: () => void toggleVoice(),
              })}
            </div>`
          : nothing
      }
      ${page.status.release ? html`<p class="quiet-words">Release ${page.status.release}</p>` : nothing}
    </section>`,
  };
}
