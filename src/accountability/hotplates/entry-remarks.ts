import { lintText, personalWords } from '../../hotlist/lint/lint-text.ts';
import { isWildcard } from '../../hotlist/plate-text.ts';
import { toldTraits, vehicleTraits } from '../../records/told-traits.ts';
import type { Finding, HotPlateContent } from './hot-plate.ts';
import { findTwins } from './plate-syntax.ts';

/** Words about people's traits or beliefs, which alone are never a reason for an entry (HOT-16: N 429.5(c) to (e)). */
const protectedWords =
  /\b(?:african|asian|hispanic|latin[oax]s?|mexicans?|arabs?|middle eastern|native american|chinese|indian (?:male|female|man|woman)|black (?:male|female|man|woman|adult)|white (?:male|female|man|woman|adult)|muslims?|islamic|mosque|jew(?:s|ish)?|synagogue|catholics?|christians?|church|religio(?:n|us)|gay|lesbian|transgender|homosexual|immigrants?|undocumented|illegals?|protest(?:s|ers?|ing)?|demonstrat(?:ion|ors?)|rally|activists?|union organi[sz]er|journalists?|republicans?|democrats?|disabled|wheelchair)\b/i;

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/** Remarks on an entry, for a person to check before it goes on the list. */
export function remarksOn(content: HotPlateContent): Finding[] {
  const { plate, issuer, vehicle } = content;
  const findings: Finding[] = [];
  const texts: [field: string, text: string | null][] = [
    ['reason', content.reason],
    ['synopsis', content.synopsis],
    ['make', vehicle.make],
    ['model', vehicle.model],
    ['colour', vehicle.colour],
    ['body', vehicle.body],
    ['identifiers', vehicle.identifiers.join('; ') || null],
  ];
  for (const [field, text] of texts) {
    if (text === null) continue;
    for (const { kind } of lintText(text)) {
      const message = `${field} ${personalWords[kind]}`;
      findings.push({ field, weight: 'personal', kind, message });
    }
    if (protectedWords.test(text)) {
      findings.push({
        field,
        weight: 'advice',
        kind: 'protected',
        message: `${field} mentions race, religion, views or the like; that alone is never a reason for an entry`,
      });
    }
  }
  const twins = plate === null || isWildcard(plate) ? null : findTwins(plate, issuer);
  if (twins !== null) {
    const where = twins.positions.join(' and ');
    findings.push({
      field: 'plate',
      weight: 'advice',
      kind: 'twins',
      message:
        twins.because === 'form'
          ? `the plate does not have the form of ${issuer} plates, but ${twins.suggestion} would: look again at ` +
            `character ${where}, unless it is a personalised plate`
          : `${issuer} plates have no letter O, personalised ones included: look again at character ${where}; ` +
            `the state would write ${twins.suggestion}`,
    });
  }
  const untold = untoldTraits(content);
  if (plate === null && untold.length > 0) {
    findings.push({
      field: 'plate',
      weight: 'advice',
      kind: 'untold',
      message: `the units do not tell the ${inWords.format(untold)} of a vehicle, so this entry alerts on nothing: it is only on file`,
    });
  }
  return findings;
}

/** What a description names and no unit tells. */
function untoldTraits({ vehicle }: HotPlateContent): string[] {
  const named = vehicleTraits.filter((trait) => vehicle[trait] !== null);
  const marks = vehicle.identifiers.length > 0 ? ['marks'] : [];
  return [...named.filter((trait) => !toldTraits.includes(trait)), ...marks];
}
