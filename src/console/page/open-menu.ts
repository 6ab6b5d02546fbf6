import type { TemplateResult } from 'lit-html';
import { key } from './parts/key.ts';
import { lockByHand } from './stream.ts';

/** `isLeaving`: Log out was pressed while alerts are open; a second press means it. */
export const openMenu = { isOpen: false, isLeaving: false };

/** Closes the menu, as after a choice; says whether it was open. */
export function closeMenu(): boolean {
  const { isOpen } = openMenu;
  Object.assign(openMenu, { isOpen: false, isLeaving: false });
  return isOpen;
}

export const lockKey = (): TemplateResult =>
  key({
    label: 'Lock',
    kind: 'quiet',
    onPress: () => {
      closeMenu();
      void lockByHand();
    },
  });
