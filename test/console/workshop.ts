import type { HttpsConfig } from '../../src/config/sections/console.ts';
import type { CameraSettings } from '../../src/console/aim-operations.ts';
import { createAimedCameras } from '../../src/daemon/aimed-cameras.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CameraControlPort } from '../../src/vision/capture/v4l2-controls.ts';
import { createPlateFigures } from '../../src/vision/head/plate-figures.ts';
import { exampleFix } from '../alerts/sample-alerts.ts';
import { startRealHead } from '../vision/head/real-head.ts';
import { openDesk } from './desk-page.ts';

const noControls: CameraControlPort = { list: async () => [], set: async () => undefined };

/**
 * A unit whose page sets up the camera of a real head that reads a recorded drive. `settings`: those of a camera, which a
 * recording has not; `https`: how the page is served to other computers.
 */
export async function openWorkshop(
  profile: string,
  settings?: CameraSettings,
  https?: Partial<HttpsConfig>,
) {
  const { supervisor, config } = await startRealHead();
  const plates = createPlateFigures();
  supervisor.on('track', plates.add);
  const aimed = createAimedCameras({
    config,
    heads: () => ({ head: (id) => (id === 'front' ? supervisor : undefined) }),
    uplink: () => null,
    plates,
    position: {
      fixAt: () => exampleFix(),
      health: () => ({
        ...{ source: 'nmea', state: 'fixed', problem: null, clockOffsetMs: 0, sentences: 9 },
        ...{ rejected: 0, jumps: 0, refusedFixes: 0, omittedValues: 0, weekCycles: 0, baud: 9600 },
      }),
    },
    port: noControls,
    log: createLog({ level: 'silent' }),
  });
  let looks = 0;
  const cameras = {
    ...aimed,
    ...(settings && { settings }),
    watch(head: string, watcher: Parameters<typeof aimed.watch>[1]) {
      const leave = aimed.watch(head, watcher);
      if (leave === null) return null;
      looks += 1;
      return () => {
        looks -= 1;
        leave();
      };
    },
  };
  const desk = await openDesk(profile, {
    status: () => ({ heads: [supervisor.status()] }),
    cameras,
    ...(https && { https }),
  });
  return { ...desk, looks: () => looks, supervisor };
}
