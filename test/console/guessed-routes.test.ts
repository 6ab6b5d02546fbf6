import { expect, test } from 'vitest';
import { z } from 'zod';
import * as operations from '../../src/accountability/access/operations.ts';
import { guessedRoutes } from '../../src/console/request-limits.ts';

/** What somebody may guess, as inputs name it. */
const secrets = ['password', 'current', 'pin', 'code'];

test('USR-14: every operation that takes a password, PIN or code is limited like a login', () => {
  const asked = Object.values(operations).flatMap((each) => {
    if (typeof each !== 'object' || !('http' in each) || !(each.input instanceof z.ZodObject))
      return [];
    const isGuessed = secrets.some((name) => name in (each.input as z.ZodObject).shape);
    return isGuessed ? `${each.http.method} /api${each.http.path}` : [];
  });
  expect(asked).toContain('POST /api/second-factor/recovery-codes');
  expect(asked.filter((route) => !guessedRoutes.has(route))).toEqual([]);
});
