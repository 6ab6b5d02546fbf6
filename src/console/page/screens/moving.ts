import { html, type TemplateResult } from 'lit-html';
import { go } from '../address.ts';
import { switchPassenger } from '../motion.ts';
import { key } from '../parts/key.ts';

/** In the place of a screen that is for a standing car, or for the passenger; what was typed in it stays. */
export function movingScreen(title: string): TemplateResult {
  return html`<section class="screen moving-screen">
    <h1>The car is moving</h1>
    <p>${title} opens when the car stands. What was typed is kept.</p>
    <div class="step-keys">
      ${key({ label: 'Drive', onPress: () => go('drive'), kind: 'first' })}
      ${key({ label: 'Passenger has the screen', onPress: () => void switchPassenger(true) })}
    </div>
  </section>`;
}
