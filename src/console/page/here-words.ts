import { isHeadquarters } from './state.ts';

/** Where the page is: "on this unit", or "at headquarters". */
export const onThisUnit = (): string => (isHeadquarters() ? 'at headquarters' : 'on this unit');

/** Where the page is, at the beginning of a sentence. */
export const thisUnit = (): string => (isHeadquarters() ? 'Headquarters' : 'This unit');
