import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sections/heads.ts';
import type { CameraSettings, SettableCamera } from '../console/aim-operations.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import type { CameraControlPort } from '../vision/capture/v4l2-controls.ts';
import type { CameraHeads } from './camera-heads.ts';

/** Values that people set, by device and control. */
const keptSchema = z.record(z.string(), z.record(z.string(), z.int()));
type Kept = z.infer<typeof keptSchema>;

const fileName = 'camera-settings.json';
const checkEveryMs = 2000;

/** What people set on the cameras, and sets it again whenever a camera was opened anew. */
export interface KeptCameraSettings extends CameraSettings, AsyncDisposable {
  start(): Promise<void>;
}

/**
 * Exposure, gain and focus. A camera forgets them when it loses power, so they are kept in the data folder and set again
 * each time its head has opened it: at the start, and after a cable was pulled.
 */
export function createCameraSettings(deps: {
  config: Pick<Config, 'heads'>;
  dataDir: string;
  heads: () => Pick<CameraHeads, 'head'>;
  port: CameraControlPort;
  log: Log;
}): KeptCameraSettings {
  const { config, heads, port, log } = deps;
  const path = join(deps.dataDir, fileName);
  /** How each device was opened when its values were last set. */
  const setFor = new Map<string, string>();
  let timer: NodeJS.Timeout | null = null;
  let kept: Kept | null = null;

  const keptNow = (): Kept => {
    if (kept !== null) return kept;
    try {
      kept = keptSchema.parse(JSON.parse(readRegularFile(path).toString('utf8')));
    } catch {
      // There is none yet, or it is damaged: the cameras then have their own values.
      kept = {};
    }
    return kept;
  };

  const camerasOf = (head: string) => {
    const settings = config.heads.list.find(({ id }) => id === head);
    if (settings === undefined) return [];
    const both = [
      { camera: 'ir' as const, source: settings.ir },
      { camera: 'colour' as const, source: settings.colour },
    ];
    return both.flatMap(({ camera, source }) => (source === null ? [] : [{ camera, source }]));
  };

  const setAgain = async (device: string): Promise<void> => {
    const values = Object.entries(keptNow()[device] ?? {});
    // What is automatic first: else it would take the others over again.
    values.sort(([a], [b]) => Number(b.includes('auto')) - Number(a.includes('auto')));
    for (const [name, value] of values) {
      await port.set(device, name, value).catch((error: unknown) => {
        log.warn({ device, control: name, problem: messageOf(error) }, 'a camera takes no setting');
      });
    }
  };

  const check = (): void => {
    for (const { id } of config.heads.list) {
      const status = heads().head(id)?.status();
      for (const { camera, source } of camerasOf(id)) {
        const feed = camera === 'ir' ? status?.health?.ir : status?.health?.colour;
        if (source.kind !== 'v4l2' || !feed || feed.state !== 'running') continue;
        const opening = `${status?.pid} ${feed.reopened}`;
        if (setFor.get(source.device) === opening) continue;
        setFor.set(source.device, opening);
        void setAgain(source.device);
      }
    }
  };

  async function listOf(camera: 'ir' | 'colour', source: SourceConfig): Promise<SettableCamera> {
    const none = { camera, controls: [] };
    if (source.kind === 'rtsp') {
      return { ...none, note: 'A network camera is set on its own page in a browser.' };
    }
    if (source.kind !== 'v4l2') {
      return { ...none, note: 'This is a recording: there is nothing to set.' };
    }
    try {
      const controls = await port.list(source.device);
      const note = controls.length === 0 ? 'This camera has nothing that could be set.' : null;
      return { camera, controls, note };
    } catch (error) {
      return { ...none, note: messageOf(error) };
    }
  }

  return {
    async start() {
      timer = setInterval(check, checkEveryMs);
      timer.unref();
    },
    list: (head) =>
      Promise.all(camerasOf(head).map(({ camera, source }) => listOf(camera, source))),
    async set(head, { camera, control, value }) {
      const source = camerasOf(head).find((each) => each.camera === camera)?.source;
      if (source?.kind !== 'v4l2') {
        throw new Refusal(400, 'nothing-to-set', 'This camera cannot be set from here.');
      }
      const { device } = source;
      try {
        const known = (await port.list(device)).some(({ name }) => name === control);
        if (!known) throw new Error(`the camera has no ${control}`);
        await port.set(device, control, value);
      } catch (error) {
        throw new Refusal(409, 'not-set', `The camera did not take it: ${messageOf(error)}.`);
      }
      const all = keptNow();
      kept = { ...all, [device]: { ...all[device], [control]: value } };
      await writeFileDurably(path, `${JSON.stringify(kept, null, 2)}\n`);
      return listOf(camera, source);
    },
    async [Symbol.asyncDispose]() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
