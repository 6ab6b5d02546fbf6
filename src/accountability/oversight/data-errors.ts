import type { ClonedMisread } from '../clones/finding.ts';
import type { ErrorReports } from '../verification/error-reports.ts';
import type { FoundErrors } from '../verification/found-errors.ts';
import type { Correction } from '../verification/step.ts';
import type { Period } from './period.ts';

/** An error of the data that the memorandum lists, so that it can be corrected (V 426.8, AUD-8). */
export interface DataError {
  at: string;
  by: string;
  /** What it was found in: `hit 0193…`, `report 12`, `two places 0193…`. */
  source: string;
  /** `misread characters`, `stale entry`, …, or the subject of a report. */
  what: string;
  /** As it was, and as it is right; null where nothing is corrected. */
  correction: string | null;
  text: string;
}

/** Finds the errors of a period, oldest first. */
export type DataErrors = (period: Period) => DataError[];

/**
 * What dispositions found to be misread, stale or wrongly entered, with the correction (VER-11), also of hits that are no
 * longer here, what employees reported, and plates in two places that were judged to be misreads. A disposition that was put right later counts as it is now. Reports of violations are none of them.
 */
export function createDataErrors(deps: {
  found: Pick<FoundErrors, 'between'>;
  reports: Pick<ErrorReports, 'errors'>;
  /** At headquarters: plates in two places that were misreads, of a time. */
  misreads?: ((sinceMs: number, untilMs: number) => ClonedMisread[]) | undefined;
}): DataErrors {
  const { found, reports, misreads = () => [] } = deps;
  return ({ from, to }) => {
    const span = [Date.parse(from), Date.parse(to)] as const;
    const disposed = found.between(...span).map(
      ({ hitId, at, by, head, outcome, correction, list, entry, notes }): DataError => ({
        at,
        by,
        source: `hit ${hitId}`,
        what: outcome.replaceAll('_', ' '),
        correction: correctionWords(correction),
        text: [
          `camera ${head ?? 'unknown'}`,
          `${list}, entry ${entry}`,
          ...(notes === null ? [] : [notes]),
        ].join('; '),
      }),
    );
    const reported = reports
      .errors(...span)
      .filter(({ outcome }) => outcome !== 'no_fault_found')
      .map(
        ({ number, at, by, subject, text, state, outcome }): DataError => ({
          at,
          by,
          source: `report ${number}`,
          what: subject,
          correction: null,
          text: `${text} (${outcome?.replaceAll('_', ' ') ?? state})`,
        }),
      );
    const cloned = misreads(...span).map(
      ({ id, at, by, units, leastM, mostS, note }): DataError => ({
        ...{ at, by, source: `two places ${id}`, what: 'misread characters', correction: null },
        text: [
          `one plate read by ${units.join(' and ')}, at least ${(leastM / 1000).toFixed(1)} km apart within ${Math.round(mostS)} s`,
          ...(note === null ? [] : [note]),
        ].join('; '),
      }),
    );
    return [...disposed, ...reported, ...cloned].sort((a, b) => (a.at < b.at ? -1 : 1));
  };
}

function correctionWords(correction: Correction | null): string | null {
  if (correction === null) return null;
  const words = ({ plate, state }: Correction['original']) =>
    `${plate ?? 'not read'}${state === null ? '' : ` (${state})`}`;
  return `${words(correction.original)} → ${words(correction.corrected)}`;
}
