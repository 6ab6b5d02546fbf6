import { appendFileSync } from 'node:fs';
import { cv } from '../../src/vision/capture/opencv.ts';
import { serveHead } from '../../src/vision/head/serve-head.ts';
import { createReader } from '../../src/vision/reading/reader.ts';
import { createTracker } from '../../src/vision/tracking/tracker.ts';

// A real head that also writes its memory, part by part, to the file that memory.ts names.
const file = process.env.LOOKOUT_BENCH_MEMORY;
const mib = (bytes: number) => bytes / 2 ** 20;
const write = () => {
  const { rss, heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { TotalAlloc, NumAllocations, NumDeAllocations } = cv.getMemMetrics();
  const sample = {
    rss: mib(rss),
    heapTotal: mib(heapTotal),
    heapUsed: mib(heapUsed),
    external: mib(external),
    arrayBuffers: mib(arrayBuffers),
    mats: NumAllocations - NumDeAllocations,
    mat: mib(TotalAlloc),
  };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(sample)}\n`);
};
setInterval(write, 10_000).unref();
serveHead({ createReader, createTracker });
