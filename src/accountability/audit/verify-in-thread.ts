import { createThread } from '../../platform/thread-call.ts';
import type { AuditVerification } from './audit-verification.ts';
import type { VerifyAudit } from './verify.ts';
import type { VerifyHandlers } from './verify-worker.ts';

/** `verifyAudit` in a thread, so that the event loop is not blocked. */
export async function verifyInThread(input: VerifyAudit): Promise<AuditVerification> {
  await using thread = createThread<VerifyHandlers>(
    new URL('./verify-worker.ts', import.meta.url),
    { ended: 'the thread that verifies the audit log has ended' },
  );
  return await thread.call('verify', input);
}
