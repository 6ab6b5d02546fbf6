import { networkFault } from '../../platform/network-fault.ts';
import { codeOf, Problem } from '../../platform/problem.ts';

/** PostgreSQL cannot be asked now, or does not do what it is asked. Its own words are not used: they may quote what a row holds. */
export class ArchiveAway extends Problem {}

/** What PostgreSQL says by its codes (postgresql.org, "PostgreSQL Error Codes"). */
const says = {
  '28P01': 'it refuses the password; correct the file of headquarters.archive.password',
  '28000': 'it does not let this user in; correct headquarters.archive.user, or its pg_hba.conf',
  '3D000': 'it has no such database; make it, or correct headquarters.archive.database',
  '25006':
    'it takes no changes, as a standby or by default_transaction_read_only; name the primary in headquarters.archive.host',
  '42501':
    'the user of headquarters.archive.user may not write there; let it own the database and its schema lookout',
  '53100': 'its disk is full; give it more room',
  '53300': 'it has too many connections; raise its max_connections',
  '57P01': 'it is being stopped; it is tried again',
  '57P03': 'it is starting; it is tried again',
  '57014': 'it took too long; it is tried again',
} as const;

/** The Problem of a code of PostgreSQL. `place`: where PostgreSQL is. */
export function awayFor(code: keyof typeof says, place: string): ArchiveAway {
  return new ArchiveAway(messageOfAway(says[code], place));
}

const messageOfAway = (why: string, place: string) =>
  `PostgreSQL at ${place} is not used now: ${why}`;

/** An error of the client or of PostgreSQL as a Problem. `place`: where PostgreSQL is. */
export function awayBecause(error: unknown, place: string): Problem {
  if (error instanceof Problem) return error;
  return new ArchiveAway(messageOfAway(whyAway(error), place), { cause: error });
}

function whyAway(error: unknown): string {
  const code = String(codeOf(error) ?? '');
  const known = (says as Partial<Record<string, string>>)[code];
  if (known !== undefined) return known;
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) return `it reports ${code}`;
  if (code === 'ENOENT')
    return 'there is no socket of that port; start it, or correct headquarters.archive.host';
  if (code === 'EACCES') return 'this user may not open its socket';
  if (/^(?:ERR_TLS|CERT_|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO)/.test(code)) {
    return `its certificate is not accepted (${code}); correct headquarters.archive.ca, or its certificate`;
  }
  if (error instanceof Error && /does not support SSL/.test(error.message)) {
    return 'it speaks no TLS; switch that on (ssl = on)';
  }
  if (error instanceof Error && /password must be a string/.test(error.message)) {
    return 'it wants a password; name its file in headquarters.archive.password';
  }
  if (error instanceof Error && /timeout|terminated/i.test(error.message)) {
    return 'it does not answer; look at whether it runs';
  }
  return code === '' ? 'the connection ended' : networkFault(error);
}
