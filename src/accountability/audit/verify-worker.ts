import { parentPort, workerData } from 'node:worker_threads';
import { type VerifyAudit, verifyAudit } from './verify.ts';

// A thread of its own: hashing a million records takes seconds, and the daemon's loop must go on.
parentPort?.postMessage(verifyAudit(workerData as VerifyAudit));
