import type { TemplateResult } from 'lit-html';

/** A screen while it is open. */
export interface Screen {
  view(): TemplateResult;
  /** Called when another screen comes. Who has this keeps what was typed by itself, or keeps nothing. */
  leave?(): void;
  /** Called when it comes again as it was left, with what was typed: what the unit knows may have changed. */
  comeBack?(): void;
}

/** A part of the menu. */
export type MenuPart = 'alerts' | 'reads' | 'lists' | 'oversight' | 'people' | 'unit';

/** A screen that the page can go to; its module is loaded when somebody goes there. */
export interface Place {
  /** In the address: `#/search`, or `#/hit/<id>` with what follows as `rest`. */
  path: string;
  title: string;
  /** Shown only to who has this permission, or one of these; null: to everyone. */
  permission: string | readonly string[] | null;
  /** Its part of the menu; null: it is reached from a screen. */
  menu: MenuPart | null;
  /** Where it is: on units, or at headquarters. Default: on both. */
  only?: 'units' | 'headquarters';
  /** Whether it is shown while the car moves. Default: it is for a standing car, or the passenger. */
  isForMoving?: boolean;
  /** Whether it is worked with at the screen of a car: its keys are for a finger then. Default: it is for a desk. */
  isForCar?: boolean;
  /** Style sheets that are loaded with it. Default: those of a desk. */
  looks?: readonly string[];
  /** Loads its module; what it resolves with opens the screen. `rest`: of the address. */
  open: (rest: string) => Promise<(rest: string) => Screen>;
}
