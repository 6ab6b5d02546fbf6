import { html, type TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import { key } from '../../parts/key.ts';
import { type NumberPad, numberPad } from '../../parts/number-pad.ts';
import { recentWords, rememberWord } from '../../recent-words.ts';

/** Before the first step, where the policy asks of every look for a number (A 429.4): which one this alert has. */
export function numberStep(onGiven: (number: string) => void): () => TemplateResult {
  const pad: NumberPad = { value: '' };
  const give = () => {
    const number = pad.value.trim();
    rememberWord('numbers', number);
    onGiven(number);
  };
  return () => html`<p>The policy asks for a case or incident number before an alert is looked at. Dispatch gives it.</p>
    ${numberPad(
      pad,
      'CAD or incident number',
      recentWords('numbers'),
      html`${key({ label: 'Go on', kind: 'first', onPress: give })}
      ${key({ label: 'Back', kind: 'quiet', onPress: () => go('drive') })}`,
    )}`;
}
