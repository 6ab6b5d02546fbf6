import { accessSync, constants, statSync } from 'node:fs';
import type { SourceConfig } from '../../config/sections/heads.ts';
import { kindOf, Problem } from '../../platform/problem.ts';
import { withoutSecrets } from '../../platform/without-secrets.ts';
import { createBacklog } from './backlog.ts';
import { isCutOff } from './cut-off.ts';
import { createLiveDelay } from './live-delay.ts';
import { cv } from './opencv.ts';
import type { RawFrame, RawSource } from './raw-source.ts';
import { probeRtsp } from './rtsp-probe.ts';

type Capture = InstanceType<typeof cv.VideoCapture>;
type VideoConfig = Extract<SourceConfig, { kind: 'v4l2' | 'rtsp' | 'video' }>;

const probeTimeoutMs = 3000;
/** Longest time that FFmpeg waits for an RTSP server, s. */
const longestReadS = 10;

/**
 * Opens a camera or a video file with OpenCV. Throws a Problem that says what is wrong and what to do; it never
 * contains a user name or password.
 */
export async function openVideoSource(
  config: VideoConfig,
  stallAfterS: number,
): Promise<RawSource> {
  switch (config.kind) {
    case 'v4l2':
      return liveSource(openDevice(config, stallAfterS), {
        timeoutS: stallAfterS,
        sendsJpeg: ['auto', 'MJPG'].includes(config.pixelFormat),
      });
    case 'rtsp':
      return liveSource(await openStream(config, stallAfterS), {
        timeoutS: Math.min(stallAfterS, longestReadS),
        sendsJpeg: false,
      });
    case 'video':
      return recordedSource(openFile(config.path), config.path);
  }
}

function openDevice(config: Extract<VideoConfig, { kind: 'v4l2' }>, stallAfterS: number): Capture {
  checkReadable(config.device, 'camera', 'check its cable and the name under /dev/v4l/by-path');
  process.env.OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT = String(Math.max(1, Math.ceil(stallAfterS)));
  const capture = openCapture(config.device, cv.CAP_V4L2);
  if (capture === null) {
    throw new Problem(
      `camera ${config.device}: cannot be opened; another program may be using it, or it is not a video capture device`,
    );
  }
  if (config.pixelFormat !== 'auto') {
    capture.set(cv.CAP_PROP_FOURCC, fourcc(config.pixelFormat));
  }
  capture.set(cv.CAP_PROP_FRAME_WIDTH, config.width);
  capture.set(cv.CAP_PROP_FRAME_HEIGHT, config.height);
  capture.set(cv.CAP_PROP_FPS, config.fps);
  // One buffer in the driver if it permits that: an old frame is useless.
  capture.set(cv.CAP_PROP_BUFFERSIZE, 1);
  return capture;
}

async function openStream(
  config: Extract<VideoConfig, { kind: 'rtsp' }>,
  stallAfterS: number,
): Promise<Capture> {
  const problem = await probeRtsp(config.url, probeTimeoutMs);
  if (problem !== null) throw new Problem(`RTSP camera: ${problem}`);
  const beganMs = performance.now();
  // Opening blocks, so FFmpeg first analyses the stream for a fifth of a second; if that does not find the format (a
  // silent server takes longer to fail), it analyses for up to three seconds.
  const quick = openRtsp(config, stallAfterS, 'analyzeduration;200000|probesize;100000');
  if (quick !== null) return quick;
  if (performance.now() - beganMs < 1500) {
    const thorough = openRtsp(config, stallAfterS, 'analyzeduration;3000000');
    if (thorough !== null) return thorough;
  }
  throw new Problem(
    `RTSP camera: ${withoutSecrets(config.url)} answers but sends no video; check user name, password, path and transport`,
  );
}

function openRtsp(
  config: Extract<VideoConfig, { kind: 'rtsp' }>,
  stallAfterS: number,
  look: string,
): Capture | null {
  // A read fails when the camera has been silent for `stallAfterS`.
  process.env.OPENCV_FFMPEG_CAPTURE_OPTIONS = [
    `rtsp_transport;${config.transport}`,
    `timeout;${Math.round(Math.min(stallAfterS, longestReadS) * 1e6)}`,
    look,
  ].join('|');
  return openCapture(config.url, cv.CAP_FFMPEG);
}

function openFile(path: string): Capture {
  checkReadable(path, 'video', 'check the path');
  delete process.env.OPENCV_FFMPEG_CAPTURE_OPTIONS;
  const capture = openCapture(path, cv.CAP_FFMPEG);
  if (capture === null) {
    throw new Problem(
      `video ${path}: is not a video that can be read, or is cut off; record it again`,
    );
  }
  return capture;
}

/** Null if OpenCV cannot open it; OpenCV gives no reason. */
function openCapture(path: string, api: number): Capture | null {
  try {
    return new cv.VideoCapture(path, api);
  } catch {
    return null;
  }
}

function checkReadable(path: string, what: string, advice: string): void {
  try {
    if (statSync(path).isDirectory()) {
      throw new Problem(
        `${what} ${path}: is a folder; name a file, or use a source of kind 'images'`,
      );
    }
    accessSync(path, constants.R_OK);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (kindOf(error) === 'not-allowed') {
      throw new Problem(`${what} ${path}: this user may not open it; check its owner and group`);
    }
    throw new Problem(`${what} ${path}: does not exist; ${advice}`);
  }
}

