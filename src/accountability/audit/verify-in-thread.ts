import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { AuditVerification } from './audit-verification.ts';
import type { VerifyAudit } from './verify.ts';

/** `verifyAudit` without holding up the event loop. */
export async function verifyInThread(input: VerifyAudit): Promise<AuditVerification> {
  const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { workerData: input });
  // An error of the thread rejects this.
  const [verification] = await once(worker, 'message');
  return verification as AuditVerification;
}
