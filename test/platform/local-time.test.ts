import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  localDay,
  localTime,
  namedSpan,
  readTime,
  textInUtc,
} from '../../src/platform/local-time.ts';
import { isTimeZone, timeZoneName, useTimeZone } from '../../src/platform/time-zone.ts';
import { inZone } from '../support/in-zone.ts';

const hourMs = 3_600_000;

/** What a text means, as ISO times, or why it is refused. */
function read(text: string) {
  const written = readTime(text);
  if ('unclear' in written) return written.unclear;
  const { startMs, endMs } = written;
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
}

describe('a day is a whole day in the unit’s zone', () => {
  it.each([
    // An ordinary day, then those on which the clocks go forward and back.
    ['America/Los_Angeles', '2026-11-28', '2026-11-28T08:00:00.000Z', 24],
    ['America/Los_Angeles', '2026-03-08', '2026-03-08T08:00:00.000Z', 23],
    ['America/Los_Angeles', '2026-11-01', '2026-11-01T07:00:00.000Z', 25],
    ['Asia/Kolkata', '2026-11-28', '2026-11-27T18:30:00.000Z', 24],
    ['Pacific/Apia', '2026-11-28', '2026-11-27T11:00:00.000Z', 24],
    // Apia went over the date line and kept summer time until 2021.
    ['Pacific/Apia', '2011-12-29', '2011-12-29T10:00:00.000Z', 24],
    ['Pacific/Apia', '2020-09-27', '2020-09-26T11:00:00.000Z', 23],
    ['Pacific/Apia', '2021-04-04', '2021-04-03T10:00:00.000Z', 25],
    // The hours move at midnight itself.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
    ['UTC', '2026-11-28', '2026-11-28T00:00:00.000Z', 24],
  ])('%s %s begins at %s and has %s hours', (zone, day, start, hours) => {
    inZone(zone);
    const end = new Date(Date.parse(start) + hours * hourMs).toISOString();
    expect(read(day)).toEqual([start, end]);
    expect(localDay(start)).toBe(day);
    expect(localDay(Date.parse(end) - 1)).toBe(day);
    expect(localDay(end)).not.toBe(day);
  });
});

describe('a time', () => {
  it('without a zone is in the unit’s zone; with one it is taken as it is', () => {
    inZone('America/Los_Angeles');
    const at = (text: string) => read(text)[0];
    expect(at('2026-11-28 14:03')).toBe('2026-11-28T22:03:00.000Z');
    expect(at('2026-11-28T14:03:05')).toBe('2026-11-28T22:03:05.000Z');
    expect(at('2026-07-28T14:03:05.25')).toBe('2026-07-28T21:03:05.250Z');
    expect(at('2026-11-28T14:03:05Z')).toBe('2026-11-28T14:03:05.000Z');
    expect(at('2026-11-28T14:03+05:30')).toBe('2026-11-28T08:33:00.000Z');
    expect(at('2026-11-28 14:03 -0800')).toBe('2026-11-28T22:03:00.000Z');
    expect(at('2026-11-28 24:00')).toBe('2026-11-29T08:00:00.000Z');
    expect(at('28 Nov 2026 24:00')).toBe('2026-11-29T08:00:00.000Z');
    expect(at('1 June 2026')).toBe('2026-06-01T07:00:00.000Z');
  });

  it.each(['+25:00', '-99:99', '+05:75', '+14:30'])('with the offset %s is refused', (offset) => {
    expect(read(`2026-11-28 14:03 ${offset}`)).toContain('has an offset that no zone has');
  });

  it('is read again as it was shown', () => {
    for (const zone of ['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Apia']) {
      inZone(zone);
      for (const iso of ['2026-11-01T08:30:00.000Z', '2026-11-01T09:30:00.000Z']) {
        expect(read(localTime(iso))[0]).toBe(iso);
      }
    }
  });

  it.each([
    '11/28/2026',
    '28.11.2026',
    '02-03-2026',
    '2026-11',
    '2026',
    '20261128',
    '1796000000000',
    '2026-11-28 2pm',
    '2026-11-28 14',
    '2026-11-28 14:03 PST',
    '2026-11-28T14:03:05Z tomorrow',
    '28 Nov',
    '28 Nob 2026',
    'the day before yesterday',
    'yesterday 2pm',
    'in 3 days',
    '3 months ago',
    '12345 days ago',
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-11-28 24:01',
    '2026-11-28 14:60',
  ])('%j is refused with what to write', (text) => {
    inZone('America/Los_Angeles');
    expect(read(text)).toMatch(/write a day like 2026-11-28, .* in America\/Los_Angeles/);
  });

  it.each([
    // The evening of the day on which the clocks went forward; in UTC it is the next day.
    ['today', '2026-03-08T08:00:00.000Z', '2026-03-09T07:00:00.000Z'],
    ['Yesterday', '2026-03-07T08:00:00.000Z', '2026-03-08T08:00:00.000Z'],
    ['tomorrow', '2026-03-09T07:00:00.000Z', '2026-03-10T07:00:00.000Z'],
    ['3 days ago', '2026-03-05T08:00:00.000Z', '2026-03-06T08:00:00.000Z'],
    ['1 week ago', '2026-03-01T08:00:00.000Z', '2026-03-02T08:00:00.000Z'],
    ['yesterday 14:03', '2026-03-07T22:03:00.000Z', '2026-03-07T22:03:00.000Z'],
    ['2 days ago 24:00', '2026-03-07T08:00:00.000Z', '2026-03-07T08:00:00.000Z'],
    ['now', '2026-03-09T03:30:00.000Z', '2026-03-09T03:30:00.000Z'],
    ['2 hours ago', '2026-03-09T01:30:00.000Z', '2026-03-09T01:30:00.000Z'],
    ['1 minute ago', '2026-03-09T03:29:00.000Z', '2026-03-09T03:29:00.000Z'],
  ])('%s is told by its distance from now, in the unit’s zone', (text, start, end) => {
    inZone('America/Los_Angeles');
    const written = readTime(text, Date.parse('2026-03-09T03:30:00Z'));
    if ('unclear' in written) throw new Error(written.unclear);
    expect([written.startMs, written.endMs].map((ms) => new Date(ms).toISOString())).toEqual([
      start,
      end,
    ]);
    expect(written.isDay).toBe(start !== end);
  });

  it('of a day by its distance is refused where the clocks left it out', () => {
    inZone('America/Los_Angeles');
    expect(readTime('today 02:30', Date.parse('2026-03-09T03:30:00Z'))).toMatchObject({
      unclear: expect.stringMatching(/^2026-03-08 02:30 was left out/),
    });
  });

  it('that the clocks left out or showed twice is refused with the offsets to choose from', () => {
    inZone('America/Los_Angeles');
    expect(read('2026-03-08 02:30')).toMatch(/^2026-03-08 02:30 was left out in America\/Los_Ang/);
    expect(read('2026-11-01 01:30')).toContain(
      'write 2026-11-01 01:30 -07:00 or 2026-11-01 01:30 -08:00',
    );
    expect(read('2026-11-01 01:30 -08:00')[0]).toBe('2026-11-01T09:30:00.000Z');
    inZone('Pacific/Apia');
    expect(read('2011-12-30')).toBe('2011-12-30 was left out in Pacific/Apia; write another day');
  });
});

