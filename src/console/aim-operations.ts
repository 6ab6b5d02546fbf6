import { z } from 'zod';
import { listOf, record } from '../accountability/gate/answer.ts';
import { change, look } from '../accountability/gate/definition.ts';
import type { Operation } from '../accountability/gate/operation.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { CameraControl } from '../vision/capture/v4l2-controls.ts';
import type { PreviewWatcher } from '../vision/head/preview-watch.ts';
import type { AimFigures } from './aim-line.ts';

/** What can be set on one camera of a head. */
export interface SettableCamera {
  camera: 'ir' | 'colour';
  controls: CameraControl[];
  /** Why there is nothing to set; or null. */
  note: string | null;
}

/** One value to set on a camera. */
export interface CameraSetting {
  camera: 'ir' | 'colour';
  control: string;
  value: number;
}

/** Exposure, gain and focus, where cameras have them. */
export interface CameraSettings {
  list(head: string): Promise<SettableCamera[]>;
  /** Sets it and keeps it, and answers with all values as they are then; throws a Refusal where the camera does not take it. */
  set(head: string, setting: CameraSetting): Promise<SettableCamera>;
}

/** The cameras that people set up. */
export interface AimCameras {
  has(head: string): boolean;
  /** Small pictures of what a head reads, until the returned function is called; null if there is no such head. */
  watch(head: string, watcher: PreviewWatcher): (() => void) | null;
  figures(head: string): AimFigures | null;
  /** A plate that is held before the camera, 0-9A-Z. */
  beginTest(head: string, plate: string): void;
  endTest(head: string): void;
  settings: CameraSettings;
}

const headField = { head: z.string().max(32) };
const ofHead = z.strictObject(headField);

const common = {
  permission: 'cameras.aim',
  category: 'System',
  object: ({ head }: { head: string }) => `camera ${head}`,
} as const;

/** Looks at what a camera sees, with every plate covered. The answer is a stream of lines (`aim-stream.ts`). */
export const aimCamera = look({
  name: 'cameras.aim',
  http: { method: 'POST', path: '/cameras/:head/aim' },
  ...common,
  input: ofHead,
  answer: record<{ head: string }>(),
});

/** The same with the plates, as for any other picture of them: with a purpose. */
export const aimCameraClear = look({
  name: 'cameras.aim-clear',
  http: { method: 'POST', path: '/cameras/:head/aim-clear' },
  ...common,
  permission: 'images.view',
  category: 'Image View',
  inquiry: true,
  input: ofHead,
  answer: record<{ head: string }>(),
});

const testPlate = z
  .string()
  .max(20)
  .transform((text) => text.toUpperCase().replaceAll(/[\s-]/g, ''))
  .refine((text) => /^[0-9A-Z]{2,10}$/.test(text), 'needs 2 to 10 letters and digits');

/**
 * Counts for two minutes how a plate is read that is held before the camera. Its vehicle is not recorded meanwhile, unless
 * it is listed. The audit record names the plate.
 */
export const beginPlateTest = change({
  name: 'cameras.test-plate',
  http: { method: 'POST', path: '/cameras/:head/test' },
  ...common,
  input: z.strictObject({ ...headField, plate: testPlate }),
  answer: record<{ head: string }>(),
});

export const endPlateTest = change({
  name: 'cameras.end-test',
  http: { method: 'POST', path: '/cameras/:head/end-test' },
  ...common,
  input: ofHead,
  answer: record<{ head: string }>(),
});

export const listCameraSettings = look({
  name: 'cameras.settings',
  http: { method: 'GET', path: '/cameras/:head/settings' },
  ...common,
  input: ofHead,
  answer: listOf<SettableCamera>(),
});

export const setCamera = change({
  name: 'cameras.set',
  http: { method: 'POST', path: '/cameras/:head/settings' },
  ...common,
  category: 'Configuration Change',
  input: z.strictObject({
    ...headField,
    camera: z.enum(['ir', 'colour']),
    control: z.string().regex(/^\w{1,40}$/, 'is no name of a control'),
    value: z.int(),
  }),
  answer: record<SettableCamera>(),
});

/** Throws a Refusal if there is no such camera. */
export function checkCamera(cameras: Pick<AimCameras, 'has'>, head: string): void {
  if (!cameras.has(head)) throw new Refusal(404, 'no-such-camera', 'There is no such camera.');
}

/** What people do to cameras when they set them up. */
export function aimOperations(cameras: AimCameras): Operation[] {
  const known = { permits: ({ head }: { head: string }) => checkCamera(cameras, head) };
  return [
    beginPlateTest.does(({ head, plate }) => {
      cameras.beginTest(head, plate);
      return { head };
    }, known),
    endPlateTest.does(({ head }) => {
      cameras.endTest(head);
      return { head };
    }, known),
    listCameraSettings.does(({ head }) => cameras.settings.list(head), known),
    setCamera.does(({ head, ...setting }) => cameras.settings.set(head, setting), known),
  ];
}
