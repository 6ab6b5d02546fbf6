import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Bookings } from './bookings.ts';
import {
  bookEvidence,
  fetchEvidence,
  listEvidence,
  makeEvidence,
  showEvidenceKey,
} from './operations.ts';
import type { Packages } from './packages.ts';

/** Operations to make and fetch evidence packages, on this unit. */
export function evidenceOperations(deps: {
  packages: Packages;
  bookings: Bookings;
  agency: string;
  /** The id of the release request with this number or id. */
  releaseIdOf: (reference: string) => string | null;
}): Operation[] {
  const { packages, bookings, agency, releaseIdOf } = deps;
  return [
    makeEvidence.does(
      async ({ recipient, ...selection }, { actor, inquiry, nowMs }) => {
        if (recipient !== null && recipient !== agency && selection.release === null) {
          throw new Refusal(
            403,
            'release-missing',
            `A package for ${recipient} needs an approved release request: enter one with "lookout release request".`,
          );
        }
        const made = await packages.make({ ...selection, recipient }, actor, inquiry, nowMs);
        const { id, contents, release } = made;
        const caseNumber = selection.caseNumber ?? inquiry?.caseNumber ?? null;
        const detections = contents.detections;
        bookings.made(
          { id, caseNumber, detections, release: release?.number ?? null },
          actor,
          nowMs,
        );
        return made;
      },
      {
        object: ({ release }) =>
          release === null ? 'evidence package' : `release ${releaseIdOf(release) ?? release}`,
      },
    ),
    fetchEvidence.does(({ id, from }, { nowMs }) => packages.fetch(id, from, nowMs)),
    listEvidence.does((options) => bookings.list(options)),
    bookEvidence.does((booking, { actor, nowMs }) => bookings.book(booking, actor, nowMs)),
    showEvidenceKey.does(async () => {
      const { fingerprint, publicKeyPem } = await packages.key();
      return { fingerprint, publicKeyPem };
    }),
  ];
}
