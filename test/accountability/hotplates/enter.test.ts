import { describe, expect, it } from 'vitest';
import {
  approveHotPlate,
  changeHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { administrator, dayMs, noon, officer, openHotPlates, whole } from './open-hot-plates.ts';

const without = (entry: object, ...fields: string[]) =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => !fields.includes(field)));

describe('what an entry must hold', () => {
  it.each([
    ['vallejo', 'synopsis', /synopsis must be given/],
    ['vallejo', 'caseNumber', /case number must be given/],
    ['napa', 'reason', /reason must be given/],
    ['napa', 'caseNumber', /case number must be given/],
    ['vigilant-429', 'reason', /reason must be given/],
    ['strict', 'synopsis', /synopsis must be given/],
  ])('HOT-7: under %s an entry without %s is refused', async (profile, field, message) => {
    const desk = openHotPlates({ profile });
    await expect(desk.enter(without(whole, field))).rejects.toThrow(message);
    expect(desk.hotPlates.list(['awaiting', 'active'], noon)).toEqual([]);
    expect(desk.records.at(-1)).toMatchObject({ outcome: 'failed', category: 'Hot Plate Upload' });
  });

  it('HOT-7: the entering member is recorded from the session, and shown on the alert', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const entry = await desk.list(whole);
    expect(entry.enteredBy).toMatchObject({ name: 'Test alvarez', role: 'officer' });
    const [match] = desk
      .matcher()
      .match({ plate: '7ABC123', characters: [], alternatives: [], state: null });
    expect(match?.entry).toMatchObject({
      enteredBy: 'Test alvarez',
      approvedBy: 'Test approver',
      caseNumber: '26-004211',
      category: 'felony_vehicle',
      state: 'CA',
      expires: '2026-12-22T12:00:00.000Z',
    });
  });

  it('HOT-7: a direction of travel is in words in the synopsis, where every release reads it, and makes up for no synopsis', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const entry = await desk.list({ ...whole, synopsis: 'Fled the scene.', lastHeading: 'NE' });
    const words = 'Fled the scene. (Last seen heading NE)';
    expect(entry.content?.synopsis).toBe(words);
    expect(desk.messages().at(-1)?.content.synopsis).toBe(words);
    expect(Object.keys(desk.messages().at(-1)?.content)).not.toContain('lastHeading');
    expect(desk.hotPlates.show(entry.id, noon).entry.told).toEqual({
      synopsis: 'Fled the scene.',
      lastHeading: 'NE',
    });
    const bare = { ...without(whole, 'synopsis'), plate: '8LVN362', plateAgain: '8LVN362' };
    await expect(desk.enter({ ...bare, lastHeading: 'S' })).rejects.toThrow(
      /synopsis must be given/,
    );
  });

  it.each([
    ['another', { lastHeading: 'S' }, { synopsis: 'Fled the scene.', lastHeading: 'S' }],
    ['none any more', { lastHeading: null }, { synopsis: 'Fled the scene.', lastHeading: null }],
    ['other words', { synopsis: 'Fled again.' }, { synopsis: 'Fled again.', lastHeading: 'NE' }],
  ] as const)(
    'HOT-12: a change of an entry with a direction to %s leaves the rest',
    async (_, draft, told) => {
      const desk = openHotPlates({ profile: 'vigilant-429' });
      const { id } = await desk.list({ ...whole, synopsis: 'Fled the scene.', lastHeading: 'NE' });
      await desk.perform(officer, changeHotPlate, { id, draft, reason: 'seen again' });
      expect(desk.hotPlates.show(id, noon).entry.told).toEqual(told);
    },
  );

  it('HOT-5: an entry set to expire in 31 days is refused under napa, one of 30 days is taken', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    await expect(desk.enter({ ...whole, days: 31 })).rejects.toThrow(/more than 30 days/);
    await expect(desk.enter(without(whole, 'days'))).rejects.toThrow(
      /expiry \(in days, \d+ at most\) must be given/,
    );
    const later = new Date(noon + 30 * dayMs + 1000).toISOString();
    await expect(desk.enter({ ...without(whole, 'days'), expires: later })).rejects.toThrow(
      /30 days/,
    );
    const { content } = await desk.enter(whole);
    expect(content?.expires).toBe(new Date(noon + 30 * dayMs).toISOString());
  });

  it('HOT-5: a profile without a limit takes an entry without an end', async () => {
    const desk = openHotPlates({ profile: 'vigilant-429' });
    const entry = await desk.enter(without(whole, 'days'));
    expect(entry).toMatchObject({ state: 'active', approvedBy: null });
    expect(entry.content?.expires).toBeNull();
  });

  it("HOT-12: a case number that does not have the agency's form is refused", async () => {
    const desk = openHotPlates({ overrides: { inquiry: { caseNumberPattern: '\\d{2}-\\d{6}' } } });
    await expect(desk.enter({ ...whole, caseNumber: 'see report' })).rejects.toThrow(
      /agency's format: .*\\d\{2\}-\\d\{6\}/,
    );
    await expect(desk.enter({ ...whole, caseNumber: '26-004211x' })).rejects.toThrow(
      /agency's format/,
    );
    expect((await desk.enter(whole)).state).toBe('awaiting');
  });

  it.each([
    ['vallejo', true],
    ['napa', true],
    ['vigilant-429', false],
    ['walnut-creek', false],
    ['barstow', false],
  ])(
    'HOT-16: under %s the reason is one of a closed list; it needs a case number: %s',
    async (profile, needed) => {
      const desk = openHotPlates({ profile });
      await expect(desk.enter({ ...whole, category: 'looks odd' })).rejects.toThrow(/category/);
      const caseless = desk.enter(without(whole, 'caseNumber'));
      if (needed) await expect(caseless).rejects.toThrow(/case number must be given/);
      else expect((await caseless).content).toMatchObject({ reason: whole.reason });
    },
  );

  it.each(['vallejo', 'vigilant-429', 'walnut-creek', 'barstow'])(
    'HOT-10: under %s an entry needs no end, and then has a day on which it is reviewed',
    async (profile) => {
      const desk = openHotPlates({ profile });
      const { content, findings } = await desk.enter(without(whole, 'days'));
      expect(content?.expires).toBeNull();
      const { remindAfterDays } = desk.policy.hotplates;
      const day = new Date(noon + remindAfterDays * dayMs).toISOString().slice(0, 10);
      expect(findings.find(({ kind }) => kind === 'review')?.message).toContain(`by ${day}`);
    },
  );

  it('HOT-16: words on race, religion or views are put before the approver', async () => {
    const desk = openHotPlates();
    const { findings } = await desk.enter({
      ...whole,
      synopsis: 'Hispanic male seen near a mosque',
    });
    expect(findings).toEqual([
      expect.objectContaining({ field: 'synopsis', weight: 'advice', kind: 'protected' }),
    ]);
  });

  it('REL-4: where the policy forbids it, no entry is about immigration', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const denied = { ...whole, category: 'immigration_violator' };
    await expect(desk.enter(denied)).rejects.toThrow(
      /does not allow entries of the category immigration/,
    );
    const veiled = { ...whole, category: 'warrant', reason: 'ICE detainer' };
    await expect(desk.enter(veiled)).rejects.toThrow(/forbids.*V 426\.7.*the reason speaks of/);
    const said = { ...whole, synopsis: 'Locate undocumented driver' };
    await expect(desk.enter(said)).rejects.toThrow(/the synopsis speaks of/);
    expect(desk.records.at(-1)).toMatchObject({
      outcome: 'failed',
      note: expect.stringContaining('V 426.7'),
    });
  });

  it('REL-4: what may be about immigration is put before the approver, and plain words are not', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    const { findings } = await desk.enter({ ...whole, reason: 'Status check on the driver' });
    expect(findings).toEqual([
      expect.objectContaining({
        kind: 'immigration',
        weight: 'advice',
        message: expect.stringContaining('N 429.2'),
      }),
    ]);
    const plain = { ...whole, plate: '7ABC124', plateAgain: '7ABC124' };
    const reason = 'Removal of catalytic converters from an ice cream truck';
    expect((await desk.enter({ ...plain, reason })).findings).toEqual([]);
  });

  it('REL-4: a policy that is silent on immigration judges no text', async () => {
    const desk = openHotPlates({ profile: 'barstow' });
    const { findings } = await desk.enter({ ...whole, reason: 'Deported felon, ICE detainer' });
    expect(findings).toEqual([]);
  });
});

