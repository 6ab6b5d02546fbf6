import type { SuspensionZone } from '../../config/sections/suspension.ts';
import { contains } from '../search/area.ts';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A place on the map, WGS 84. */
export interface Place {
  latitude: number;
  longitude: number;
}

/**
 * The zones in which capture is suspended at this time and place; zones may overlap. Without a place only zones without
 * an area count. Without a time that is sure (null) hours hold all day: what may be forbidden is not done.
 */
export function zonesNow(
  zones: readonly SuspensionZone[],
  place: Place | null,
  sureMs: number | null,
): SuspensionZone[] {
  return zones.filter(
    (zone) => isInArea(zone, place) && (sureMs === null || isInHours(zone, new Date(sureMs))),
  );
}

/**
 * Of the zones that hold, the first in which no order is in force; null if each has its order: one for the garage lets
 * nobody capture on the school's yard beside it.
 */
export function bareZone(
  holding: readonly SuspensionZone[],
  orderOf: (zone: string) => string | null,
): string | null {
  return holding.find(({ name }) => orderOf(name) === null)?.name ?? null;
}

function isInArea({ area }: SuspensionZone, place: Place | null): boolean {
  if (area === undefined) return true;
  return place !== null && contains(area, place.latitude, place.longitude);
}

/** By the clock on the wall of the unit's zone. Hours that end on the next day belong to the day on which they begin. */
function isInHours({ hours }: SuspensionZone, at: Date): boolean {
  if (hours === undefined) return true;
  const nowMin = at.getHours() * 60 + at.getMinutes();
  const [fromMin, toMin] = [minutesOf(hours.from), minutesOf(hours.to)];
  const isOn = (weekday: number) => hours.days.some((day) => day === days[(weekday + 7) % 7]);
  if (fromMin < toMin) return isOn(at.getDay()) && nowMin >= fromMin && nowMin < toMin;
  return (isOn(at.getDay()) && nowMin >= fromMin) || (isOn(at.getDay() - 1) && nowMin < toMin);
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
