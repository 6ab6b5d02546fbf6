import type { Config } from '../config/schema.ts';
import type { SourceConfig } from '../config/sections/heads.ts';
import { type Holder, holderNames } from '../platform/holders.ts';
import { type CameraTrial, tryCameras } from '../vision/capture/camera-trial.ts';
import { faultOf } from '../vision/capture/image-quality.ts';
import { leastFps } from '../vision/capture/least-rate.ts';
import { about, type Finding, saidAndAdvised } from './check.ts';
import { camerasOf, noCameras } from './device-checks.ts';
import type { NoPictures } from './prove-capture.ts';

const defaultMeasureMs = 3000;

/**
 * Takes pictures of every camera, those of a head at the same time, and tells their size, rate, brightness and sharpness.
 * No plate is searched for and no picture is kept or shown: a picture is data, which nobody sees unnamed (rule 8).
 *
 * @param options.holders other programs that have a device open, by its path.
 * @param options.noPictures why no picture may be taken here; recordings, which were taken elsewhere, are tried all the same.
 */
export async function proveCameras(
  config: Config,
  options: {
    holders?: ReadonlyMap<string, readonly Holder[]>;
    noPictures?: NoPictures | null;
    measureMs?: number;
  } = {},
): Promise<Finding[]> {
  const { holders = new Map(), noPictures = null, measureMs = defaultMeasureMs } = options;
  const findings = noCameras(config);
  for (const head of config.heads.list) {
    const all = camerasOf(config).filter(({ headId }) => headId === head.id);
    const cameras = noPictures === null ? all : all.filter(({ source }) => !isLive(source));
    if (noPictures !== null) {
      const { says, advice } = noPictures;
      const live = all.filter(({ source }) => isLive(source));
      findings.push(...live.map(({ name }) => about('cameras', name).warning(says, advice)));
    }
    const trials = await tryCameras({
      cameras: cameras.map(({ name, source }) => ({ name, source })),
      stallAfterS: head.stallAfterS,
      measureMs,
    });
    for (const { name, source } of cameras) {
      const trial = trials.get(name) ?? { problem: 'no picture came' };
      const path = source.kind === 'v4l2' ? source.device : '';
      findings.push(judge(name, source, { trial, holders: holders.get(path) ?? [], config }));
    }
  }
  return findings;
}

const isLive = ({ kind }: SourceConfig): boolean => kind === 'v4l2' || kind === 'rtsp';

function judge(
  name: string,
  source: SourceConfig,
  seen: { trial: CameraTrial; holders: readonly Holder[]; config: Config },
): Finding {
  const found = about('cameras', name);
  const { trial, holders, config } = seen;
  if (trial.problem !== null) {
    if (holders.length > 0) {
      return found.failure(
        `is in use by ${holderNames(holders)}`,
        'Stop that program, or name another camera.',
      );
    }
    const [says, advice] = saidAndAdvised(trial.problem);
    return found.failure(says, advice || "Check the camera's power and cable.");
  }
  const { width, height, fps, measuredMs, quality } = trial;
  const says = [
    `${width}×${height}`,
    `${fps.toFixed(1)} frames/s over ${(measuredMs / 1000).toFixed(1)} s`,
    `brightness ${Math.round(quality.brightness)} of 255`,
    `${(quality.clippedShare * 100).toFixed(1)} % white`,
    `sharpness ${Math.round(quality.sharpness)}`,
  ].join(', ');
  const fault = faultOf(quality, config.heads.quality);
  if (fault !== null) {
    const [what, advice] = saidAndAdvised(fault);
    return found.warning(`${says}; ${what}`, advice);
  }
  if (source.kind === 'v4l2' && (source.width !== width || source.height !== height)) {
    return found.warning(
      `${says}; ${source.width}×${source.height} is configured`,
      'The camera has no such size: v4l2-ctl --list-formats-ext lists them. Correct width and height.',
    );
  }
  if (fps < leastFps(source)) {
    return found.warning(
      source.kind === 'v4l2'
        ? `${says}; ${source.fps} frames/s are configured`
        : `${says}; that is slow`,
      'Look at the exposure time, the pixel format (MJPG) and the port: two cameras may be too much for one USB hub.',
    );
  }
  return found.ok(says);
}
