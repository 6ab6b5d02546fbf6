import type { Place } from './screen.ts';

/** Every screen of the page besides the alert itself, in the order of the menu. */
export const places: readonly Place[] = [
  {
    path: 'drive',
    title: 'Drive',
    permission: null,
    isInMenu: true,
    open: async () => (await import('./screens/drive.ts')).drive(),
  },
  {
    path: 'open',
    title: 'Open alerts',
    permission: 'alerts.respond',
    isInMenu: true,
    open: async () => (await import('./screens/open-alerts.ts')).openAlerts(),
  },
  {
    path: 'hit',
    title: 'Verify',
    permission: 'alerts.watch',
    isInMenu: false,
    open: async (id) => (await import('./screens/verify.ts')).verify(id),
  },
  {
    path: 'alerts',
    title: 'Alerts of the day',
    permission: 'alerts.watch',
    isInMenu: true,
    open: async () => (await import('./screens/all-alerts.ts')).allAlerts(),
  },
  {
    path: 'health',
    title: 'Health',
    permission: null,
    isInMenu: true,
    open: async () => (await import('./screens/health.ts')).health(),
  },
];
