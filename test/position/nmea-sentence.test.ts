import { describe, expect, it } from 'vitest';
import { readNmeaLine } from '../../src/position/nmea-sentence.ts';
import { nmea } from './sentences.ts';

describe('a line of NMEA', () => {
  it('is refused with a wrong, missing or torn checksum', () => {
    const good = nmea('GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W');
    expect(readNmeaLine(good)).toMatchObject({ type: 'RMC', talker: 'GP' });
    expect(readNmeaLine(good.replace('4807', '4817'))).toBe('refused');
    expect(readNmeaLine(good.slice(0, -3))).toBe('unchecked');
    expect(readNmeaLine(good.slice(0, 30))).toBe('refused');
    expect(readNmeaLine('\u00ff\u0000~garbage')).toBe('refused');
    expect(readNmeaLine('')).toBe('empty');
  });

  it('is found behind the rest of a torn one', () => {
    const good = nmea('GNGGA,134012.00,3453.7723,N,11701.8663,W,1,10,1.09,641.8,M,-31.2,M,,');
    expect(readNmeaLine(`$GNGGA,1340${good}\r`)).toMatchObject({ type: 'GGA', satellites: 10 });
  });

  it.each(['GP', 'GL', 'GA', 'GB', 'BD', 'GQ', 'GI', 'GN'])('is taken from talker %s', (talker) => {
    const line = nmea(`${talker}GGA,120000,3453.7723,N,11701.8663,W,1,09,1.1,641.2,M,,M,,`);
    expect(readNmeaLine(line)).toMatchObject({ talker, quality: 'fix-2d' });
  });

  it('gives place and speed in degrees and metres a second', () => {
    const line = nmea('GNRMC,134012.50,A,3453.7723,N,11701.8663,W,10.00,84.0,140326,,,A');
    const rmc = readNmeaLine(line);
    expect(rmc).toMatchObject({ type: 'RMC', courseDeg: 84, date: Date.UTC(2026, 2, 14) });
    if (typeof rmc === 'string' || rmc.type !== 'RMC') throw new Error('not understood');
    expect(rmc.place?.latitude).toBeCloseTo(34.896205, 6);
    expect(rmc.place?.longitude).toBeCloseTo(-117.031105, 6);
    expect(rmc.speedMps).toBeCloseTo(5.1444, 3);
    expect(rmc.timeMs).toBe(((13 * 60 + 40) * 60 + 12.5) * 1000);
  });

  it.each([
    ['GPGGA,,,,,,0,,,,,,,,', 'no field at all'],
    ['GNGGA,120000,3453.7723,N,11701.8663,W,,09,1.1,641.2,M,,M,,', 'a place with an empty quality'],
    ['GNGGA,120000,,,,,1,09,1.1,641.2,M,,M,,', 'a quality without a place'],
    ['GNRMC,120000,V,3453.7723,N,11701.8663,W,0.1,,140326,,,N', 'a void RMC with its last place'],
    ['GNRMC,,V,,,,,,,,,,N', 'a void RMC without a time'],
    ['GNGNS,120000,3453.7723,N,11701.8663,W,NN,09,1.1,641.2,-31.2,,', 'a GNS without a fix'],
  ])('is no fix: %s (%s)', (body) => {
    expect(readNmeaLine(nmea(body))).toMatchObject({ quality: 'none' });
  });

  it.each([
    ['GNGGA,120000,3453.7723,N,11701.8663,W,6,09,1.1,641.2,M,,M,,', 'estimated'],
    ['GNGGA,120000,3453.7723,N,11701.8663,W,7,09,1.1,641.2,M,,M,,', 'manual'],
    ['GNGGA,120000,3453.7723,N,11701.8663,W,8,09,1.1,641.2,M,,M,,', 'simulated'],
    ['GNRMC,120000,A,3453.7723,N,11701.8663,W,1.0,84.0,140326,,,S', 'simulated'],
    ['GNRMC,120000,A,3453.7723,N,11701.8663,W,1.0,84.0,140326,,,D', 'differential'],
    ['GPRMC,120000,A,3453.7723,N,11701.8663,W,1.0,84.0,140326,,', 'fix-2d'],
    ['GNGNS,120000,3453.7723,N,11701.8663,W,AD,09,1.1,641.2,-31.2,,', 'differential'],
    ['GNGNS,120000,3453.7723,N,11701.8663,W,AS,09,1.1,641.2,-31.2,,', 'simulated'],
  ])('tells the kind of fix: %s is %s', (body, quality) => {
    expect(readNmeaLine(nmea(body))).toMatchObject({ quality });
  });

  it.each([
    'GNRMC,120000,A,9953.7723,N,11701.8663,W,1.0,84.0,140326,,,A',
    'GNRMC,120000,A,3463.7723,N,11701.8663,W,1.0,84.0,140326,,,A',
    'GNRMC,120000,A,3453.7723,,11701.8663,W,1.0,84.0,140326,,,A',
    'GNRMC,256000,A,3453.7723,N,11701.8663,W,1.0,84.0,140326,,,A',
    'GNRMC,120000,A,3453.7723,N,11701.8663,W,1.0,84.0,310226,,,A',
    'GNRMC,120000,A,3453.7723,N',
  ])('is refused with a right checksum over a field that cannot be: %s', (body) => {
    expect(readNmeaLine(nmea(body))).toBe('refused');
  });

  it('takes no name of the language for a sentence', () => {
    expect(readNmeaLine(nmea('GPtoString,1,2'))).toBe('refused');
    expect(readNmeaLine(nmea('GPGSV,1,1,01,21,45,120,38'))).toBe('other');
  });

  it('reads two-digit years, and no date from a receiver still in 1980', () => {
    const dated = (date: string) =>
      readNmeaLine(nmea(`GNRMC,120000,A,3453.7723,N,11701.8663,W,1.0,84.0,${date},,,A`));
    expect(dated('010100')).toMatchObject({ date: Date.UTC(2000, 0, 1) });
    expect(dated('311279')).toMatchObject({ date: Date.UTC(2079, 11, 31) });
    expect(dated('060180')).toMatchObject({ date: null });
    expect(dated('')).toMatchObject({ date: null });
  });

  it('leaves out the course of a VTG that is void or estimated', () => {
    expect(readNmeaLine(nmea('GNVTG,84.0,T,,M,17.5,N,32.4,K,A'))).toMatchObject({ courseDeg: 84 });
    expect(readNmeaLine(nmea('GNVTG,84.0,T,,M,17.5,N,32.4,K,E'))).toMatchObject({
      courseDeg: null,
    });
    expect(readNmeaLine(nmea('GNVTG,,,,,,,,,N'))).toMatchObject({
      courseDeg: null,
      speedMps: null,
    });
  });
});
