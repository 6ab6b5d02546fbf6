/** A part of the daemon that must make progress; its probe throws or hangs if it does not. */
export interface WatchedPart {
  name: string;
  probe(): void | Promise<void>;
}

/**
 * Probes every part and returns the names of those that are stuck. systemd's watchdog is fed only while the result is
 * empty, never by a bare timer (rule 10).
 */
export async function stuckParts(
  parts: readonly WatchedPart[],
  limitMs: number,
): Promise<{ name: string; problem: string }[]> {
  const results = await Promise.all(
    parts.map(async (part) => {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
      try {
        await Promise.race([Promise.resolve().then(() => part.probe()), late]);
        return [];
      } catch (error) {
        return [
          { name: part.name, problem: error instanceof Error ? error.message : String(error) },
        ];
      } finally {
        clearTimeout(timer);
      }
    }),
  );
  return results.flat();
}
