import { askedOn } from './questions.ts';

/** The screen whose work is being begun; null while none is. */
let begun: object | null = null;

/** Begins what a screen does, also where the person has left it by now: what it asks is asked on that screen alone. */
export function beginOn<Result>(screen: object | null, begin: () => Result): Result {
  const before = begun;
  begun = screen;
  try {
    return begin();
  } finally {
    begun = before;
  }
}

/**
 * Whether what is being begun may still ask something: its screen is the one that is open. To be called before the first
 * await; a question that comes later asks the result.
 */
export function whileHere(): () => boolean {
  const screen = begun ?? askedOn();
  return () => askedOn() === screen;
}
