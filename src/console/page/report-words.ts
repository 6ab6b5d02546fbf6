import type {
  ReportOutcome,
  ReportState,
  ReportStep,
  ReportView,
} from '../../accountability/verification/report.ts';

export const reportKinds: Record<ReportView['kind'], string> = {
  error: 'Error',
  violation: 'Violation',
  lost_unit: 'Lost unit',
};

export const reportStateNames: Record<ReportState, { words: string; mood: string }> = {
  new: { words: 'Nobody has taken it up', mood: 'doubt' },
  taken: { words: 'Somebody works on it', mood: 'good' },
  closed: { words: 'Closed', mood: '' },
};

export const reportOutcomeNames: Record<ReportOutcome, string> = {
  corrected: 'Corrected',
  no_fault_found: 'No fault found',
  retraining: 'Retraining',
  referred: 'Referred to somebody else',
  no_action: 'No action',
};

export const reportStepNames: Record<ReportStep['kind'], string> = {
  read: 'Read by',
  taken: 'Taken up by',
  answered: 'Answered by',
  closed: 'Closed by',
};
