import { createRequire } from 'node:module';
import type * as OpenCV from '@u4/opencv4nodejs';

// Which OpenCV the addon was built against; it looks these up in the environment while it loads, and would
// otherwise search for a build of its own. Debian's OpenCV is found by the dynamic linker.
process.env.OPENCV4NODEJS_DISABLE_AUTOBUILD ??= '1';
process.env.OPENCV_INCLUDE_DIR ??= '/usr/include/opencv4';
process.env.OPENCV_LIB_DIR ??= '/usr/lib';
process.env.OPENCV_BIN_DIR ??= '/usr/bin';

// OpenCV and FFmpeg would write every damaged packet to standard error; a source says what is wrong by itself.
process.env.OPENCV_LOG_LEVEL ??= 'OFF';
process.env.OPENCV_FFMPEG_LOGLEVEL ??= '-8';

// The addon's build tool writes notes to standard output while it loads. Its switch is not in the addon's own
// exports, so it is taken from beside the addon.
const require = createRequire(import.meta.url);
const requireBesideAddon = createRequire(require.resolve('@u4/opencv4nodejs'));
const buildTool: { Log: { silence: boolean } } = requireBesideAddon('@u4/opencv-build');
buildTool.Log.silence = true;

/**
 * OpenCV. The addon is not context-aware, so it is loaded by the main thread of a head process (or of a
 * command) alone, never by a worker thread and never by the daemon (rule 1).
 */
export const cv: typeof OpenCV = require('@u4/opencv4nodejs');

export type Mat = OpenCV.Mat;
