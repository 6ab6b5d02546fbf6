import { answerCalls } from '../../platform/thread-call.ts';
import { verifyAudit } from './verify.ts';

// A thread of its own: hashing a million records takes seconds, and the daemon's loop must go on.
const handlers = { verify: verifyAudit };

export type VerifyHandlers = typeof handlers;

answerCalls(handlers);
