import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take minutes each, and begin first: else the last of them runs alone at the end. */
const longest = [
  'console/every-screen',
  'scripts/install',
  'console/keyboard-alone',
  'console/verify',
  'console/firefox-screens',
  'console/firefox',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((each) => moduleId.endsWith(`/test/${each}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

/** Databases of tests wait for no disk where memory has room for them. */
function folderOfTests(): string {
  const inMemory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize >= 6 * 2 ** 30 ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // opencv4nodejs cannot be loaded in two worker threads of one process; forks keep each file alone.
    pool: 'forks',
    // Node strips the types of TypeScript by WebAssembly, in threads, too. V8 can crash there when it optimises the wrapper
    // of a function after 1000 calls (SIGSEGV in Runtime_TierUpWasmToJSWrapper, Node 24.21.0); so many are never reached.
    execArgv: ['--wasm-wrapper-tiering-budget=1000000000'],
    // On two cores: tests wait for clocks and brokers, too.
    maxWorkers: 3,
    env: {
      TMPDIR: folderOfTests(),
      // The configuration of a unit that is installed on this computer is not that of the tests.
      LOOKOUT_CONFIG: fileURLToPath(new URL('test/support/no-settings.yaml', import.meta.url)),
      // Half the processor time of each start of the program is the compiling of its modules.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
    },
    sequence: { sequencer: LongestFirst },
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // As long as waitFor; vitest's own second is short on a busy machine.
    expect: { poll: { timeout: 25_000 } },
  },
});
