import type { HitMatch } from './hit-match.ts';

type Stacked = NonNullable<HitMatch['stacked']>;

/**
 * Small characters beside the serial that stand on top of each other (or alone), by state: disabled veterans, services,
 * trailers and the like. Whether they belong to the number differs by state and even by plate (AAMVA's survey of 58
 * jurisdictions, 2012); NCIC writes the upper one first. The codes are those of toll operators' rules for reviewing
 * pictures, as a public project notes them (October 2025).
 */
const codesByState = new Map(
  `AL X2 TL TR DV Q1 T|AR AB EM US PHS EX FX PF|CA E|CO FLT DV|DE CL|ID PRP|KS PWR|KY BX AY GX HK|LA MA NA AR MH NG|
MD AF HDV|MI DV|MN E|MS TLR AU AV MC MQ DB NG|NV DT|NH CH|NJ WD NG HM|NM MI LC SU KID|NY EMTP VAS DAV MD|
NC DV IC VF PH PD NC NG|ND PRP|ON PRP|OR HP HU|PA PD|RI TRL|SC CC EA VT ZD|TN V0 T|TX DV T|VT TRK|
VA ID ZE TR RS FD DV VET|WA AR GRN|WY TRL`
    .split('|')
    .map((line) => line.trim().split(' '))
    .map(([state = '', ...codes]) => [state, codes] as const),
);

/** Codes of two and more characters, of any state. */
const anyCodes = [...new Set([...codesByState.values()].flat())].filter(({ length }) => length > 1);

/** Fewer characters beside the small ones are no serial. */
const minSerial = 4;
/** More characters does no plate have. */
const longestPlate = 8;

/** Another text of a plate: with small characters that the read lacks, or without those that it has. */
interface StackedVariant extends Stacked {
  plate: string;
}

/**
 * The texts that a read may be listed as, since readers leave small characters out or take them for part of the serial.
 * `state`: of the read, if it is certain; without it only the ends of the plate are looked at, and no code of one letter.
 */
export function stackedVariants(plate: string, state: string | null): StackedVariant[] {
  const codes = state === null ? anyCodes : (codesByState.get(state) ?? []);
  return codes.flatMap((text) => {
    const isInside = state !== null && text.length > 1;
    const places = (end: number) =>
      isInside ? Array.from({ length: end + 1 }, (_, at) => at) : [...new Set([0, end])];
    const isSerial = plate.length >= minSerial && plate.length + text.length <= longestPlate;
    const rest = plate.length - text.length;
    return [
      ...(isSerial ? places(plate.length) : []).map(
        (at): StackedVariant => ({
          plate: plate.slice(0, at) + text + plate.slice(at),
          text,
          in: 'listed',
        }),
      ),
      ...(rest >= minSerial ? places(rest) : [])
        .filter((at) => plate.startsWith(text, at))
        .map(
          (at): StackedVariant => ({
            plate: plate.slice(0, at) + plate.slice(at + text.length),
            text,
            in: 'read',
          }),
        ),
    ];
  });
}

/** Whether plates of a state have these small characters; true for an unknown state. */
export function hasStacked(state: string | null, text: string): boolean {
  return state === null || (codesByState.get(state)?.includes(text) ?? false);
}
