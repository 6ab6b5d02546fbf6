import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Width of the block that shows one bit of the frame's number. */
const blockPx = 40;
const bits = 8;

/** Renders an H.264 clip (B-frames included) whose every frame shows its own number, from 0 to 255. */
export async function renderNumberedClip(
  path: string,
  { frames, fps }: { frames: number; fps: number },
): Promise<string> {
  const bit = `mod(floor(N/pow(2\\,floor(X/${blockPx})))\\,2)`;
  await run('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', `color=black:s=${blockPx * bits}x180:r=${fps}`],
    ...['-vf', `geq=lum='16+200*${bit}':cb=128:cr=128`, '-frames:v', String(frames)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p', '-y', path],
  ]);
  return path;
}

/** Reads the number back from the picture. */
export function frameNumber(grey: Uint8Array, width: number, height: number): number {
  const row = Math.floor(height / 2) * width;
  let number = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    if ((grey[row + bit * blockPx + blockPx / 2] ?? 0) > 110) number += 2 ** bit;
  }
  return number;
}
