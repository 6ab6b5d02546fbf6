import { localListId } from '../accountability/hotplates/hot-plate.ts';
import { toldReason } from '../accountability/hotplates/last-heading.ts';
import { type HitStanding, shortIdOf } from '../accountability/verification/hit-view.ts';
import { describesVehicle } from '../accountability/verification/judge.ts';
import type { Seen } from '../accountability/verification/seen-alerts.ts';
import type { AlertClass, AlertEvent, PictureBox, RestoredAlert } from '../alerts/alert.ts';
import { type Caution, cautionsIn } from '../alerts/caution-words.ts';
import { isListedAsRead, namedPlate, oddsOf } from '../alerts/odds.ts';
import { asReported, stateName, titleOf } from '../alerts/wording.ts';
import type { HitMatch } from '../hotlist/hit-match.ts';
import { isWildcard } from '../hotlist/plate-text.ts';
import type { DirectionOfTravel, Fix } from '../position/fix.ts';
import type { Heading } from '../position/heading.ts';
import type { Motion, OverviewMissing } from '../vision/tracking/track-report.ts';

/** An issuing state as shown: "CA", "California". */
interface StateView {
  code: string;
  name: string;
}

/** What every card shows of an alert. */
interface Card {
  /** Of the detection: one card per vehicle. */
  id: string;
  /** Of the hit that the card is for. */
  hitId: string;
  /** The end of the hit's id, which every operation on it takes. */
  shortId: string;
  event: AlertEvent;
  /**
   * Grows with every news, so that "seen" applies to the version that was seen: ms since the epoch of the last news, also
   * after a restart.
   */
  revision: number;
  /** Who has seen this revision, on whichever screen; null if nobody has. */
  seen: Seen | null;
  class: AlertClass;
  title: string;
  banner: string;
  /** When the frames were taken, ms since the epoch. */
  inView: { firstMs: number; lastMs: number };
  /** Which unit saw it, and by which of its heads. */
  unit: string;
  head: string;
}

/**
 * An alert for a person who may see no hit of it (USR-9): that there is one, how urgent, and the id that dispatch can
 * find it by. Nothing of the plate, the vehicle, the list, the reason or the place.
 */
export interface WithheldView extends Card {
  withheld: true;
}

/** An alert as the page receives it: with its wording, and without fields that the operator may not see. */
export interface AlertView extends Card {
  withheld: false;
  /** How far its verification is; null while the hit is not on the disk. */
  standing: HitStanding | null;
  /** The listed plate is only possible: marked ≈ (PRA-2). */
  isNear: boolean;
  /** By which plate it is named: as read, or as listed where no text counts as read. */
  named: string;
  read: {
    /** The likeliest text, where none counts as read; `label` says so. */
    plate: string;
    label: 'Read' | 'Not read, likeliest';
    state: (StateView & { p: number }) | null;
    confidence: number;
    /** Probability of each character. */
    characters: number[];
  };
  listed: { plate: string; state: StateView | null };
  /** How the plate compares with the listed one, in words; doubt: somebody must look. */
  compared: { kind: 'good' | 'doubt'; words: string };
  /** Positions, from 0, in which the two differ. */
  differences: number[];
  /** Small stacked characters that only the list or only the read has (PRA-2); null for most. */
  stacked: { text: string; in: 'listed' | 'read' } | null;
  stateAgreement: HitMatch['stateAgreement'];
  reason: string;
  /** In which direction the vehicle went when it was last seen, as its hot plate says; null where it says nothing. */
  lastHeading: Heading | null;
  /** What the reason, also on the vehicle's other lists, warns of, in order of weight. */
  caution: Caution[];
  vehicle: string | null;
  /** Whether the list says anything of the vehicle that can be compared. */
  isVehicleDescribed: boolean;
  caseNumber: string | null;
  /** `asOfMs`: when its source made it; `ageS`, `isOld`: when it matched. The page counts its age on (ALT-7). */
  list: { name: string; isSpecific: boolean; asOfMs: number; ageS: number; isOld: boolean };
  /** The day of the entry, ms since the epoch; null if the list does not state it. */
  entryDateMs: number | null;
  /** Other lists with the vehicle. */
  others: string[];
  fix: Pick<Fix, 'latitude' | 'longitude' | 'quality' | 'ageMs' | 'simulated'>;
  direction: DirectionOfTravel;
  motion: Motion;
  /** Path of each picture; null if there is none. */
  images: { plate: string | null; ir: string | null; overview: string | null };
  overviewMissing: OverviewMissing | null;
  /**
   * Where the plate is in the infra-red picture, and nearly so in the colour picture, whose camera is beside it; null if
   * that is not known, as after a restart.
   */
  vehicleBox: PictureBox | null;
  /** Ms from the frame's capture (ALT-3). */
  stagesMs: { found: number; read: number; matched: number; raised: number };
  /** Host time of the last change, ms since the epoch. */
  changedAtMs: number;
}

/** Names of an alert's pictures in the page's requests. */
export const imageKinds = ['plate', 'ir', 'overview'] as const;
export type ImageKind = (typeof imageKinds)[number];

