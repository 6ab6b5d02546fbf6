import { createRequire } from 'node:module';
import type * as OpenCV from '@u4/opencv4nodejs';

// The OpenCV build that the addon uses. The addon reads these from the environment while it loads, and would otherwise
// search for a build of its own. The dynamic linker finds Debian's OpenCV.
process.env.OPENCV4NODEJS_DISABLE_AUTOBUILD ??= '1';
process.env.OPENCV_INCLUDE_DIR ??= '/usr/include/opencv4';
process.env.OPENCV_LIB_DIR ??= '/usr/lib';
process.env.OPENCV_BIN_DIR ??= '/usr/bin';

// OpenCV and FFmpeg would write every damaged packet to standard error; sources report faults themselves.
process.env.OPENCV_LOG_LEVEL ??= 'OFF';
process.env.OPENCV_FFMPEG_LOGLEVEL ??= '-8';

// The addon's build tool writes notes to standard output while it loads. The switch for that is not in the addon's
// exports, so the tool is loaded from the addon's folder.
const require = createRequire(import.meta.url);
const requireBesideAddon = createRequire(require.resolve('@u4/opencv4nodejs'));
const buildTool: { Log: { silence: boolean } } = requireBesideAddon('@u4/opencv-build');
buildTool.Log.silence = true;

/**
 * OpenCV. The addon is not context-aware, so only the main thread of a head process (or of a command) loads it, never a
 * worker thread and never the daemon (rule 1).
 */
export const cv: typeof OpenCV = require('@u4/opencv4nodejs');

export type Mat = OpenCV.Mat;
