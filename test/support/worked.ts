/** Processor time of this thread so far, ms; what others on a busy machine take away is not in it. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