describe('the plate', () => {
  it.each([
    ['7ABC123', '7ABC124', /differ at character 7/],
    ['7ABC120', '7ABC12O', /differ at character 7/],
    ['7ABC123', '7ABC12', /differ in length/],
    ['7ABC123', undefined, /a second time/],
  ])('HOT-14: %s and then %s is refused', async (plate, plateAgain, message) => {
    const desk = openHotPlates();
    const refused = desk.enter({
      ...without(whole, 'plateAgain'),
      plate,
      ...(plateAgain && { plateAgain }),
    });
    await expect(refused).rejects.toThrow(message);
    await refused.catch((error) => expect(String(error)).not.toContain(plate));
  });

  it('HOT-14: the issuing state must be given, and be one', async () => {
    const desk = openHotPlates();
    await expect(desk.enter(without(whole, 'state'))).rejects.toThrow(/state must be given/);
    await expect(desk.enter({ ...whole, state: 'ZZ' })).rejects.toThrow(/not a code such as CA/);
    expect((await desk.enter({ ...whole, state: 'California' })).content?.issuer).toBe('CA');
  });

  it.each(['vallejo', 'napa'])(
    'HOT-13, HOT-14: under %s a part of a plate is entered though nobody knows its state',
    async (profile) => {
      const desk = openHotPlates({ profile });
      const part = { ...whole, plate: '8ABN3*', plateAgain: '8ABN3*' };
      const { content } = await desk.enter(without(part, 'state'));
      expect(content).toMatchObject({ plate: '8ABN3*', issuer: null });
    },
  );

  it.each([
    ['7A0C123', 'CA', '7AOC123', 3],
    ['7ABC12O', 'CA', '7ABC120', 7],
    ['IABC123', 'CA', '1ABC123', 1],
    ['1OOBCD4', 'CA', '100BCD4', 2],
    ['ABC12I4', 'NY', 'ABC1214', 6],
    ['0BC123', 'OR', 'OBC123', 1],
    ['ABO1234', 'TX', 'AB01234', 3],
    ['COWBOY', 'FL', 'C0WB0Y', 2],
  ])(
    'HOT-14: %s of %s is warned of, since %s would fit',
    async (plate, state, better, position) => {
      const desk = openHotPlates();
      const { findings } = await desk.enter({ ...whole, plate, plateAgain: plate, state });
      expect(findings).toMatchObject([{ field: 'plate', weight: 'advice', kind: 'twins' }]);
      expect(findings[0]?.message).toContain(better);
      expect(findings[0]?.message).toContain(`character ${position}`);
    },
  );

  it.each([
    ['7ABC123', 'CA'],
    ['100ABC1', 'CA'],
    ['4TB5581', 'CA'],
    ['21A4567', 'CA'],
    ['1234567', 'CA'],
    ['GOFAST', 'CA'],
    ['ABO123', 'OR'],
    ['SO0OO0S', 'CA'],
    ['ABC1234', 'TX'],
    ['ABC123', 'QC'],
  ])('%s of %s is not remarked on', async (plate, state) => {
    const desk = openHotPlates();
    expect((await desk.enter({ ...whole, plate, plateAgain: plate, state })).findings).toEqual([]);
  });

  it('is entered once: the second time names the standing entry', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    await expect(desk.enter(whole)).rejects.toThrow(
      new RegExp(`already on the list, as hot plate ${id} \\(active\\)`),
    );
  });
});

