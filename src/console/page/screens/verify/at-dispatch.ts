import { isHeadquarters, page } from '../../state.ts';

/**
 * Whether this person looks the vehicle up for the officers (B 466.9): by their role, or as one who sits at headquarters.
 * They see no vehicle, and ask no dispatcher.
 */
export const isAtDispatch = (): boolean =>
  isHeadquarters() || page.session?.role.startsWith('dispatch') === true;
