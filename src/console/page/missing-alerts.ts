import { isHeadquarters, page } from './state.ts';

/**
 * What the page cannot say of the open alerts, since it has not been sent them: "40 alerts are not here yet". Null where it has
 * all of them: only then may it say that there is none.
 */
export function missingAlerts(): string | null {
  if (!page.isTold) {
    return `${isHeadquarters() ? 'Headquarters' : 'The unit'} has not told its alerts yet`;
  }
  const { coming, notShown } = page;
  const count = coming + notShown;
  if (count === 0) return null;
  const are = count === 1 ? '1 alert is' : `${count} alerts are`;
  return coming > 0 ? `${are} not here yet` : `${are} not shown here: see Open alerts`;
}