/** What is known of an alert besides itself. */
export interface Stamps {
  revision: number;
  seen: Seen | null;
  /** Host time of the last change. */
  nowMs: number;
}

type Stamped = RestoredAlert & { event: AlertEvent; stamps: Stamps };

function cardOf({ event, stamps, ...alert }: Stamped): Card {
  const { hit, seen: inView } = alert;
  const { revision, seen } = stamps;
  return {
    id: hit.detectionId,
    hitId: hit.id,
    shortId: shortIdOf(hit.id),
    event,
    revision,
    seen,
    class: alert.class,
    title: alert.title,
    banner: alert.banner,
    inView: { firstMs: inView.firstMs, lastMs: inView.lastMs },
    unit: hit.unit,
    head: hit.head,
  };
}

/** An alert that is withheld from a person; its class tells how urgent it is. */
export function withholdAlert(alert: Stamped): WithheldView {
  const title = 'Alert of a list that you may not see';
  return { ...cardOf(alert), withheld: true, title };
}

/** The view of an alert. `standing`: how far the verification of its hit is. */
export function viewAlert(alert: Stamped, standing: HitStanding | null): AlertView {
  const { hit } = alert;
  const { nowMs } = alert.stamps;
  const { match, read, times } = hit;
  const { entry, list } = match;
  const path = (kind: ImageKind) => {
    const image = alert.images[kind];
    return image === null
      ? null
      : `/api/live/${hit.detectionId}/${kind}.jpg?at=${Math.round(image.takenAtMs)}`;
  };
  const after = (ms: number) => Math.round(ms - times.capturedAtMs);
  const said =
    list.id === localListId
      ? toldReason(entry.reason)
      : { reason: entry.reason, lastHeading: null };
  const vehicle = [entry.colour, entry.year, entry.make, entry.model].filter((word) => word);
  return {
    ...cardOf(alert),
    withheld: false,
    standing,
    isNear: !isListedAsRead(hit),
    named: namedPlate(hit),
    read: {
      plate: read.plate,
      label: hit.unread === true ? 'Not read, likeliest' : 'Read',
      state: read.state && { ...stateView(read.state.code), p: read.state.p },
      confidence: read.confidence,
      characters: read.characters.map(({ p }) => p),
    },
    listed: { plate: entry.plate, state: entry.state === null ? null : stateView(entry.state) },
    compared: comparedWords(alert),
    differences: match.differences.map(({ position }) => position),
    stacked: match.stacked ?? null,
    stateAgreement: match.stateAgreement,
    reason: asReported(said.reason),
    lastHeading: said.lastHeading,
    caution: cautionsIn(entry.reason, ...alert.others.map((other) => other.match.entry.reason)),
    vehicle: vehicle.length > 0 ? asReported(vehicle.join(' ')) : null,
    isVehicleDescribed: describesVehicle(match),
    caseNumber: entry.caseNumber,
    list: {
      name: asReported(list.name),
      isSpecific: list.type === 'specific',
      asOfMs: Date.parse(list.asOf),
      ageS: list.ageS,
      isOld: list.old,
    },
    entryDateMs: entry.entryDate === null ? null : Date.parse(entry.entryDate),
    others: alert.others.map(
      (other) => `${titleOf(other.match.entry.category)} (${asReported(other.match.list.name)})`,
    ),
    fix: {
      latitude: hit.fix.latitude,
      longitude: hit.fix.longitude,
      quality: hit.fix.quality,
      ageMs: hit.fix.ageMs,
      simulated: hit.fix.simulated,
    },
    direction: hit.direction,
    motion: hit.motion,
    images: { plate: path('plate'), ir: path('ir'), overview: path('overview') },
    overviewMissing: alert.images.overviewMissing,
    vehicleBox: alert.plateBox,
    stagesMs: {
      found: after(times.foundAtMs),
      read: after(times.readAtMs),
      matched: after(times.matchedAtMs),
      raised: after(times.raisedAtMs),
    },
    changedAtMs: nowMs,
  };
}

function comparedWords({ event, hit }: Stamped): AlertView['compared'] {
  const { differences, stacked, entry } = hit.match;
  const doubt = (words: string) => ({ kind: 'doubt', words }) as const;
  if (event === 'withdrawn') return doubt('No longer matches');
  if (stacked !== undefined) {
    const [has, lacks] = stacked.in === 'listed' ? ['Listed', 'read'] : ['Read', 'listed'];
    return doubt(`${has} with small ${stacked.text}, ${lacks} without`);
  }
  if (!isListedAsRead(hit)) {
    const count = differences.length;
    const differ = `${count} character${count === 1 ? ' differs' : 's differ'}`;
    const odds = oddsOf(hit);
    return doubt(
      `≈ ${count === 0 ? 'possibly the listed plate' : differ}${odds === null ? '' : `: ${odds.replaceAll(' %', '\u00a0%')}`}`,
    );
  }
  if (isWildcard(entry.plate)) return doubt('Only part of the plate is listed');
  return { kind: 'good', words: 'Characters as listed' };
}

const stateView = (code: string): StateView => ({ code, name: stateName(code) ?? code });
