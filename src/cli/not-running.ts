import { wipeWords } from '../accountability/lost-unit/erase-unit.ts';
import { Problem } from '../platform/problem.ts';

/** That no daemon answers at an address, and why, as far as it can be seen from here: the unit was wiped, or where the reason stands. */
export function notRunning(address: string, dataDir: string): Problem {
  const wipe = wipeWords(dataDir);
  if (wipe !== null) return new Problem(`no running lookout answers at ${address}. ${wipe}`);
  return new Problem(
    `no running lookout answers at ${address}. Start it: sudo systemctl start lookout (or lookout run). If it ended, ` +
      '"systemctl status lookout" and "sudo journalctl -u lookout -n 50" say why. This command must read the configuration ' +
      'that it runs with, and nothing else may use the port.',
  );
}
