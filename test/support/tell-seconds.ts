/**
 * Prints how long something took since `startedMs` (by `performance.now()`) where LOOKOUT_TEST_FIGURES is set: for the
 * tables of the READMEs.
 */
export function tellSeconds(what: string, startedMs: number): void {
  if (process.env.LOOKOUT_TEST_FIGURES === undefined) return;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`figure: ${what}: ${seconds} s\n`);
}