describe('personal text', () => {
  const named = { ...whole, synopsis: 'Stolen by John Smith DOB 03/14/1985' };

  it('HOT-9: is refused under vigilant-429, with what it is and not what it says', async () => {
    const desk = openHotPlates({ profile: 'vigilant-429' });
    const refused = desk.enter(named);
    await expect(refused).rejects.toThrow(/synopsis looks like a person's name.*date of birth/);
    await refused.catch((error) => expect(String(error)).not.toMatch(/Smith|1985/));
  });

  it('HOT-9: under napa it waits as a draft until it is mended or looked through', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    const draft = await desk.enter(named);
    expect(draft.state).toBe('draft');
    const approver = { role: 'supervisor', username: 'sergeant' } as const;
    await expect(desk.perform(approver, approveHotPlate, { id: draft.id })).rejects.toThrow(
      /may name a person/,
    );
    expect(
      desk.matcher().match({ plate: '7ABC123', characters: [], alternatives: [], state: null }),
    ).toEqual([]);
    const mended = { id: draft.id, draft: whole, reason: 'name left out' };
    const entry = await desk.perform(officer, changeHotPlate, mended);
    expect(entry.state).toBe('awaiting');

    const second = await desk.enter({ ...named, plate: '8XYZ999', plateAgain: '8XYZ999' });
    const stands = { id: second.id, textLookedThrough: true };
    expect(await desk.perform(approver, approveHotPlate, stands)).toMatchObject({
      state: 'active',
    });
  });

  it('HOT-9: where the policy only warns, it is put before the approver', async () => {
    const desk = openHotPlates({ overrides: { hotplates: { lint: 'warn' } } });
    const entry = await desk.enter(named);
    expect(entry.state).toBe('awaiting');
    expect(entry.findings.map(({ kind }) => kind)).toEqual(['name', 'date_of_birth']);
    expect(await desk.perform(administrator, approveHotPlate, { id: entry.id })).toMatchObject({
      state: 'active',
    });
  });

  it('HOT-9: the tables have no column, and the entry no field, for a name or an address of a person', () => {
    const desk = openHotPlates();
    const columns = desk.db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .pluck()
      .all('hot_plate');
    expect(columns).toEqual(['id', 'state', 'owner', 'expires_ms', 'json']);
    const given = { ...whole, owner: 'Jane', address: '1 Oak St' };
    return expect(desk.enter(given)).rejects.toThrow(/there is no owner, address here/);
  });
});

it('HOT-13: of the hundred partial plates that a unit takes each can be changed; one more is refused', async () => {
  const desk = openHotPlates();
  const partial = (number: number) => {
    const plate = `7AB${100 + number}*`;
    return desk.enter({ ...whole, plate, plateAgain: plate });
  };
  const { id } = await partial(0);
  for (let number = 1; number < 100; number += 1) await partial(number);
  await expect(partial(100)).rejects.toThrow(/holds 100 partial plates/);
  const input = { id, draft: { caseNumber: '26-004212' }, reason: 'misread' };
  await expect(desk.perform(officer, changeHotPlate, input)).resolves.toMatchObject({
    content: { caseNumber: '26-004212' },
  });
});
