import type { CloneFinding, CloneVerdict } from '../../accountability/clones/finding.ts';
import { when } from './words.ts';

/** What a plate in two places can be, in the order of the choice. */
export const cloneVerdictNames: Record<CloneVerdict, string> = {
  clone: 'Cloned plate',
  misread: 'Misread',
  clock_or_position: 'Clock or position wrong',
  other: 'Something else',
};

/** What it was judged to be, by whom and when. */
export const judgedWords = ({ judged }: CloneFinding): string =>
  judged === null
    ? 'Not judged'
    : `${cloneVerdictNames[judged.verdict]}, ${judged.by}, ${when(Date.parse(judged.at))}${judged.note === null ? '' : `: ${judged.note}`}`;
