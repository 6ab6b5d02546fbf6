import { createReader } from '../reading/reader.ts';
import { createTracker } from '../tracking/tracker.ts';
import { serveHead } from './serve-head.ts';

// Entry point of the child process of one camera head; started by the supervisor.
serveHead({ createReader, createTracker });
