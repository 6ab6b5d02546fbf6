import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // opencv4nodejs cannot be loaded in two worker threads of one process; forks keep each file alone.
    pool: 'forks',
    maxWorkers: 2,
    // The configuration of a unit that is installed on this computer is not that of the tests.
    env: {
      LOOKOUT_CONFIG: fileURLToPath(new URL('test/support/no-settings.yaml', import.meta.url)),
    },
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // As long as waitFor; vitest's own second is short on a busy machine.
    expect: { poll: { timeout: 25_000 } },
  },
});
