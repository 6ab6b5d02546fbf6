import { configSchema } from '../../../src/config/schema.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createHeadSupervisor } from '../../../src/vision/head/supervisor.ts';

// A daemon that does nothing but hold one stand-in head: parent.ts VIDEO. Prints the head's process id.

const config = configSchema.parse({
  heads: { list: [{ id: 'front', ir: { kind: 'video', path: process.argv[2], loop: true } }] },
});
const [head] = config.heads.list;
if (head === undefined) throw new Error('no head');
const supervisor = createHeadSupervisor({
  head,
  heads: config.heads,
  reading: config.reading,
  tracking: config.tracking,
  inPlayFrom: config.hotlist.nearMinP,
  log: createLog({ level: 'fatal' }),
  entry: new URL('./stand-in-head.ts', import.meta.url),
});
supervisor.on('changed', ({ state, pid }) => {
  if (state === 'running') process.stdout.write(`${pid}\n`);
});
await supervisor.start();
