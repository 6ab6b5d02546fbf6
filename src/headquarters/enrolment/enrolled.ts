import { type AuthorityPlace, authorityEnd, registerOf } from './authority.ts';
import { certificatesOf, type IssuedCertificate, type Register } from './register.ts';

/** How a certificate stands. */
export type CertificateState = 'valid' | 'ends soon' | 'ended' | 'revoked';

/** A unit, headquarters or the broker, by its newest certificate. */
export interface Enrolled extends Pick<IssuedCertificate, 'name' | 'kind' | 'issuedAt' | 'until'> {
  state: CertificateState;
  /** Older certificates of it that are valid still. */
  older: number;
}

/** Whom the authority knows, and until when it holds itself (ISO 8601). */
export interface Enrolments {
  authorityUntil: string;
  enrolled: Enrolled[];
}

/** `lookout doctor` of a unit warns as early. */
const soonMs = 30 * 86_400_000;

/** All that have a certificate, those that end first at the top. */
export function listEnrolled(place: AuthorityPlace): Enrolments {
  const register = registerOf(place);
  const nowMs = place.clock();
  const names = [...new Set(register.certificates.map(({ name }) => name))];
  return {
    authorityUntil: new Date(authorityEnd(place)).toISOString(),
    enrolled: names
      .flatMap((name) => enrolledOf(register, name, nowMs))
      .sort((one, other) => one.until.localeCompare(other.until)),
  };
}

function enrolledOf(register: Register, name: string, nowMs: number): Enrolled[] {
  const [newest, ...others] = certificatesOf(register, name);
  if (newest === undefined) return [];
  const { kind, issuedAt, until } = newest;
  const older = others.filter((each) => /^valid|^ends/.test(stateOf(each, nowMs))).length;
  return [{ name, kind, issuedAt, until, state: stateOf(newest, nowMs), older }];
}

function stateOf({ revokedAt, until }: IssuedCertificate, nowMs: number): CertificateState {
  if (revokedAt !== null) return 'revoked';
  const leftMs = Date.parse(until) - nowMs;
  if (leftMs <= 0) return 'ended';
  return leftMs < soonMs ? 'ends soon' : 'valid';
}
