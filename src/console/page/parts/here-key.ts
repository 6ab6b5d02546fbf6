import { nothing, type TemplateResult } from 'lit-html';
import { page } from '../state.ts';
import { centreText } from '../typed-area.ts';
import { key } from './key.ts';

/** Takes the place where the unit is for the centre of an area, as a person would type it; nothing where it knows none. */
export function hereKey(onPlace: (text: string) => void): TemplateResult | typeof nothing {
  const { latitude, longitude } = page.status.position ?? {};
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return nothing;
  return key({ label: 'Around here', onPress: () => onPlace(centreText(latitude, longitude)) });
}
