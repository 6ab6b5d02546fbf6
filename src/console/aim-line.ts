import type { Config } from '../config/schema.ts';
import type { Fix, PositionHealth } from '../position/fix.ts';
import type { StandingFix } from '../position/standing-fix.ts';
import type { HeadState } from '../vision/head/head-status.ts';
import type { PassedOver } from '../vision/head/passed-over.ts';
import type { PlateFigures } from '../vision/head/plate-figures.ts';
import type { PreviewFrame } from '../vision/head/preview-frame.ts';
import type { TestVerdict } from '../vision/head/test-plate.ts';

/** A preview picture as the page gets it. */
export interface AimFrame
  extends Omit<PreviewFrame, 'covered' | 'clear' | 'head' | 'test' | 'colour'> {
  type: 'frame';
  /** Whether plates are left in the picture. */
  isClear: boolean;
  /** A JPEG file, base64. */
  jpeg: string;
  /** Of the colour camera, base64, once a second; null between, and without one. Coarse where no plate may be seen. */
  colourJpeg: string | null;
}

/** A test with a plate held before the camera; what is on it is not told. */
export interface TestPlateState extends Omit<TestVerdict, 'id'> {
  /** Until it ends by itself, s; 0 once it is over. */
  leftS: number;
}

/** The figures by which a camera is set up; no plate is in them. */
export interface AimFigures {
  type: 'figures';
  state: HeadState;
  problem: string | null;
  /** Of the camera from which plates are read; null while its head tells nothing. */
  camera: {
    width: number;
    height: number;
    fps: number;
    /** Below this it is slow. */
    leastFps: number;
    readFps: number;
    passedOver: PassedOver;
    /** What is wrong with its pictures and what to do; or null. */
    qualityWarning: string | null;
  } | null;
  limits: Config['heads']['quality'];
  /** Frames further apart are no pair, ms; null without a colour camera. */
  maxSkewMs: number | null;
  plates: PlateFigures;
  /** Null before the first test. */
  test: TestPlateState | null;
  position: Pick<PositionHealth, 'state' | 'problem'> &
    Pick<Fix, 'source' | 'quality' | 'satellites' | 'hdop' | 'ageMs' | 'latitude' | 'longitude'> & {
      /** All fixes since somebody looks, taken together; null without one, and for a surveyed place. */
      standing: StandingFix | null;
    };
  /** Null where the link is off. */
  uplink: {
    /** Host and port, without user and password. */
    broker: string;
    /** ms since the epoch; null where there is no certificate. */
    certificateEndsAtMs: number | null;
    connected: boolean;
    problem: string | null;
    waiting: number;
    oldestAgeS: number | null;
    lastAcknowledgedAtMs: number | null;
  } | null;
}

/** Why a look ends: it was long enough, the session was locked or is over, or the unit stops. */
export type AimEnd = 'time' | 'locked' | 'ended' | 'stopped';

/** One line of the stream that `POST /api/cameras/:head/aim` answers with: JSON, newline after each. */
export type AimLine = AimFrame | AimFigures | { type: 'over'; why: AimEnd };
