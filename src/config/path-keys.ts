const pathKeys = [
  /^unit\.dataDir$/,
  /^heads\.list\.\d+\.(ir|colour)\.path$/,
  /^console\.map$/,
  /^reading\.modelsDir$/,
  /^position\.source\.path$/,
  /^lists\.schedules\.\d+\.source\.(path|identity|knownHosts|credentials|ca|cert|key)$/,
  /^uplink\.tls\.(ca|cert|key)$/,
  /^uplink\.agency\.(key|secret)$/,
  /^headquarters\.archive\.(password|ca)$/,
  /^console\.https\.(certificate|key|clientAuthority|revoked)$/,
];

/** Whether a key holds a file or folder, which is relative to the source that set it. */
export function isPathKey(path: readonly string[]): boolean {
  const dotted = path.join('.');
  return pathKeys.some((pattern) => pattern.test(dotted));
}

/**
 * Whether a key names a file of the link, the archive or the page over HTTPS, whatever its text looks like: some authorities write
 * words before the PEM.
 */
export function isCredentialFile(path: readonly string[]): boolean {
  const dotted = path.join('.');
  return (
    /^uplink\.(tls|agency)\./.test(dotted) ||
    (/^headquarters\./.test(dotted) && isPathKey(path)) ||
    (/^console\.https\./.test(dotted) && isPathKey(path))
  );
}
