import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { file, listOf, record } from '../../../src/accountability/gate/answer.ts';
import type { UnitClient } from '../../../src/accountability/gate/client.ts';
import { change, look } from '../../../src/accountability/gate/definition.ts';
import { perform } from '../../../src/accountability/gate/perform.ts';
import { openGate } from '../../support/gate.ts';

interface Repair {
  head: string;
  hours: number;
}

const listRepairs = look({
  name: 'cameras.settings',
  http: { method: 'GET', path: '/repairs' },
  permission: 'diagnostics.read',
  category: 'System',
  input: z.strictObject({ head: z.string(), limit: z.coerce.number<number | string>().default(5) }),
  answer: listOf<Repair>(),
  results: (repairs) => repairs.length,
});

const orderRepair = change({
  name: 'cameras.set',
  http: { method: 'POST', path: '/repairs/:head' },
  permission: 'signed-in',
  category: 'System',
  inquiry: true,
  input: z.strictObject({ head: z.string(), note: z.string().optional() }),
  answer: record<Repair>(),
  object: ({ head }) => `head ${head}`,
});

const workshop = { role: 'it_manager' } as const;

/** A client that gives this answer to whatever is asked, and shows what was sent. */
function clientThatAnswers(answer: unknown) {
  const sent: unknown[] = [];
  const client: Pick<UnitClient, 'perform'> = {
    async perform(request) {
      sent.push(request);
      return answer;
    },
  };
  return { client, sent };
}

describe('an operation as a value', () => {
  it('looks without an inquiry unless it asks for one, and changes under it', () => {
    expect(listRepairs).toMatchObject({ effect: 'look', inquiry: false });
    expect(orderRepair).toMatchObject({ effect: 'change', inquiry: true });
  });

  it('is carried out by its room behind the gate, with its parsed input', async () => {
    const { perform: performAs, records } = openGate([
      listRepairs.does(({ head, limit }) => [{ head, hours: limit }]),
    ]);
    expect(await performAs(workshop, listRepairs, { head: 'front', limit: '3' })).toEqual([
      { head: 'front', hours: 3 },
    ]);
    expect(records.at(-1)).toMatchObject({
      operation: 'cameras.settings',
      outcome: 'done',
      results: 1,
      object: null,
      query: { head: 'front', limit: 3 },
      inquiry: null,
    });
  });

  it('is held to the rules that only its room knows', async () => {
    const { perform: performAs, records } = openGate([
      orderRepair.does(({ head }) => ({ head, hours: 1 }), {
        input: z.strictObject({ head: z.literal('front', 'is no head of this unit') }),
        object: ({ head }) => `head ${head} of car 7`,
        query: () => ({}),
      }),
    ]);
    await performAs(workshop, orderRepair, { head: 'front' });
    expect(records.at(-1)).toMatchObject({ object: 'head front of car 7', query: {} });
    await expect(performAs(workshop, orderRepair, { head: 'rear' })).rejects.toThrow(/head/);
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', results: null });
  });
});

describe('perform', () => {
  it('sends what was given, and nothing that is undefined', async () => {
    const { client, sent } = clientThatAnswers({ head: 'front', hours: 2 });
    await perform(client, orderRepair, { head: 'front', note: undefined }, { id: 'i' });
    expect(sent).toStrictEqual([
      { operation: 'cameras.set', input: { head: 'front' }, inquiry: { id: 'i' } },
    ]);
  });

  it.each([
    ['a list', [], record<Repair>()],
    ['a word', 'done', record<Repair>()],
    ['nothing', undefined, listOf<Repair>()],
    ['a list of words', ['done'], listOf<Repair>()],
    ['a record', {}, file],
    ['a file', { fileName: 'a', contentType: 'b', bytes: new Uint8Array() }, record<Repair>()],
  ])('turns down %s where the operation answers otherwise', async (_, answer, expected) => {
    const { client } = clientThatAnswers(answer);
    const operation = look({
      name: 'cameras.aim',
      http: { method: 'GET', path: '/repairs/show' },
      permission: 'diagnostics.read',
      category: 'System',
      input: z.strictObject({}),
      answer: expected as z.ZodType,
    });
    await expect(perform(client, operation, {})).rejects.toThrow(/cameras\.aim in another form/);
  });

  it('compiles only with the input and for the answer of the definition', async () => {
    const { client } = clientThatAnswers([{ head: 'front', hours: 2 }]);
    const repairs: Repair[] = await perform(client, listRepairs, { head: 'front' });
    expect(repairs[0]?.hours).toBe(2);

    // @ts-expect-error the input lacks its head
    await perform(client, listRepairs, {});
    // @ts-expect-error a head is a word
    await perform(client, listRepairs, { head: 7 });
    // @ts-expect-error there may be no head
    await perform(client, listRepairs, { head: repairs[1]?.head });
    // @ts-expect-error there is no such field
    await perform(client, listRepairs, { head: 'front', plate: '7ABC123' });
    // @ts-expect-error the answer is a list
    const repair: Repair = await perform(client, listRepairs, { head: 'front' });
    // @ts-expect-error the answer has no such field
    expect((await perform(client, listRepairs, { head: 'front' }))[0]?.price).toBeUndefined();
    // @ts-expect-error an operation is a value, not its name
    await expect(perform(client, 'cameras.settings', { head: 'front' })).rejects.toThrow();
    // @ts-expect-error the room answers with the definition's answer
    listRepairs.does(() => ['front']);
    // @ts-expect-error every operation has its words in audit/deeds.ts
    look({ ...listRepairs, name: 'repairs.list' });
    // @ts-expect-error a category is one of the audit log's
    look({ ...listRepairs, category: 'Repairs' });
    expect(repair).toBeDefined();
  });
});
