import { onTestFinished } from 'vitest';
import { type Console, createConsole } from '../../src/console/console.ts';
import { configSchema } from '../../src/platform/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A console on a free port, stopped with the test. */
export async function runConsole(
  over: { port?: number; dataDir?: string; status?: () => unknown; mode?: 'mobile' | 'fixed' } = {},
): Promise<Console> {
  const { port = 0, dataDir = temporaryFolder(), status = () => ({}), mode = 'mobile' } = over;
  const config = configSchema.parse({ console: { port }, unit: { dataDir, mode } });
  const console = createConsole({
    config: config.console,
    unit: config.unit,
    status,
    log: createLog({ level: 'silent' }),
  });
  await console.start();
  onTestFinished(() => console[Symbol.asyncDispose]());
  return console;
}

/** The address that opens the page with the console's present code. */
export const openingUrl = ({ url, code }: Console): string => `${url}?code=${code}`;
