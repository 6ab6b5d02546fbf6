import type { SourceConfig } from '../../config/sections/heads.ts';

/** A camera that gives less than this share of the rate it was asked for is slow. */
const fairShare = 0.7;
/** Below this a passing car is in too few pictures. */
const fewestFps = 5;

/** Frames a second below which a camera is slow. */
export function leastFps(source: SourceConfig): number {
  return source.kind === 'v4l2' ? Math.max(fewestFps, source.fps * fairShare) : fewestFps;
}
