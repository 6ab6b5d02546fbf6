import { readFileSync } from 'node:fs';

/** Resident memory of a process, MiB; 0 if there is none. */
export function residentMiB(pid: number): number {
  const [, kiB = '0'] = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kiB) / 1024;
}

/** Processor time of a process since its start, s; 0 if there is none. */
export function processorS(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  // utime and stime, in hundredths of a second (proc_pid_stat(5)).
  const [user = '0', system = '0'] = fields.slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
