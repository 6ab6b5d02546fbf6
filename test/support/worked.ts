/** Processor time of this thread so far, ms; what others on a busy machine take away is not in it. */
export function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** From now on: the share of this process's work that this thread does, 0 to 1, as of when it is asked. */
export function shareWorkedHere(): () => number {
  const [before, allBefore] = [workedMs(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(allBefore);
    return (workedMs() - before) / ((user + system) / 1000);
  };
}