describe('what people are shown', () => {
  it('is local time with its offset', () => {
    inZone('America/Los_Angeles');
    expect(localTime('2026-11-28T22:03:05.900Z')).toBe('2026-11-28 14:03:05 -08:00');
    expect(localTime('2026-07-01T00:00:00Z')).toBe('2026-06-30 17:00:00 -07:00');
    inZone('Asia/Kolkata');
    expect(localTime('2026-11-28T22:03:05Z')).toBe('2026-11-29 03:33:05 +05:30');
  });

  it('is in UTC on demand, times and spans alike, and nothing else of a text is changed', () => {
    inZone('America/Los_Angeles');
    const { text } = namedSpan('2026-11-28T08:00:00Z', '2026-11-29T08:00:00Z');
    expect(
      textInUtc(`${text}\nSeen ${localTime('2026-11-28T22:03:05Z')} of 2026-11-28, no. 12`),
    ).toBe(
      '2026-11-28 08:00:00 +00:00 to 2026-11-29 08:00:00 +00:00\n' +
        'Seen 2026-11-28 22:03:05 +00:00 of 2026-11-28, no. 12',
    );
    const open = namedSpan(undefined, '2026-11-29T08:00:00Z');
    expect(textInUtc(open.text)).toBe('the first record to 2026-11-29 08:00:00 +00:00');
  });

  it('a span names its zone, and ends at 24:00', () => {
    inZone('America/Los_Angeles');
    const [from = '', to = ''] = read('2026-11-28');
    const text = '28 Nov 2026 00:00 to 28 Nov 2026 24:00, America/Los_Angeles';
    expect(namedSpan(from, to).text).toBe(text);
    expect(namedSpan(from, new Date(Date.parse(to) - 1).toISOString()).text).toBe(text);
    expect(namedSpan('2026-11-01T09:30:00Z', '2026-11-01T20:00:07Z').text).toBe(
      '1 Nov 2026 01:30 -08:00 to 1 Nov 2026 12:00:07, America/Los_Angeles',
    );
    expect(namedSpan(undefined, to).text).toBe(
      'the first record to 28 Nov 2026 24:00, America/Los_Angeles',
    );
  });
});

describe('the unit’s zone', () => {
  it('has a name of the IANA database', () => {
    for (const name of ['America/Los_Angeles', 'America/Argentina/Ushuaia', 'Etc/GMT+8', 'UTC']) {
      expect(isTimeZone(name)).toBe(true);
    }
    for (const name of ['PST', '+05:30', '-08:00', 'Mars/Olympus', 'America', '', 'localtime']) {
      expect(isTimeZone(name)).toBe(false);
    }
  });

  it('keeps the name that was given, and is in force in whatever case it was written', () => {
    inZone('Asia/Kolkata');
    expect(timeZoneName()).toBe('Asia/Kolkata');
    inZone('america/los_angeles');
    expect(localTime('2026-11-28T22:03:05Z')).toBe('2026-11-28 14:03:05 -08:00');
  });

  it('is TZ, or the system’s, when none is configured', () => {
    const before = timeZoneName();
    useTimeZone(undefined);
    expect(timeZoneName()).toBe(before);
    const script =
      "import { useTimeZone, timeZoneName } from './src/platform/time-zone.ts'; useTimeZone(); console.log(timeZoneName(), new Date(2026, 0, 1).toISOString());";
    const args = ['--input-type=module-typescript', '-e', script];
    const shown = (TZ: string) =>
      execFileSync(process.execPath, args, { env: { TZ }, encoding: 'utf8' }).trim();
    expect(shown('Pacific/Apia')).toBe('Pacific/Apia 2025-12-31T11:00:00.000Z');
    expect(shown('asia/kolkata')).toBe('asia/kolkata 2025-12-31T18:30:00.000Z');
  });
});
