import { randomBytes } from 'node:crypto';
import type { Accountability } from '../../src/accountability/accountability.ts';

/** Someone who may watch the demonstration. */
export interface Operator {
  username: string;
  password: string;
}

const fromOperator = 'command line demonstration';
const notice = { noticeAcknowledged: true };
const dayMs = 86_400_000;
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/**
 * Makes an officer's account the way that every account is made: first start, creation, approval, and the change of
 * the temporary password. All passwords are random and made for this one run.
 */
export async function createOperator({ people, gate }: Accountability): Promise<Operator> {
  const now = Date.now();
  const training = {
    course: 'Demonstration',
    completedOn: day(now - 30 * dayMs),
    expiresOn: null,
  };
  const cletsUntil = day(now + 30 * dayMs);
  const organisation = 'demonstration';
  const code = people.firstStartCode();
  if (code === null) throw new Error('the demonstration needs a unit without accounts');
  const administrator = { username: 'demo-administrator', password: newPassword() };
  const name = 'Demonstration administrator';
  await people.makeFirstAdministrator(
    { ...administrator, code, name, organisation, training, cletsUntil },
    fromOperator,
  );
  const { token } = await people.login({ ...administrator, ...notice }, fromOperator);
  const perform = (who: string, operation: string, input: unknown) =>
    gate.perform({ token: who, from: fromOperator, operation, input });

  const username = 'officer';
  await perform(token, 'users.create', {
    username,
    organisation,
    training,
    cletsUntil,
    role: 'officer',
    // Else the alerts would show neither plate nor reason.
    listSources: ['department', 'state', 'federal'],
    name: 'Demonstration officer',
    requestedBy: 'the demonstration',
  });
  const approved = (await perform(token, 'users.approve', { username })) as {
    temporaryPassword: string;
  };
  people.logout(token, fromOperator);
  const { temporaryPassword: current } = approved;
  const officer = await people.login({ username, password: current, ...notice }, fromOperator);
  const password = newPassword();
  await perform(officer.token, 'password.change', { current, next: password });
  people.logout(officer.token, fromOperator);
  return { username, password };
}

const newPassword = (): string => randomBytes(12).toString('base64url');
