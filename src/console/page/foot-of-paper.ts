import { page } from './state.ts';
import { unitNowMs, whenOnPaper } from './words.ts';

// At the foot of each sheet stands where it is from, and who printed it when (`print.css`): sheets come apart. A browser that
// prints nothing in the margins of a page has a foot line of its own.

addEventListener('beforeprint', () => {
  const { session } = page;
  if (session === null) return;
  const screen = document.querySelector('main h1')?.textContent?.trim() ?? '';
  const { agency, unit } = session.at;
  say('--paper-of', [`${agency} / ${unit}`, screen].filter(Boolean).join(' · '));
  say('--paper-by', `Printed ${whenOnPaper(unitNowMs())} by ${session.name}`);
});

function say(name: string, words: string): void {
  const text = words.replace(/[\s"\\]+/g, ' ');
  document.documentElement.style.setProperty(name, `"${text}"`);
}
