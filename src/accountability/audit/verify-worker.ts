import { answerCalls } from '../../platform/thread-call.ts';
import { verifyAudit } from './verify.ts';

// In a thread of its own: hashing a million records takes seconds, which would block the daemon's event loop.
const handlers = { verify: verifyAudit };

export type VerifyHandlers = typeof handlers;

answerCalls(handlers);
