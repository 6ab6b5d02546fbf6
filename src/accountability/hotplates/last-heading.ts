import { type Heading, headingNames } from '../../position/heading.ts';

/**
 * In which direction a vehicle went when it was last seen stands in words at the end of the synopsis, "Fled the scene. (Last
 * seen heading NE)": a unit or a headquarters of an older release, whose messages know no field for it, then keeps it, tells
 * it to the others and shows it on the alert.
 */
const words = `\\(Last seen heading (${headingNames.join('|')})\\)`;
const atEnd = new RegExp(`^(?:(.*) )?${words}$`, 's');
const anywhere = new RegExp(` ?${words}\\.?`);

/** A synopsis as it was typed, and the direction of travel that was chosen beside it. */
export interface ToldSynopsis {
  synopsis: string | null;
  lastHeading: Heading | null;
}

/** The synopsis as the entry holds it. */
export function synopsisOf({ synopsis, lastHeading }: ToldSynopsis): string | null {
  if (lastHeading === null) return synopsis;
  return [...(synopsis === null ? [] : [synopsis]), `(Last seen heading ${lastHeading})`].join(' ');
}

/** The parts of a synopsis that an entry holds. */
export function toldSynopsis(synopsis: string | null): ToldSynopsis {
  const found = atEnd.exec(synopsis ?? '');
  if (found === null) return { synopsis, lastHeading: null };
  return { synopsis: found[1] ?? null, lastHeading: found[2] as Heading };
}

/** The reason of an alert, which has the synopsis in its middle, without the direction, and the direction. */
export function toldReason(reason: string): { reason: string; lastHeading: Heading | null } {
  const found = anywhere.exec(reason);
  if (found === null) return { reason, lastHeading: null };
  const rest = `${reason.slice(0, found.index)}${reason.slice(found.index + found[0].length)}`;
  return { reason: rest.trim(), lastHeading: found[1] as Heading };
}
