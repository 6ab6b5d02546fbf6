import { hkdfSync } from 'node:crypto';
import { fileFault, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';
import { seal, unseal } from '../access/seal.ts';
import { type AccountSecrets, accountSecretsSchema } from '../access/shared-account.ts';

const leastCharacters = 32;

/** Seals what must travel from unit to unit without headquarters or the broker seeing it. */
export interface AgencySecret {
  seal(username: string, secrets: AccountSecrets): string;
  /** Null if it was sealed by another secret, for another account, or changed. */
  open(username: string, sealed: string): AccountSecrets | null;
}

/** Reads the agency's secret, a text of at least 32 characters. Throws a Problem that names the file. */
export function readAgencySecret(path: string): AgencySecret {
  let text: string;
  try {
    text = readRegularFile(path).toString('utf8').trim();
  } catch (error) {
    throw new Problem(`uplink.agency.secret: ${path} cannot be read (${fileFault(error)})`);
  }
  if (text.length < leastCharacters) {
    throw new Problem(
      `uplink.agency.secret: ${path} is too short; it needs ${leastCharacters} characters or more (openssl rand -base64 32).`,
    );
  }
  // A key for each account: what was sealed for one does not open for another.
  const keyOf = (username: string) =>
    Buffer.from(hkdfSync('sha256', text, '', `lookout account ${username}`, 32));
  return {
    seal: (username, secrets) =>
      seal(keyOf(username), Buffer.from(JSON.stringify(secrets))).toString('base64'),
    open(username, sealed) {
      try {
        const opened = unseal(keyOf(username), Buffer.from(sealed, 'base64'));
        return accountSecretsSchema.parse(JSON.parse(opened.toString()));
      } catch {
        return null;
      }
    },
  };
}
