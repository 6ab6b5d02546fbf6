import type { UnitRevocations } from '../../accountability/lost-unit/unit-revocations.ts';

/** What people ordered to be revoked, until it is done. */
export interface OrderedRevocations extends AsyncDisposable {
  start(): void;
  list: UnitRevocations['list'];
  problems: UnitRevocations['problems'];
}

/** An order that could not be carried out, since another command works on the authority, is tried again after this, ms. */
const againAfterMs = 20_000;

/** Carries out at the start what a crash left undone, and from then on what could not be done at once. */
export function createOrderedRevocations(
  revocations: Omit<UnitRevocations, 'order' | 'note'>,
): OrderedRevocations {
  const { carryOut, resume, list, problems } = revocations;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  return {
    start() {
      last = resume();
      timer = setInterval(() => {
        last = carryOut();
      }, againAfterMs);
    },
    list,
    problems,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}
