import type { ErrorReports } from '../verification/error-reports.ts';
import type { Verification } from '../verification/verification.ts';
import type { Period } from './period.ts';

/** An error of the data that the memorandum lists, so that it can be corrected (V 426.8, AUD-8). */
export interface DataError {
  at: string;
  by: string;
  /** What it was found in: `hit 0193…`, `report 12`. */
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
 * What dispositions found to be misread, stale or wrongly entered, with the correction (VER-11), and what employees
 * reported. A disposition that was put right later counts as it is now. Reports of violations are none of them.
 */
export function createDataErrors(deps: {
  verification: Pick<Verification, 'errors' | 'open'>;
  reports: Pick<ErrorReports, 'errors'>;
}): DataErrors {
  const { verification, reports } = deps;
  return ({ from, to }) => {
    const span = [Date.parse(from), Date.parse(to)] as const;
    const found = new Map<string, DataError>();
    for (const { hitId, outcome, at, head } of verification.errors(...span)) {
      const { disposition, match } = verification.open(hitId);
      if (disposition?.outcome !== outcome) continue;
      found.set(hitId, {
        at,
        by: disposition.by,
        source: `hit ${hitId}`,
        what: outcome.replaceAll('_', ' '),
        correction: correctionWords(disposition.correction as Correction | null),
        text: [
          `camera ${head ?? 'unknown'}`,
          `${match.list.name}, entry ${match.entry.id}`,
          ...(disposition.notes === null ? [] : [disposition.notes]),
        ].join('; '),
      });
    }
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
    return [...found.values(), ...reported].sort((a, b) => (a.at < b.at ? -1 : 1));
  };
}

interface Correction {
  original: { plate: string; state: string | null };
  corrected: { plate: string; state: string | null };
}

function correctionWords(correction: Correction | null): string | null {
  if (correction === null) return null;
  const words = ({ plate, state }: Correction['original']) =>
    state === null ? plate : `${plate} (${state})`;
  return `${words(correction.original)} → ${words(correction.corrected)}`;
}
