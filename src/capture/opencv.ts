// Which OpenCV the addon was built against; it looks these up in the environment while it loads, and would
// otherwise search for a build of its own. Debian's OpenCV is found by the dynamic linker.
process.env.OPENCV4NODEJS_DISABLE_AUTOBUILD ??= '1';
process.env.OPENCV_INCLUDE_DIR ??= '/usr/include/opencv4';
process.env.OPENCV_LIB_DIR ??= '/usr/lib';
process.env.OPENCV_BIN_DIR ??= '/usr/bin';

const { default: cv } = await import('@u4/opencv4nodejs');

/**
 * OpenCV. The addon is not context-aware, so it is imported by the main thread of a head process (or of a
 * command) alone, never by a worker thread and never by the daemon (design.md, rule 1).
 */
export { cv };
