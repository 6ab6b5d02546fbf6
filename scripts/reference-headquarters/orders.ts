import type { KeyObject } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { type Revoke, revokeSchema } from '../../src/accountability/access/revoke.ts';
import {
  type Command,
  commandSchema,
  signCommand,
} from '../../src/accountability/lost-unit/command.ts';
import {
  type AlertStatus,
  alertStatusSchema,
} from '../../src/accountability/verification/alert-status.ts';
import { Problem } from '../../src/platform/problem.ts';
import type { Link } from '../../src/uplink/link.ts';
import { everyUnit, type OrderTopic, unitTopic } from '../../src/uplink/topics.ts';
import type { openStore } from './store.ts';

/** Which way an order goes. */
export interface OrderTarget {
  agency: string;
  /** Every unit of the agency where it is left out. */
  unit?: string;
}

/** What dispatch says of a hit that a unit sent; the vehicle's description is taken from the hit. */
export async function sendAlertStatus(
  input: { hitId: string; state: AlertStatus['state']; by: string; at?: string },
  deps: { link: Link; store: ReturnType<typeof openStore> },
): Promise<AlertStatus> {
  const hit = deps.store.hit(input.hitId);
  if (hit === null) throw new Problem(`no unit has sent a hit ${input.hitId}`);
  const { entry } = hit.match;
  const status = alertStatusSchema.parse({
    id: uuidv7(),
    hitId: hit.id,
    unit: hit.unit,
    state: input.state,
    at: input.at ?? new Date().toISOString(),
    by: input.by,
    alert: {
      plate: hit.read.plate,
      state: hit.read.state?.code ?? entry.state,
      category: entry.category,
      make: entry.make,
      model: entry.model,
      colour: entry.colour,
      seenAt: hit.changedAt,
      latitude: hit.fix.latitude,
      longitude: hit.fix.longitude,
      headingDeg: hit.direction.headingDeg,
    },
  } satisfies AlertStatus);
  await publish(deps.link, { agency: hit.agency }, 'alert-status', status, false);
  return status;
}

/** The accounts that are closed at once, in place of any list before. */
export async function sendRevoke(
  input: OrderTarget & { everyone: boolean; usernames: readonly string[]; reason: string },
  link: Link,
): Promise<Revoke> {
  const { agency, unit, everyone, usernames, reason } = input;
  const at = new Date().toISOString();
  const accounts = usernames.map((username) => ({ username, at, reason }));
  const revoke = revokeSchema.parse({ at, everyone, accounts });
  await publish(link, { agency, ...(unit === undefined ? {} : { unit }) }, 'revoke', revoke, true);
  return revoke;
}

/** Locks, unlocks or wipes one unit. */
export async function sendCommand(
  input: { agency: string; unit: string; kind: Command['kind']; by: string; reason: string },
  { link, key }: { link: Link; key: KeyObject },
): Promise<Command> {
  const { agency, unit, ...rest } = input;
  const bare = commandSchema.parse({ id: uuidv7(), at: new Date().toISOString(), ...rest });
  const command = signCommand(bare, { agency, unit }, key);
  await publish(link, { agency, unit }, 'command', command, true);
  return command;
}

function publish(
  link: Link,
  { agency, unit = everyUnit }: OrderTarget,
  topic: OrderTopic,
  body: object,
  retain: boolean,
): Promise<void> {
  return link.publish(unitTopic(agency, unit, topic), JSON.stringify(body), { qos: 1, retain });
}
