import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * The block device of a folder, as major and minor number such as `8:1`; of the folder that it will be in while it does not
 * exist yet.
 */
export async function deviceOf(folder: string): Promise<string> {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { dev } = await stat(there);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  return `${major}:${minor}`;
}

/** Whether a folder is on a volume of dm-crypt (LUKS), also with LVM on it. */
export async function isOnEncryptedVolume(folder: string): Promise<boolean> {
  return isEncrypted(`/sys/dev/block/${await deviceOf(folder)}`);
}

async function isEncrypted(device: string): Promise<boolean> {
  const id = await readFile(`${device}/dm/uuid`, 'utf8').catch(() => '');
  if (id.startsWith('CRYPT-')) return true;
  const below = await readdir(`${device}/slaves`).catch((): string[] => []);
  const found = await Promise.all(below.map((name) => isEncrypted(`${device}/slaves/${name}`)));
  return found.includes(true);
}
