/** Processor time of this thread so far, ms; what others on a busy machine take away is not in it. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** From now on: the share of this process's work that this thread does, 0 to 1, as of when it is asked. */
export function cpuShareHere(): () => number {
  const [before, allBefore] = [cpuMs(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(allBefore);
    return (cpuMs() - before) / ((user + system) / 1000);
  };
}
