import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // opencv4nodejs cannot be loaded in two worker threads of one process; forks keep each file alone.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // As long as waitFor; vitest's own second is short on a busy machine.
    expect: { poll: { timeout: 25_000 } },
  },
});
