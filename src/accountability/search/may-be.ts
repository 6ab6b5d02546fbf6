import type { Detection } from '../../records/detection.ts';
import { type PlatePattern, platePattern } from './plate-pattern.ts';
import type { DetectionQuery } from './query.ts';
import type { FoundDetection } from './results.ts';

/** Which plate of the query a detection may be, if it asks for that (`FoundDetection.mayBe`). */
export function mayBeOf(
  query: Pick<DetectionQuery, 'plate' | 'alike' | 'possible'>,
): (detection: Detection) => FoundDetection['mayBe'] {
  const { plate, alike, possible } = query;
  const pattern = plate === undefined || !possible ? null : platePattern(plate, alike);
  if (pattern === null) return () => null;
  const fits = fitsOf(pattern);
  return ({ read, possible: texts = [] }) => {
    if (read !== null && fits(read.plate)) return null;
    const found = [...(read?.alternatives ?? []), ...texts].filter((text) => fits(text.plate));
    const [likeliest] = found.toSorted((a, b) => b.p - a.p);
    if (likeliest === undefined) return null;
    const p = found.reduce((sum, text) => sum + text.p, 0);
    return { plate: likeliest.plate, p: Math.min(1, p) };
  };
}

function fitsOf(pattern: PlatePattern): (plate: string) => boolean {
  if (pattern.kind === 'exact') return (plate) => pattern.plates.includes(plate);
  const whole = new RegExp(`^${pattern.glob.replaceAll('?', '.').replaceAll('*', '.*')}$`);
  return (plate) => whole.test(plate);
}
