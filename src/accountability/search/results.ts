import type { NamedSpan } from '../../platform/local-time.ts';
import type { Detection, Hit, ImageRef } from '../../records/detection.ts';
import type { LostPicture } from '../../records/stored-picture.ts';

/**
 * The end of a page, after which the next one starts. `id` null: the search stopped at this time, before any row of it.
 */
export interface Cursor {
  t: number;
  id: string | null;
}

/** A cursor as text for callers. */
export function textOfCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** A detection as a list of results shows it. */
export interface FoundDetection {
  id: string;
  plate: string | null;
  state: string | null;
  confidence: number | null;
  unread: Detection['unread'];
  /**
   * Which of the plates that were searched it may be, and how probably; null if it was read as one of them, or if no
   * possible ones were searched.
   */
  mayBe: { plate: string; p: number } | null;
  firstSeen: string;
  lastSeen: string;
  agency: string;
  unit: string;
  head: string;
  headingDeg: number | null;
  latitude: number | null;
  longitude: number | null;
  fixQuality: Detection['fix']['quality'];
  hit: boolean;
  vehicle: Detection['vehicle'];
  images: Pick<ImageRef, 'id' | 'kind'>[];
}

/**
 * A result, the span of time that was searched, as the unit understood it, and sentences on why nothing was found; none
 * if something was.
 */
export type OfSpan<Result> = Result & { span: NamedSpan; notes: string[] };

/** A page of results, newest first. */
export interface DetectionPage {
  detections: FoundDetection[];
  /** Cursor of the next page; null if there is none. */
  next: string | null;
  /** The time back to which the search came; earlier than the last result if time for one page ran out. */
  searchedTo: string | null;
}

/** A detection as a dot on a map and a stroke in a chart shows it. */
export interface SeenRead {
  id: string;
  plate: string | null;
  lastSeen: string;
  latitude: number | null;
  longitude: number | null;
  hit: boolean;
}

/** All that a search finds, newest first, without their records; `more`: the oldest of them are left out. */
export interface Overview {
  reads: SeenRead[];
  more: boolean;
}

/** The path of one vehicle, oldest first; `more`: its earlier part is left out. */
export interface VehiclePath {
  detections: FoundDetection[];
  more: boolean;
}

/** A time at which one unit saw both vehicles. */
export interface Meeting {
  at: string;
  /** Seconds between both reads. */
  apartS: number;
  unit: string;
  latitude: number | null;
  longitude: number | null;
  /** The reads of the plate that was asked about, and of the other; null if that was purged since. */
  read: string;
  other: string | null;
}

/** A vehicle that was seen together with another. */
export interface Companion {
  plate: string;
  state: string | null;
  /** At how many of the times, and at how many different places. */
  times: number;
  places: number;
  /** How often it was read at all in the time, and how often both would have met by chance. */
  timesRead: number;
  expected: number;
  hit: boolean;
  /** The newest of them. */
  meetings: Meeting[];
}

/** Which vehicles were seen together with one. */
export interface Company {
  /** How many times that one was seen; reads of one stay are one. */
  occasions: number;
  /** Who was with it more often than by chance, the clearest first. */
  companions: Companion[];
  /** How many more met it as often, and are seen so often that it means nothing. */
  common: number;
  /** There are more reads or vehicles than were looked at. */
  more: boolean;
}

/** Two reads of one plate that no car makes, the earlier first. */
export interface TwoPlaces {
  reads: [FoundDetection, FoundDetection];
  leastM: number;
  mostS: number;
  leastMps: number;
}

/** Where one plate was in two places at once; `more`: earlier reads were not looked at. */
export interface PlatesInTwoPlaces {
  pairs: TwoPlaces[];
  more: boolean;
}

/** A vehicle that was in an area, identified by its plate. */
export interface SeenVehicle {
  plate: string;
  state: string | null;
  times: number;
  firstSeen: string;
  lastSeen: string;
  hit: boolean;
  latest: string;
}

/** The vehicles in an area between two times. */
export interface StakeoutResult {
  vehicles: SeenVehicle[];
  detections: number;
  unread: number;
  /** The newest of the detections with their places, at most 10,000, newest first. */
  reads: SeenRead[];
  /** True if the area and time hold more detections than the limit; the newest ones are counted. */
  more: boolean;
}

/** Images that were opened together, as JPEG in base64; null where the file is no longer on this unit. */
export interface ImageBatch {
  images: ({ id: string } & ({ jpeg: string; lost: null } | { jpeg: null; lost: LostPicture }))[];
}

/** One detection in full, with its hits. */
export interface OpenedDetection {
  detection: Detection;
  hits: Hit[];
}

/** How many past reads match. */
export interface PastReads {
  detections: number;
  vehicles: number;
  /** True if there are more than counted, or if the time ran out. */
  more: boolean;
}
