/** Traits of a vehicle besides its plate, for which people search and enter hot plates (CAP-10). */
export const vehicleTraits = ['make', 'model', 'colour', 'body'] as const;
export type VehicleTrait = (typeof vehicleTraits)[number];

/**
 * Those that this unit tells of the vehicles that it sees: none, because no model reports any yet. Searches and entries
 * by the others find nothing, and say so.
 */
export const toldTraits: readonly VehicleTrait[] = [];
