import type { ListStatus } from '../../hotlist/hit-match.ts';
import { capital, span } from './words.ts';

/** How a list is, in words, and how good that is. */
export function listStanding({ state, enabled, removed }: ListStatus): {
  words: string;
  mood: 'good' | 'doubt' | 'bad' | '';
} {
  if (enabled && removed?.from === 'headquarters') {
    return { words: 'Taken back by headquarters, does not alert', mood: '' };
  }
  if (!enabled || state === 'off') return { words: 'Off, does not alert', mood: '' };
  return {
    current: { words: 'Alerts', mood: 'good' as const },
    old: { words: 'Alerts, marked as old', mood: 'doubt' as const },
    expired: { words: 'Too old, does not alert', mood: 'bad' as const },
    empty: { words: 'Empty, does not alert', mood: 'bad' as const },
  }[state];
}

/** "14 h old" */
export const ageWords = ({ ageS }: ListStatus): string =>
  ageS === null ? '–' : `${span(ageS)} old`;

const sourceNames: Record<ListStatus['source'], string> = {
  department: 'Department',
  state: 'State',
  federal: 'Federal',
};

/** "State list, general" */
export const sourceWords = ({ source, type }: ListStatus): string =>
  `${sourceNames[source]}, ${type === 'specific' ? 'specific: informational' : 'general'}`;

/** What is wrong with a list, for who has a file picker in place of a command line; null for nothing. */
export const problemWords = ({ problem }: ListStatus): string | null =>
  problem === null
    ? null
    : capital(
        problem.replaceAll(/lookout hotlist import \S+ FILE --as-of TIME/g, 'pick a file for it'),
      );
