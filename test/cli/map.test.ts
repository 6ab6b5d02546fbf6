import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { townMap } from '../support/town-map.ts';

describe('lookout map', () => {
  test('installs a map beside the data, shows it, keeps it when the next one is damaged, and removes it', async () => {
    const dataDir = temporaryFolder();
    const place = join(dataDir, 'map.pmtiles');
    const unit = ['--set', `unit.dataDir=${dataDir}`];
    const installed = await lookout('map', 'install', townMap(), ...unit);
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(installed.stdout).toContain(`Installed ${place}: Test town, vector (mvt)`);
    const damaged = townMap();
    truncateSync(damaged, 400);
    const refused = await lookout('map', 'install', damaged, ...unit);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^lookout: map .*: is cut off: it should have \d+ bytes and has 400/,
    );
    const shown = await lookout('map', 'show', '--json', ...unit);
    expect(JSON.parse(shown.stdout)).toMatchObject({ kind: 'vector', minZoom: 10, maxZoom: 14 });
    expect((await lookout('map', 'remove', ...unit)).stdout).toBe(`Removed ${place}.\n`);
    expect(existsSync(place)).toBe(false);
    expect((await lookout('map', 'show', ...unit)).stderr).toContain('it does not exist');
    expect((await lookout('map', 'remove', ...unit)).stdout).toBe('No map is installed.\n');
  });

  test('goes where the configuration says', async () => {
    const [dataDir, disk] = [temporaryFolder(), temporaryFolder()];
    const place = join(disk, 'county.pmtiles');
    const unit = ['--set', `unit.dataDir=${dataDir}`, '--set', `console.map=${place}`];
    expect((await lookout('map', 'install', townMap(), ...unit)).code).toBe(0);
    expect(existsSync(place)).toBe(true);
    expect(existsSync(join(dataDir, 'map.pmtiles'))).toBe(false);
  });
});
