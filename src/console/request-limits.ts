import rateLimit, { type FastifyRateLimitStore } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../accountability/gate/refusal.ts';

/** Most requests a minute from one address. */
export interface RequestLimits {
  requestsPerMin: number;
  /** Of those by which a password or a code could be guessed. */
  loginsPerMin: number;
}

const windowMs = 60_000;
/** All addresses together may ask this many times as often as one. */
const addresses = 4;
/** Most addresses that are counted at a time. */
const mostKeys = 5000;

type Limit = ReturnType<FastifyInstance['createRateLimit']>;

/** Routes that check a password or a code, by method and path. */
export const guessedRoutes = new Set([
  'POST /api/session',
  'POST /api/session/login-key',
  'POST /api/session/keys',
  'POST /api/session/unlock',
  'POST /api/session/renew',
  'POST /api/first-administrator',
  'POST /api/password',
  'POST /api/session/pin',
  'POST /api/second-factor',
  'POST /api/second-factor/confirm',
  'POST /api/second-factor/recovery-codes',
  'POST /api/passkeys/remove',
]);

/**
 * Limits how often an address may ask, and all of them together, with a lower limit on logins. Who has shown a client
 * certificate is counted apart from strangers, who therefore cannot use up their share. Throws a Refusal (429) at a
 * request too many.
 *
 * @returns the check, to be called with each request
 */
export function limitRequests(
  app: FastifyInstance,
  { requestsPerMin, loginsPerMin }: RequestLimits,
  onRefused: () => void,
): (request: FastifyRequest, reply: FastifyReply, isCertified: boolean) => Promise<void> {
  const certified = new WeakSet<FastifyRequest>();
  const kind = (request: FastifyRequest) => (certified.has(request) ? 'certified' : 'stranger');
  let ofRequests: Limit[] = [];
  let ofLogins: Limit[] = [];
  void app.register(rateLimit, { global: false, timeWindow: windowMs, store: SteadyStore });
  void app.after(() => {
    const pair = (max: number) => [
      app.createRateLimit({ max }),
      app.createRateLimit({ max: max * addresses, keyGenerator: kind }),
    ];
    ofRequests = pair(requestsPerMin);
    ofLogins = pair(loginsPerMin);
  });
  return async (request, reply, isCertified) => {
    if (isCertified) certified.add(request);
    const { method, routeOptions } = request;
    const isGuess = guessedRoutes.has(`${method} ${routeOptions.url}`);
    for (const limit of isGuess ? [...ofRequests, ...ofLogins] : ofRequests) {
      const counted = await limit(request);
      if (counted.isAllowed || !counted.isExceeded) continue;
      onRefused();
      reply.header('retry-after', String(counted.ttlInSeconds));
      throw new Refusal(
        429,
        'too-many-requests',
        `Too many requests; wait ${counted.ttlInSeconds} seconds.`,
      );
    }
  };
}

/** Counts by time that no setting of the clock moves: by the wall clock, one that was ahead would shut people out for years. */
class SteadyStore implements FastifyRateLimitStore {
  readonly #counts = new Map<string, { current: number; endsAtMs: number }>();

  incr(
    key: string,
    callback: (error: null, result: { current: number; ttl: number }) => void,
  ): void {
    const nowMs = performance.now();
    let count = this.#counts.get(key);
    if (count === undefined || nowMs >= count.endsAtMs) {
      count = { current: 0, endsAtMs: nowMs + windowMs };
      this.#counts.delete(key);
      this.#counts.set(key, count);
      const [oldest] = this.#counts.keys();
      if (this.#counts.size > mostKeys && oldest !== undefined) this.#counts.delete(oldest);
    }
    count.current += 1;
    callback(null, { current: count.current, ttl: count.endsAtMs - nowMs });
  }

  child(): SteadyStore {
    return new SteadyStore();
  }
}
