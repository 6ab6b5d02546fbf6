import { join } from 'node:path';
import { programRoot } from '../config/load.ts';

/** The page with a heading for each check and each part that may have a problem. */
export const troubleshootingPage = join(programRoot, 'src/diagnostics/TROUBLESHOOTING.md');

/** The address of a heading of that page, to print beside a finding. */
export function helpAbout(heading: string): string {
  return `help: TROUBLESHOOTING.md#${heading}`;
}
