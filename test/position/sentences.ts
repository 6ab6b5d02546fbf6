import { checksumOf } from '../../src/position/nmea-sentence.ts';

/** A sentence with its dollar sign and a right checksum. */
export function nmea(body: string): string {
  return `$${body}*${checksumOf(body)}`;
}

/** One moment as a receiver with a good fix reports it; `change` replaces single sentences. */
export function moment(
  time: string,
  place: {
    latitude?: string;
    longitude?: string;
    date?: string;
    knots?: string;
    quality?: string;
  } = {},
): string[] {
  const { latitude = '3453.7723', longitude = '11701.8663', date = '140326' } = place;
  const { knots = '17.50', quality = '1' } = place;
  const at = `${latitude},N,${longitude},W`;
  const mode = { '1': 'A', '6': 'E', '7': 'M', '8': 'S' }[quality] ?? 'A';
  return [
    nmea(`GNGGA,${time},${at},${quality},09,1.10,641.2,M,-31.2,M,,`),
    nmea(`GNRMC,${time},A,${at},${knots},84.0,${date},,,${mode}`),
    nmea('GNGSA,A,3,02,05,12,15,21,25,29,,,,,,1.86,1.09,1.53'),
  ];
}

/** One moment of a receiver without sight of the sky. */
export function voidMoment(time: string, date = '140326'): string[] {
  return [
    nmea(`GNGGA,${time},,,,,0,00,99.99,,,,,,`),
    nmea(`GNRMC,${time},V,,,,,,,${date},,,N`),
    nmea('GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99'),
  ];
}
