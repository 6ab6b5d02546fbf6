import type { Command } from '@commander-js/extra-typings';

/** Commands that one file registers. */
interface CommandGroup {
  commands: readonly string[];
  register: (program: Command) => Promise<void>;
}

/** Every command of `lookout`, in the order of its help. */
export const commandGroups: readonly CommandGroup[] = [
  {
    commands: ['run'],
    register: async (program) => (await import('./run.ts')).registerRun(program),
  },
  {
    commands: ['replay'],
    register: async (program) => (await import('./replay.ts')).registerReplay(program),
  },
  {
    commands: ['read'],
    register: async (program) => (await import('./read.ts')).registerRead(program),
  },
  {
    commands: ['status'],
    register: async (program) => (await import('./status.ts')).registerStatus(program),
  },
  {
    commands: ['login', 'logout', 'whoami', 'lock', 'unlock', 'password', 'second-factor'],
    register: async (program) => (await import('./login.ts')).registerLogin(program),
  },
  {
    commands: ['user'],
    register: async (program) => (await import('./user.ts')).registerUser(program),
  },
  {
    commands: ['training'],
    register: async (program) => (await import('./user.ts')).registerTraining(program),
  },
  {
    commands: ['doctor'],
    register: async (program) => (await import('./doctor.ts')).registerDoctor(program),
  },
  {
    commands: ['hotlist'],
    register: async (program) => (await import('./hotlist.ts')).registerHotlist(program),
  },
  {
    commands: ['hotplate'],
    register: async (program) => (await import('./hotplate.ts')).registerHotplate(program),
  },
  {
    commands: ['config'],
    register: async (program) => (await import('./config.ts')).registerConfig(program),
  },
  {
    commands: ['policy'],
    register: async (program) => (await import('./policy.ts')).registerPolicy(program),
  },
  {
    commands: ['search', 'stakeout', 'path', 'together', 'two-places', 'show', 'image', 'export'],
    register: async (program) => (await import('./search.ts')).registerSearch(program),
  },
  {
    commands: ['clones'],
    register: async (program) => (await import('./clones.ts')).registerClones(program),
  },
  {
    commands: ['hit'],
    register: async (program) => (await import('./hit.ts')).registerHit(program),
  },
  {
    commands: ['report-error', 'reports'],
    register: async (program) => (await import('./reports.ts')).registerReports(program),
  },
  {
    commands: ['notices', 'receipts'],
    register: async (program) => (await import('./notices.ts')).registerNotices(program),
  },
  {
    commands: ['retention'],
    register: async (program) => (await import('./retention.ts')).registerRetention(program),
  },
  {
    commands: ['canvass'],
    register: async (program) => (await import('./canvass.ts')).registerCanvass(program),
  },
  {
    commands: ['capture'],
    register: async (program) => (await import('./capture.ts')).registerCapture(program),
  },
  {
    commands: ['official'],
    register: async (program) => (await import('./official.ts')).registerOfficial(program),
  },
  {
    commands: ['hold'],
    register: async (program) => (await import('./hold.ts')).registerHold(program),
  },
  {
    commands: ['evidence'],
    register: async (program) => (await import('./evidence.ts')).registerEvidence(program),
  },
  {
    commands: ['release'],
    register: async (program) => (await import('./release.ts')).registerRelease(program),
  },
  {
    commands: ['statistics'],
    register: async (program) => (await import('./statistics.ts')).registerStatistics(program),
  },
  {
    commands: ['sound'],
    register: async (program) => (await import('./sound.ts')).registerSound(program),
  },
  {
    commands: ['map'],
    register: async (program) => (await import('./map.ts')).registerMap(program),
  },
  {
    commands: ['page'],
    register: async (program) => (await import('./page.ts')).registerPage(program),
  },
  {
    commands: ['unit'],
    register: async (program) => (await import('./unit.ts')).registerUnit(program),
  },
  {
    commands: ['headquarters'],
    register: async (program) => (await import('./headquarters.ts')).registerHeadquarters(program),
  },
  {
    commands: ['backup', 'restore'],
    register: async (program) => (await import('./backup.ts')).registerBackup(program),
  },
  {
    commands: ['audit'],
    register: async (program) => (await import('./audit.ts')).registerAudit(program),
  },
];

/**
 * Registers the command that is called, and no other: loading all of them takes longer than most of them need for their work.
 * Help, and a word that is no command, need all; the version needs none.
 */
export async function registerCommands(program: Command, called = '--help'): Promise<void> {
  if (called === '--version' || called === '-V') return;
  const group = commandGroups.find(({ commands }) => commands.includes(called));
  for (const { register } of group === undefined ? commandGroups : [group]) await register(program);
}
