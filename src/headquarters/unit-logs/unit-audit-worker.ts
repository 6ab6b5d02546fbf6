import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { answerCalls } from '../../platform/thread-call.ts';
import { purgeUnitLogs } from './purge-unit-logs.ts';
import { createUnitAudit, type UnitAuditCalls } from './unit-audit.ts';

const path = workerData as string;
const db = new SQLite(path, { readonly: true, fileMustExist: true });
db.pragma('busy_timeout = 2000');
db.pragma('cache_size = -32768');
const calls: UnitAuditCalls = {
  ...createUnitAudit(db),
  purge: ([purges, before]) => purgeUnitLogs(path, purges, before),
};
answerCalls(calls);
