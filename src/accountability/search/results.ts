import type { Detection, Hit, ImageRef } from '../../records/detection.ts';

/** Where a page ends: the next one goes on behind it. `id` null: from this time on, nothing of it was looked at. */
export interface Cursor {
  t: number;
  id: string | null;
}

/** A cursor as callers hold it. */
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

/** A page of results, newest first. */
export interface DetectionPage {
  detections: FoundDetection[];
  /** Goes on with the next page; null when there is nothing more. */
  next: string | null;
  /** Back to when was searched; earlier than the last result where the time for one page ran out. */
  searchedTo: string | null;
}

/** The path of one vehicle, oldest first; `more`: its earlier part is left out. */
export interface VehiclePath {
  detections: FoundDetection[];
  more: boolean;
}

/** A vehicle that was in an area, told by its plate. */
export interface SeenVehicle {
  plate: string;
  state: string | null;
  times: number;
  firstSeen: string;
  lastSeen: string;
  hit: boolean;
  latest: string;
}

/** What vehicles were in an area between two times. */
export interface StakeoutResult {
  vehicles: SeenVehicle[];
  detections: number;
  unread: number;
  /** The area and time hold more detections than can be looked at; those counted are the newest. */
  more: boolean;
}

/** One detection in full, with its hits. */
export interface OpenedDetection {
  detection: Detection;
  hits: Hit[];
}

/** How many past reads fit. */
export interface PastReads {
  detections: number;
  vehicles: number;
  /** There are more than are counted, or the time ran out. */
  more: boolean;
}
