import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { fetchEvidence, makeEvidence, showEvidenceKey } from './operations.ts';
import type { Packages } from './packages.ts';

/** Operations to make and fetch evidence packages, on this unit. */
export function evidenceOperations(deps: { packages: Packages; agency: string }): Operation[] {
  const { packages, agency } = deps;
  return [
    makeEvidence.does(({ recipient, ...selection }, { actor, inquiry, nowMs }) => {
      if (recipient !== null && recipient !== agency && selection.release === null) {
        throw new Refusal(
          403,
          'release-missing',
          `A package for ${recipient} needs an approved release request: enter one with "lookout release request".`,
        );
      }
      return packages.make(selection, actor, inquiry, nowMs);
    }),
    fetchEvidence.does(({ id, from }, { nowMs }) => packages.fetch(id, from, nowMs)),
    showEvidenceKey.does(async () => {
      const { fingerprint, publicKeyPem } = await packages.key();
      return { fingerprint, publicKeyPem };
    }),
  ];
}
