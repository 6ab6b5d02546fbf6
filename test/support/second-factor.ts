import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { Secret } from 'otpauth';
import {
  confirmSecondFactor,
  offerSecondFactor,
} from '../../src/accountability/access/operations.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
import { totpCode, totpStep } from './totp-code.ts';

/** Performs an operation as the person who gets the second factor. */
type Perform = <Input, Parsed, Answer>(
  operation: OperationDefinition<Input, Parsed, Answer>,
  input: NoInfer<Input>,
) => Promise<Answer>;

/** Sets up someone's second factor; gives what makes a code that is good now, however often within half a minute. */
export async function setUpSecondFactor(
  perform: Perform,
  { dataDir, now = Date.now }: { dataDir: string; now?: () => number },
): Promise<() => string> {
  const { secret } = await perform(offerSecondFactor, {});
  const key = new Uint8Array(Secret.fromBase32(secret).buffer);
  const code = () => totpCode(key, totpStep(now()));
  await perform(confirmSecondFactor, { code: code() });
  return () => {
    // Else each serves once.
    const db = new SQLite(join(dataDir, 'people.db'));
    db.exec('UPDATE account SET second_factor_step = 0');
    db.close();
    return code();
  };
}
