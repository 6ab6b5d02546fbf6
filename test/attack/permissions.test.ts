import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judgeClone, listClones, openClone } from '../../src/accountability/clones/operations.ts';
import {
  type Permission,
  permissions,
  plateBearing,
  roles,
} from '../../src/accountability/gate/permissions.ts';
import {
  listUnitOrders,
  orderLock,
  orderWipe,
  revokeUnit,
} from '../../src/accountability/lost-unit/operations.ts';
import {
  beginPlateTest,
  endPlateTest,
  listCameraSettings,
  setCamera,
} from '../../src/console/aim-operations.ts';
import { listChecks } from '../../src/console/check-operations.ts';
import { beginPassenger, endPassenger } from '../../src/console/motion.ts';
import {
  hushVoice,
  muteSound,
  testSound,
  unhushVoice,
  unmuteSound,
} from '../../src/console/sound-operations.ts';
import { type Answer, attack, type UnitUnderAttack, waysIn } from './unit-under-attack.ts';

/** Everything that anyone may ask for without a session. A new one must be put here on purpose. */
const open = [
  'GET /',
  'GET /api/session/form',
  'GET /page/*',
  'GET /page/:name.js',
  'GET /page/:room/:name.js',
  'GET /page/:room/:shelf/:name.js',
  'GET /page/libraries/leaflet.css',
  'GET /page/libraries/leaflet.js',
  'GET /page/libraries/protomaps-leaflet.js',
  'GET /page/lit-html/*',
  'HEAD /page/*',
  'HEAD /page/lit-html/*',
  'POST /api/first-administrator',
  'POST /api/session',
  'POST /api/session/login-key',
];
/** No operation takes this, so what is allowed does nothing either. */
const nonsense = { nonsense: 'x' };
const uuid = '0193a7c0-0000-7000-8000-000000000001';

/** A path with something in the place of each parameter. */
const filled = (path: string) =>
  path
    .replace(/:kind\b/, 'plate')
    .replace(/:username/g, 'nobody')
    .replace(/:\w+/g, uuid);

