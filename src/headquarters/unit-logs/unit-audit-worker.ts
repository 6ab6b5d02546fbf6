import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { answerCalls } from '../../platform/thread-call.ts';
import { createUnitAudit } from './unit-audit.ts';

const db = new SQLite(workerData as string, { readonly: true, fileMustExist: true });
db.pragma('busy_timeout = 2000');
db.pragma('cache_size = -32768');
answerCalls(createUnitAudit(db));
