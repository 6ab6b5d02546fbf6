const pathKeys = [
  /^unit\.dataDir$/,
  /^heads\.list\.\d+\.(ir|colour)\.path$/,
  /^console\.map$/,
  /^reading\.modelsDir$/,
  /^position\.source\.path$/,
  /^uplink\.tls\.(ca|cert|key)$/,
  /^uplink\.agency\.(key|secret)$/,
];

/** Whether a key holds a file or folder, which is relative to the source that set it. */
export function isPathKey(path: readonly string[]): boolean {
  const dotted = path.join('.');
  return pathKeys.some((pattern) => pattern.test(dotted));
}

/** Whether a key names a file of the link, whatever its text looks like: some authorities write words before the PEM. */
export function isFileOfLink(path: readonly string[]): boolean {
  return /^uplink\.(tls|agency)\./.test(path.join('.'));
}