/** Names of all fields in a JSON schema, at any depth. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsOf)];
}

const all = ['strict', 'barstow']
  .flatMap((profile) => waysIn.map((way) => ({ ...way, profile })))
  // What profiles differ in is tried on a unit.
  .filter(({ place, profile }) => place === 'unit' || profile === 'strict');

describe.each(all)(
  'every route of a real $place under $profile through $listener',
  ({ place, profile, listener }) => {
    let unit: UnitUnderAttack;
    beforeAll(async () => {
      unit = await attack({ policy: { profile } }, listener, place);
    });
    afterAll(() => unit[Symbol.asyncDispose]());

    const send = (token: string | null, method: string, path: string): Promise<Answer> =>
      method === 'GET'
        ? unit.asPage(token, method, `${filled(path)}?nonsense=x`)
        : unit.asPage(token, method, filled(path), { input: nonsense });

    it('says who may use it: a permission, anyone signed in, or one of the few that are open', () => {
      const known: readonly string[] = [...permissions, 'signed-in', 'open'];
      for (const { path, rule } of unit.console.routes)
        expect([path, known]).toEqual([path, expect.arrayContaining([rule])]);
      const openOnes = unit.console.routes.filter(({ rule }) => rule === 'open');
      expect(openOnes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(open);
      for (const { name, http, permission } of unit.accountability.gate.operations) {
        const path = `/api${http.path}`;
        const route = unit.console.routes.find(
          (each) => each.path === path && each.method === http.method,
        );
        expect([name, route?.rule]).toEqual([name, permission]);
      }
    });

    it('serves each address that the page asks for', () => {
      const root = join(import.meta.dirname, '../..');
      const texts = globSync('src/console/page/**/*.ts', { cwd: root }).map((script) =>
        readFileSync(join(root, script), 'utf8'),
      );
      const asked = texts
        .flatMap((text) => [...text.matchAll(/ask(?:<[^(]*>)?\(\s*'(\w+)',\s*['`]([^'`]+)['`]/g)])
        .map(([, method = '', path = '']) => `${method} ${path.replaceAll(/\$\{(\w+)\}/g, ':$1')}`);
      expect(asked).toContain('POST /api/session/lock');
      const served = unit.console.routes.map(({ method, path }) => `${method} ${path}`);
      expect(asked.filter((each) => !served.includes(each))).toEqual([]);
      const performed = texts.flatMap((text) =>
        [...text.matchAll(/(?:perform|lookFor)<[^(]*>\(\s*'([\w.-]+)'/g)].map(
          ([, name = '']) => name,
        ),
      );
      expect(performed).toContain('hits.open');
      const names: string[] = [
        ...unit.accountability.gate.operations.map(({ name }) => name),
        // Those of the page's own gate.
        ...[testSound, muteSound, unmuteSound, beginPassenger, endPassenger].map(
          ({ name }) => name,
        ),
        ...[hushVoice, unhushVoice, listChecks].map(({ name }) => name),
        ...[beginPlateTest, endPlateTest, listCameraSettings, setCamera].map(({ name }) => name),
        // Those of headquarters, which serves the same page.
        ...[
          listUnitOrders,
          orderLock,
          orderWipe,
          revokeUnit,
          listClones,
          openClone,
          judgeClone,
        ].map(({ name }) => name),
      ];
      expect(performed.filter((each) => !names.includes(each))).toEqual([]);
    });

    it('puts no plate into an address, where a proxy or a history would keep it', () => {
      const takesPlate = unit.accountability.gate.operations.filter(({ input }) => {
        const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
        return fieldsOf(schema).some((name) => /plate/i.test(name));
      });
      const names = takesPlate.map(({ name }) => name);
      expect(names).toEqual(
        expect.arrayContaining(['detections.search', 'hotlist.browse', 'hotplates.past-reads']),
      );
      const inAddress = takesPlate.filter(
        ({ http }) => http.method !== 'POST' || /:plate/i.test(http.path),
      );
      expect(inAddress.map(({ name }) => name)).toEqual([]);
    });

    it('has no permission that opens nothing', () => {
      const rules = new Set(unit.console.routes.map(({ rule }) => rule));
      // Both are asked within other operations.
      expect(permissions.filter((each) => !rules.has(each))).toEqual([
        'hotplates.delete-any',
        'reports.violations',
      ]);
    });

    it('is closed without a session and with a made-up or empty one', async () => {
      const closed = unit.console.routes.filter(({ rule }) => rule !== 'open');
      let cases = 0;
      for (const { method, path } of closed) {
        for (const token of [null, 'A'.repeat(43), "' OR 1=1 --"]) {
          const { status, code } = await send(token, method, path);
          expect([method, path, status, code]).toEqual([method, path, 401, 'not-logged-in']);
          cases += 1;
        }
      }
      expect(cases).toBeGreaterThan(200);
    });

    it('lets each role do exactly what the policy gives it (USR-6, USR-7)', {
      timeout: 120_000,
    }, async () => {
      const { policy } = unit.accountability.policy;
      let cases = 0;
      for (const role of roles) {
        const username = role.replaceAll('_', '-');
        unit.account(username, role);
        const token = await unit.login(username);
        const given: readonly Permission[] = policy.roles[role] ?? [];
        for (const { method, path, rule } of unit.console.routes) {
          // What ends or unlocks this session is tried elsewhere.
          if (rule === 'open' || path.startsWith('/api/session')) continue;
          const { code } = await send(token, method, path);
          const mayPass = rule === 'signed-in' || given.includes(rule as Permission);
          const refused = code === 'not-permitted';
          expect(`${role} ${method} ${path}: ${refused ? 'refused' : 'allowed'}`).toBe(
            `${role} ${method} ${path}: ${mayPass ? 'allowed' : 'refused'}`,
          );
          expect(code).not.toBe('failed');
          cases += 1;
        }
      }
      expect(cases).toBeGreaterThan(1000);
      process.stdout.write(`${profile}: ${cases} pairs of role and route\n`);
    });

    it.each([
      ['without training', { trainingCourse: null, trainingCompletedOn: null }],
      ['with training that has run out', { trainingExpiresOn: '2026-01-31' }],
      ['without CLETS clearance', { cletsUntil: null }],
      ['with a CLETS clearance that has run out', { cletsUntil: '2026-01-31' }],
    ])('shows no plate and no image to an administrator %s', async (how, changes) => {
      const username = how.toLowerCase().replaceAll(' ', '-');
      unit.account(username, 'chief', changes);
      const token = await unit.login(username);
      for (const { method, path, rule } of unit.console.routes) {
        if (!plateBearing.includes(rule as Permission)) continue;
        expect([path, (await send(token, method, path)).code]).toEqual([path, 'not-permitted']);
      }
    });

    it('gives nothing but their own session to someone with a temporary password', async () => {
      unit.account('newcomer', 'chief', { passwordTemporaryUntilMs: '4e12' });
      const token = await unit.login('newcomer');
      for (const { method, path, rule } of unit.console.routes) {
        if (rule === 'open' || rule === 'signed-in') continue;
        expect([path, (await send(token, method, path)).code]).toEqual([path, 'not-permitted']);
      }
    });

    it('gives nothing to a locked session', async () => {
      unit.account('sleeper', 'alpr_administrator');
      const token = await unit.login('sleeper');
      expect((await unit.asPage(token, 'POST', '/api/session/lock', { input: {} })).status).toBe(
        200,
      );
      for (const { method, path, rule } of unit.console.routes) {
        if (rule === 'open' || path.startsWith('/api/session') || path === '/api/operations')
          continue;
        // An open page stays open, and learns only that there is an alert.
        if (path === '/api/events') continue;
        expect([path, (await send(token, method, path)).status]).toEqual([path, 423]);
      }
    });

    it('takes the name in the path, whatever body or query say besides', async () => {
      unit.account('victim', 'officer');
      unit.account('boss', unit.accountability.policy.policy.accounts.createRoles[0] ?? 'chief');
      const token = await unit.login('boss');
      const body = { input: { username: 'victim', role: 'chief' } };
      const answer = await unit.asPage(token, 'POST', '/api/users/nobody', body);
      expect([answer.status, answer.code]).toEqual([404, 'no-such-account']);
    });
  },
);
