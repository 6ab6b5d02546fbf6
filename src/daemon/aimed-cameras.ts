import type { Config } from '../config/schema.ts';
import type { AimCameras } from '../console/aim-operations.ts';
import type { Log } from '../platform/log.ts';
import type { Position } from '../position/fix.ts';
import type { Uplink } from '../uplink/uplink.ts';
import type { CameraControlPort } from '../vision/capture/v4l2-controls.ts';
import type { PlateFigureBook } from '../vision/head/plate-figures.ts';
import { createAimFigures } from './aim-figures.ts';
import type { CameraHeads } from './camera-heads.ts';
import { createCameraSettings, type KeptCameraSettings } from './camera-settings.ts';
import { createTestPlates, type TestPlates } from './test-plates.ts';

/** The cameras as people set them up. */
export interface AimedCameras extends AimCameras {
  settings: KeptCameraSettings;
  tests: TestPlates;
}

/** `heads` and `uplink` are asked for when somebody sets a camera up: they are built later. */
export function createAimedCameras(deps: {
  config: Pick<Config, 'heads' | 'uplink' | 'unit'>;
  heads: () => Pick<CameraHeads, 'head'>;
  uplink: () => Pick<Uplink, 'health'> | null;
  plates: PlateFigureBook;
  position: Pick<Position, 'fixAt' | 'health'>;
  port: CameraControlPort;
  log: Log;
}): AimedCameras {
  const { config, heads, plates, position, uplink, port, log } = deps;
  const { dataDir } = config.unit;
  const tests = createTestPlates(heads);
  return {
    tests,
    settings: createCameraSettings({ config, dataDir, heads, port, log }),
    figures: createAimFigures({ config, heads, plates, tests, position, uplink }),
    has: (head) => config.heads.list.some(({ id }) => id === head),
    watch: (head, watcher) => heads().head(head)?.watch(watcher) ?? null,
    beginTest: tests.begin,
    endTest: tests.end,
  };
}