/** A four-letter pixel format as OpenCV's number. */
function fourcc(code: string): number {
  return [...code].reduce((sum, letter, at) => sum + letter.charCodeAt(0) * 2 ** (8 * at), 0);
}

/**
 * A live camera whose driver gives up a read after `timeoutS`. What OpenCV gives after that is a frame that the decoder
 * held back since before the silence, so a read that took as long is the stall, and no frame. A frame that comes late
 * by its own stamp is given with the time at which it was taken. What was stored before the opening has no known time
 * and is passed over, and so is a picture of a USB camera whose end is missing. A camera that is behind and does not
 * catch up for `timeoutS` is opened again, which leaves behind whatever waits on the way.
 */
function liveSource(
  capture: Capture,
  { timeoutS, sendsJpeg }: { timeoutS: number; sendsJpeg: boolean },
): RawSource {
  const delay = createLiveDelay();
  const backlog = createBacklog(timeoutS * 1000);
  let passedOver = 0;
  /** Since when every frame has been cut off, by a monotonic clock; or null. */
  let cutSinceMs: number | null = null;

  async function read(): Promise<{ frame: RawFrame; isUsable: boolean }> {
    const askedMs = performance.now();
    const mat = await readMat(capture);
    const arrivedMs = performance.now();
    const waitedMs = arrivedMs - askedMs;
    if (mat === null || waitedMs >= timeoutS * 1000) {
      mat?.release();
      throw new Problem('the camera stopped sending frames and is being reopened');
    }
    const late = delay.of({ arrivedMs, waitedMs, stampMs: capture.get(cv.CAP_PROP_POS_MSEC) });
    if (late === 'opening') return { frame: { mat, mediaMs: null, lateMs: 0 }, isUsable: false };
    if (backlog.add({ arrivedMs, lateMs: late }) === 'stays') {
      mat.release();
      throw new Problem(
        `the camera's pictures come ${seconds(late)} s late, and it is being reopened; ${tooSlow}`,
      );
    }
    const isCut = sendsJpeg && isCutOff(mat);
    cutSinceMs = isCut ? (cutSinceMs ?? arrivedMs) : null;
    if (cutSinceMs !== null && arrivedMs - cutSinceMs >= timeoutS * 1000) {
      mat.release();
      throw new Problem(
        "the camera's pictures are cut off, and it is being reopened; give it a shorter cable or a USB port of its own",
      );
    }
    return { frame: { mat, mediaMs: null, lateMs: late }, isUsable: !isCut };
  }

  return {
    get warning() {
      const lateMs = backlog.lateMs;
      return lateMs === null
        ? null
        : `the camera's pictures come ${seconds(lateMs)} s late, and alerts with them; ${tooSlow}`;
    },
    lengthMs: 0,
    get passedOver() {
      return passedOver;
    },
    async next() {
      for (;;) {
        const { frame, isUsable } = await read();
        if (isUsable) return frame;
        frame.mat.release();
        passedOver += 1;
      }
    },
    close: () => capture.release(),
  };
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);
const tooSlow =
  'the network or this machine is too slow for it: lower its frame rate, size or bit rate';

function recordedSource(capture: Capture, path: string): RawSource {
  const fps = capture.get(cv.CAP_PROP_FPS);
  const stepMs = Number.isFinite(fps) && fps > 0 && fps <= 1000 ? 1000 / fps : 40;
  const promisedMs = capture.get(cv.CAP_PROP_FRAME_COUNT) * stepMs;
  let lastMs = -stepMs;
  let warning: string | null = null;
  return {
    get warning() {
      return warning;
    },
    get lengthMs() {
      return lastMs + stepMs;
    },
    passedOver: 0,
    async next() {
      const mat = await readMat(capture);
      if (mat === null && lastMs < 0) {
        throw new Problem(`video ${path}: contains no picture that can be read, or is cut off`);
      }
      if (mat === null) {
        warning = shortfall(path, lastMs + stepMs, promisedMs);
        return null;
      }
      // The decoder's last frames have no time stamp; they follow at the frame rate.
      const stampMs = capture.get(cv.CAP_PROP_POS_MSEC);
      const isAfter = Number.isFinite(stampMs) && stampMs >= 0 && stampMs > lastMs;
      lastMs = isAfter ? stampMs : lastMs + stepMs;
      return { mat, mediaMs: lastMs, lateMs: 0 };
    },
    close: () => capture.release(),
  };
}

/** A video that ended well before the length in its header. */
function shortfall(path: string, gaveMs: number, promisedMs: number): string | null {
  if (promisedMs - gaveMs < 500 || gaveMs > 0.95 * promisedMs) return null;
  const [gave, promised] = [gaveMs, promisedMs].map((ms) => `${(ms / 1000).toFixed(1)} s`);
  return `video ${path}: gave pictures for ${gave} of ${promised}; the rest is cut off, damaged or without a picture`;
}

async function readMat(capture: Capture) {
  const mat = await capture.readAsync();
  if (!mat.empty) return mat;
  mat.release();
  return null;
}
