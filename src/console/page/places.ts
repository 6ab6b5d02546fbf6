import type { Place } from './screen.ts';

/** The looks of every screen that says none of its own. */
export const deskLooks: readonly string[] = ['desk.css', 'search.css', 'map.css'];

/** Every screen of the page besides the alert itself, in the order of the menu. */
export const places: readonly Place[] = [
  {
    path: 'drive',
    title: 'Drive',
    permission: null,
    menu: 'alerts',
    only: 'units',
    isForMoving: true,
    isForCar: true,
    looks: [],
    open: async () => (await import('./screens/drive.ts')).drive,
  },
  {
    path: 'board',
    title: 'Board',
    permission: 'alerts.watch',
    menu: 'alerts',
    only: 'headquarters',
    open: async () => (await import('./screens/board/board.ts')).board,
  },
  {
    path: 'open',
    title: 'Open alerts',
    permission: 'alerts.respond',
    menu: 'alerts',
    isForMoving: true,
    isForCar: true,
    open: async () => (await import('./screens/open-alerts.ts')).openAlerts,
  },
  {
    path: 'hit',
    title: 'Verify',
    permission: 'alerts.watch',
    menu: null,
    isForCar: true,
    open: async () => (await import('./screens/verify/verify.ts')).verify,
  },
  {
    path: 'alerts',
    title: 'Alerts of the day',
    permission: 'alerts.watch',
    menu: 'alerts',
    isForCar: true,
    open: async () => (await import('./screens/all-alerts.ts')).allAlerts,
  },
  {
    path: 'search',
    title: 'Search',
    permission: 'detections.search',
    menu: 'reads',
    open: async () => (await import('./screens/search/search.ts')).search,
  },
  {
    path: 'stakeout',
    title: 'Stakeout',
    permission: 'detections.stakeout',
    menu: 'reads',
    open: async () => (await import('./screens/stakeout.ts')).stakeout,
  },
  {
    path: 'clones',
    title: 'Possible clones',
    permission: 'detections.search',
    menu: 'reads',
    only: 'headquarters',
    open: async (id) =>
      id === ''
        ? (await import('./screens/clones/clones.ts')).clones
        : (await import('./screens/clones/clone.ts')).clone,
  },
  {
    path: 'read',
    title: 'Read',
    permission: 'detections.search',
    menu: null,
    open: async () => (await import('./screens/read.ts')).read,
  },
  {
    path: 'hot-plates',
    title: 'Hot plates',
    permission: 'hotlist.browse',
    menu: 'lists',
    isForCar: true,
    open: async (rest) => {
      if (rest === '') return (await import('./screens/hot-plates.ts')).hotPlates;
      if (rest === 'new') return (await import('./screens/hot-plate-entry.ts')).hotPlateEntry;
      return (await import('./screens/hot-plate/hot-plate.ts')).hotPlate;
    },
  },
  {
    path: 'lists',
    title: 'Hot lists',
    permission: null,
    menu: 'lists',
    open: async (id) =>
      id === ''
        ? (await import('./screens/hot-lists.ts')).hotLists
        : (await import('./screens/hot-list.ts')).hotList,
  },
  {
    path: 'cases',
    title: 'Cases',
    permission: ['holds.read', 'evidence.make'],
    menu: 'reads',
    open: async (number) => {
      if (number === '') return (await import('./screens/case/cases.ts')).cases;
      const { oneCase } = await import('./screens/case/case.ts');
      return () => oneCase(number === '-' ? null : number);
    },
  },
  {
    path: 'releases',
    title: 'Releases',
    permission: 'releases.request',
    menu: 'reads',
    open: async (rest) => {
      if (rest === '') return (await import('./screens/releases/releases.ts')).releases;
      if (rest === 'new') return (await import('./screens/releases/release-entry.ts')).releaseEntry;
      return (await import('./screens/releases/release.ts')).release;
    },
  },
  {
    path: 'retention',
    title: 'Retention',
    permission: 'retention.read',
    menu: 'oversight',
    open: async () => (await import('./screens/retention/retention.ts')).retention,
  },
  {
    path: 'audit',
    title: 'Audit',
    permission: 'audit.read',
    menu: 'oversight',
    open: async (rest) => {
      const [, name] = /^memo\/(.+)$/.exec(rest) ?? [];
      if (name === undefined) return (await import('./screens/audit/audit.ts')).audit;
      const { memo } = await import('./screens/audit/memo.ts');
      return () => memo(name);
    },
  },
  {
    path: 'inbox',
    title: 'Inbox',
    permission: null,
    menu: 'oversight',
    open: async (rest) => {
      const [what, id = ''] = rest.split('/');
      if (what === 'new') {
        const { newReport } = await import('./screens/inbox/new-report.ts');
        return () => newReport(id);
      }
      if (what === 'report') {
        const { report } = await import('./screens/inbox/report.ts');
        return () => report(id);
      }
      return (await import('./screens/inbox/inbox.ts')).inbox;
    },
  },
  {
    path: 'mutes',
    title: 'Muted entries',
    permission: 'hotlist.browse',
    menu: 'alerts',
    open: async () => (await import('./screens/mutes.ts')).mutes,
  },
  {
    path: 'capture',
    title: 'Suspended capture',
    permission: 'policy.read',
    menu: 'unit',
    only: 'units',
    open: async () => (await import('./screens/capture.ts')).capture,
  },
  {
    path: 'lost-unit',
    title: 'Lost unit',
    permission: ['accounts.change', 'errors.report'],
    menu: 'unit',
    only: 'units',
    open: async () => (await import('./screens/lost-unit.ts')).lostUnit,
  },
  {
    path: 'people',
    title: 'People',
    permission: 'accounts.read',
    menu: 'people',
    open: async (username) =>
      username === ''
        ? (await import('./screens/people/people.ts')).people
        : (await import('./screens/people/person.ts')).person,
  },
  {
    path: 'new-account',
    title: 'New account',
    permission: 'accounts.create',
    menu: null,
    open: async () => (await import('./screens/people/new-account.ts')).newAccount,
  },
  {
    path: 'trainings',
    title: 'Trainings',
    permission: 'training.record',
    menu: 'people',
    open: async (username) =>
      username === ''
        ? (await import('./screens/people/trainings.ts')).trainings
        : (await import('./screens/people/training.ts')).training,
  },
  {
    path: 'figures',
    title: 'Figures',
    permission: 'statistics.read',
    menu: 'oversight',
    open: async () => (await import('./screens/figures/figures.ts')).figures,
  },
  {
    path: 'policy',
    title: 'Policy',
    permission: 'policy.read',
    menu: 'oversight',
    open: async () => (await import('./screens/policy.ts')).policy,
  },
  {
    path: 'canvass',
    title: 'Canvass',
    permission: 'detections.stakeout',
    menu: 'reads',
    isForCar: true,
    open: async () => (await import('./screens/canvass.ts')).canvass,
  },
  {
    path: 'aim',
    title: 'Aim cameras',
    permission: 'cameras.aim',
    menu: 'unit',
    only: 'units',
    looks: [...deskLooks, 'aim.css'],
    open: async (head) =>
      head === 'sheet'
        ? (await import('./screens/aim/sheet.ts')).acceptanceSheet
        : (await import('./screens/aim/aim.ts')).aim,
  },
  {
    path: 'units',
    title: 'Units',
    permission: null,
    menu: 'unit',
    only: 'headquarters',
    open: async () => (await import('./screens/units.ts')).units,
  },
  {
    path: 'health',
    title: 'Health',
    permission: null,
    menu: 'unit',
    isForCar: true,
    open: async () => (await import('./screens/health.ts')).health,
  },
  {
    path: 'me',
    title: 'My account',
    permission: null,
    menu: 'people',
    isForCar: true,
    open: async () => (await import('./screens/me/me.ts')).me,
  },
];
