import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPublicKeys } from '../accountability/agency/public-keys.ts';
import type { ListSequences } from '../hotlist/list-sequences.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import { isSignedManifest } from './manifest-signature.ts';
import type { Manifest } from './messages.ts';

const refusals = {
  unsigned: "headquarters' key has not signed it",
  'other-agency': 'it is for another agency',
  overtaken: 'a newer one was taken before',
} as const;

const sequencesSchema = z.record(z.string(), z.int());

/** Which manifests of hot lists this unit takes. */
export interface ManifestTrust {
  /** Whether to take it; what is refused is counted and is a problem until a good one of its list comes. */
  takes(manifest: Manifest): boolean;
  /** What is wrong and what to do; null if nothing is. */
  problem(): string | null;
}

/**
 * Takes, where the unit has headquarters' public key, only manifests that it signed for this agency, and none that is older
 * than the last of its list. Without the key it takes each.
 */
export function createManifestTrust(deps: {
  /** `uplink.agency.key`; null where the unit has none. It is read at each manifest, so that a new one counts at once. */
  keyFile: string | null;
  agency: string;
  /** Where the numbers of the last manifests are kept. */
  folder: string;
  /** Keeps them a second time, where a backup has them and the loss of the folder loses none. */
  sequences?: ListSequences;
  log: Log;
}): ManifestTrust {
  const { keyFile, agency, log } = deps;
  // No list can have this name.
  const file = join(deps.folder, '.sequences');
  let sequences: Record<string, number> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let keyProblem: string | null = null;
  const refused = new Map<string, keyof typeof refusals>();

  function inFolder(list: string): number {
    sequences ??= readSequences(file);
    return sequences[list] ?? 0;
  }

  /** Where the database of the lists cannot be read, the file says it. */
  function keptBeside(list: string): number {
    try {
      return deps.sequences?.of(list) ?? 0;
    } catch {
      return 0;
    }
  }

  function note(list: string, sequence: number): void {
    if (sequence === inFolder(list) && sequence === keptBeside(list)) return;
    sequences = { ...sequences, [list]: sequence };
    try {
      deps.sequences?.raise(list, sequence);
    } catch (error) {
      log.warn({ problem: messageOf(error) }, 'the number of a hot list could not be noted');
    }
    const text = JSON.stringify(sequences);
    saving = saving
      .then(() => writeFileDurably(file, text))
      .catch((error: unknown) =>
        log.warn({ problem: messageOf(error) }, 'the number of a hot list could not be noted'),
      );
  }

  function refusalOf(manifest: Manifest, keys: readonly KeyObject[]): keyof typeof refusals | null {
    if (!isSignedManifest(manifest, keys)) return 'unsigned';
    if (manifest.agency !== agency) return 'other-agency';
    if (manifest.sequence < Math.max(inFolder(manifest.list), keptBeside(manifest.list)))
      return 'overtaken';
    note(manifest.list, manifest.sequence);
    return null;
  }

  return {
    takes(manifest) {
      if (keyFile === null) return true;
      const { list, version } = manifest;
      let keys: KeyObject[];
      try {
        keys = readPublicKeys(keyFile);
        keyProblem = null;
      } catch (error) {
        keyProblem = messageOf(error);
        return false;
      }
      const why = refusalOf(manifest, keys);
      if (why === null) refused.delete(list);
      else {
        refused.set(list, why);
        log.error({ list, version, why }, 'a hot list for all units was refused');
      }
      return why === null;
    },
    problem() {
      const [first] = refused;
      if (first === undefined) return keyProblem;
      const [list, why] = first;
      return `what the broker has as hot list ${list} was refused: ${refusals[why]}. The list in use stays. Check who may publish on the broker, and uplink.agency.key.`;
    },
  };
}

/** Where it cannot be read, the next manifest counts as the first. */
function readSequences(file: string): Record<string, number> {
  try {
    return sequencesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
