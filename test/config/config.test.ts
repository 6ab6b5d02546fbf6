import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultYaml } from '../../src/config/default-yaml.ts';
import { configJsonSchema, type JsonSchema } from '../../src/config/describe-issue.ts';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { Problem } from '../../src/platform/problem.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function fileWith(text: string): string {
  const path = join(temporaryFolder(), 'unit.yaml');
  writeFileSync(path, text);
  return path;
}

describe('what is shipped', () => {
  test.each(readdirSync(join(programRoot, 'config')).filter((name) => name.endsWith('.yaml')))(
    'config/%s can be used',
    (name) => {
      expect(() => loadConfig({ file: join(programRoot, 'config', name) })).not.toThrow();
    },
  );

  test('config/default.yaml shows every key, also those of cameras, receivers and lists, of which the default is none', () => {
    const keys = (schema: JsonSchema): string[] => [
      ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => [key, ...keys(below)]),
      ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? []), schema.items ?? {}].flatMap((below) =>
        Object.keys(below).length === 0 ? [] : keys(below),
      ),
    ];
    const text = defaultYaml();
    expect(keys(configJsonSchema()).filter((key) => !text.includes(`${key}:`))).toEqual([]);
    for (const line of [
      '  # - id: …  # Name of the camera head, such as front-left',
      '  #     kind: rtsp',
      '  # kind: gpsd',
      '  # timeZone: …  # Zone in which',
      '  # secret: …  # File of the agency',
    ]) {
      expect(text).toContain(`\n${line}`);
    }
  });

  test('config/default.yaml and the JSON Schema are those of the code (scripts/generate)', () => {
    expect(readFileSync(join(programRoot, 'config/default.yaml'), 'utf8')).toBe(defaultYaml());
    expect(
      JSON.parse(readFileSync(join(programRoot, 'config/lookout.schema.json'), 'utf8')),
    ).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  test('an empty configuration is the defaults', () => {
    const { config, origins } = loadConfig({});
    expect(origins.size).toBe(0);
    expect(config.alerts.banner).toBe(configSchema.parse({}).alerts.banner);
  });
});

describe('schedules of hot lists', () => {
  const schedule = (source: object, when: object = { at: '05:30' }) => ({
    unit: { mode: 'headquarters' },
    hotlist: { lists: [{ id: 'svs', name: 'Stolen vehicles' }] },
    lists: { schedules: [{ list: 'svs', source, ...when }] },
  });
  const folder = { kind: 'folder', path: 'drop' };
  const web = { kind: 'https', url: 'https://lists.example.org/svs.csv' };
  const load = (tree: object) => loadConfig({ file: fileWith(JSON.stringify(tree)) }).config;

  test('are taken with a source and a time, paths beside the file that names them', () => {
    const [drop] = load(schedule(folder, {})).lists.schedules;
    expect(drop?.source).toMatchObject({ path: expect.stringMatching(/^\/.*\/drop$/) });
    const sftp = { kind: 'sftp', host: 'lists.example.org', user: 'pd', file: 'out/svs.csv' };
    const keys = { identity: 'key', knownHosts: '/etc/known_hosts' };
    const [fetched] = load(schedule({ ...sftp, ...keys })).lists.schedules;
    // What lies on the other computer is no path of this one.
    expect(fetched?.source).toMatchObject({ file: 'out/svs.csv', knownHosts: '/etc/known_hosts' });
  });

  test.each<[string, object, string]>([
    ['on a unit', { ...schedule(folder), unit: { mode: 'mobile' } }, 'are for headquarters'],
    [
      'of a list that is not there',
      { ...schedule(folder), hotlist: { lists: [{ id: 'ncic', name: 'NCIC' }] } },
      'is no list of hotlist.lists: ncic',
    ],
    ['without a time', schedule(web, {}), 'say when: at or everyMin'],
    ['with two times', schedule(web, { at: '05:30', everyMin: 5 }), 'either at or everyMin'],
    ['at no time of day', schedule(web, { at: '5:30' }), 'a time of day such as 05:30'],
    ['over plain HTTP', schedule({ ...web, url: 'http://lists.example.org/' }), 'use https://'],
    [
      'with a password in the address',
      schedule({ ...web, url: 'https://pd:secret@lists.example.org/' }),
      'the file of credentials',
    ],
    [
      'with wildcards on the other computer',
      schedule({
        ...{ kind: 'sftp', host: 'lists.example.org', user: 'pd', file: 'out/*.csv' },
        ...{ identity: 'key', knownHosts: 'hosts' },
      }),
      'without quotes, backslashes and wildcards',
    ],
  ])('%s are refused', (_name, tree, words) => {
    expect(() => load(tree)).toThrow(words);
    expect(() => load(tree)).not.toThrow('pd:secret');
  });
});

describe('layers', () => {
  test('flags win over the environment, that over credentials, those over the file', () => {
    const file = fileWith('unit: { id: from-file, agency: from-file }\nlog: { level: trace }\n');
    const credentials = temporaryFolder();
    writeFileSync(join(credentials, 'unit.id'), 'from-credential\n');
    writeFileSync(join(credentials, 'unit.agency'), 'from-credential\n');
    const { config, origins } = loadConfig({
      file,
      credentials,
      environment: {
        LOOKOUT_UNIT__ID: 'from-environment',
        LOOKOUT_CONFIG: '/not/a/key',
        HOME: '/',
      },
      flags: ['records.maxImageMiB=64'],
    });
    expect(config.unit.id).toBe('from-environment');
    expect(config.unit.agency).toBe('from-credential');
    expect(config.log.level).toBe('trace');
    expect(config.records.maxImageMiB).toBe(64);
    expect(origins.get('unit.id')).toBe('environment LOOKOUT_UNIT__ID');
    expect(origins.get('unit.agency')).toBe('credential unit.agency');
    expect(origins.get('log.level')).toBe(`${file}, line 2`);
    expect(origins.get('records.maxImageMiB')).toBe('--set');
  });

  test('a credential that holds a key is used from where it lies, not copied into the configuration', () => {
    const credentials = temporaryFolder();
    const pem = (what: string) => `-----BEGIN ${what}-----\nabc\n-----END ${what}-----\n`;
    writeFileSync(join(credentials, 'uplink.tls.key'), pem('PRIVATE KEY'));
    // As openssl ca and easy-rsa write it.
    const inWords = 'Certificate:\n    Data:\n        Version: 3 (0x2)\n';
    writeFileSync(join(credentials, 'uplink.tls.cert'), inWords + pem('CERTIFICATE'));
    expect(loadConfig({ credentials }).config.uplink.tls).toEqual({
      key: join(credentials, 'uplink.tls.key'),
      cert: join(credentials, 'uplink.tls.cert'),
    });
    for (const name of ['certificate', 'key', 'clientAuthority', 'revoked']) {
      writeFileSync(join(credentials, `console.https.${name}`), inWords);
    }
    expect(loadConfig({ credentials }).config.console.https).toMatchObject({
      enabled: false,
      certificate: join(credentials, 'console.https.certificate'),
      key: join(credentials, 'console.https.key'),
      clientAuthority: join(credentials, 'console.https.clientAuthority'),
      revoked: join(credentials, 'console.https.revoked'),
    });
  });

  test.each<[string[], RegExp]>([
    [['enabled=true'], /console.https.certificate: is missing \(HTTPS needs a certificate\)/],
    [['host=pole-3'], /console.https.host: got "pole-3" \(write an address of this unit\)/],
    [
      ['names=[https://pole-3:7443]'],
      /console.https.names.0: .*write a name or an address alone, such as pole-3.example.org/,
    ],
    [
      ['enabled=true', 'certificate=a', 'key=b', 'clientCertificate=required'],
      /console.https.clientAuthority: is missing \(clientCertificate: required needs it\)/,
    ],
  ])('HTTPS with %j is refused with what it lacks', (flags, words) => {
    expect(() => loadConfig({ flags: flags.map((flag) => `console.https.${flag}`) })).toThrow(
      words,
    );
  });

  test('credentials that cannot be read are told with their path', () => {
    // As root reads everything, a file in the place of the folder, and a folder in that of a credential.
    const file = join(temporaryFolder(), 'not-a-folder');
    writeFileSync(file, '');
    const problem = `${file}: the credentials of the service cannot be read (`;
    expect(() => loadConfig({ credentials: file })).toThrow(Problem);
    expect(() => loadConfig({ credentials: file })).toThrow(problem);
    const credentials = temporaryFolder();
    const folder = join(credentials, 'unit.id');
    mkdirSync(folder);
    expect(() => loadConfig({ credentials })).toThrow(`${folder}: the credentials of the service`);
  });

  test("the agency's secret is read from where it lies, and stands in no configuration", () => {
    const credentials = temporaryFolder();
    const key = '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n';
    writeFileSync(join(credentials, 'uplink.agency.key'), key);
    writeFileSync(join(credentials, 'uplink.agency.secret'), 'a secret of thirty-two characters');
    expect(loadConfig({ credentials }).config.uplink.agency).toEqual({
      key: join(credentials, 'uplink.agency.key'),
      secret: join(credentials, 'uplink.agency.secret'),
    });
  });

  test('a unit whose certificates are not there yet starts without them', () => {
    const service = readFileSync(join(programRoot, 'systemd/lookout.service'), 'utf8');
    const loaded = [...service.matchAll(/^LoadCredential=(.+?):/gm)].map(([, name]) => `${name}`);
    const empty = [...service.matchAll(/^SetCredential=(.+?):\\n$/gm)].map(([, name]) => `${name}`);
    expect(empty).toEqual(loaded);
    const credentials = temporaryFolder();
    for (const name of empty) writeFileSync(join(credentials, name), '\n');
    expect(loadConfig({ credentials }).config.uplink.tls).toEqual({});
  });

  test('camelCase keys are reached from the environment by underscores', () => {
    const { config } = loadConfig({ environment: { LOOKOUT_POSITION__STALE_AFTER_S: '7' } });
    expect(config.position.staleAfterS).toBe(7);
  });

  test('text that looks like a number stays text where text is wanted', () => {
    expect(loadConfig({ flags: ['uplink.protocol=5'] }).config.uplink.protocol).toBe('5');
  });

  test('a relative path starts at the file that names it', () => {
    const file = fileWith('unit: { dataDir: data }');
    expect(loadConfig({ file }).config.unit.dataDir).toBe(join(file, '..', 'data'));
  });
});

describe('refusals name the path, the origin and what is allowed', () => {
  const refusal = (text: string) => {
    const file = fileWith(text);
    try {
      loadConfig({ file });
    } catch (error) {
      return (error as Error).message.replaceAll(file, 'FILE');
    }
    throw new Error('it was accepted');
  };

  test.each([
    [
      'unit: { mod: mobile }',
      'unit.mod: unknown key, from FILE, line 1; allowed here: agency, id, mode',
    ],
    [
      'hedas: []',
      'hedas: unknown key, from FILE, line 1; allowed here: unit, policy, suspension, heads',
    ],
    [
      'unit: { mode: flying }',
      'unit.mode: got "flying", from FILE, line 1; allowed: mobile | fixed',
    ],
    [
      'reading: { regions: [us-ca, texas] }',
      'reading.regions.1: got "texas", from FILE, line 1; allowed: us | us-ca | us-ny | mx | gb | fr | cz | br | pk',
    ],
    [
      'reading: { regions: us }',
      'reading.regions: got "us", from FILE, line 1; allowed: a list [us | us-ca | us-ny |',
    ],
    ['heads: { list: pole }', 'heads.list: got "pole", from FILE, line 1; allowed: a list [{ id, '],
    ['uplink: { protocol: 4 }', 'allowed: "5" | auto | "3.1.1"'],
    ['heads: { list: [{ id: a, ir: { kind: usb } }] }', 'heads.list.0.ir.kind: got "usb"'],
    [
      'heads: { list: [{ id: a, ir: { kind: video, path: x, fps: 3 } }] }',
      'heads.list.0.ir.fps: unknown key, from FILE, line 1; allowed here: kind, path, pace, loop, startAt',
    ],
    ['alerts: { banner: " " }', 'the line cannot be empty'],
    ['uplink: { inFlight: 0 }', 'uplink.inFlight: got 0'],
    [
      'heads: { list: [{ id: a, ir: { kind: video, path: x } }, { id: a, ir: { kind: video, path: y } }] }',
      'heads.list: two heads have the id "a"; give each its own, from FILE, line 1',
    ],
    [
      'hotlist: { lists: [{ id: svs, name: A }, { id: svs, name: B }] }',
      'hotlist.lists: two lists have the id "svs"; give each its own, from FILE, line 1',
    ],
    ['heads: { list: [{ id: a }] }', 'heads.list.0.ir: is missing, from FILE, line 1'],
    ['unit: [', 'is not valid YAML'],
    ['log: *nowhere', 'is not valid YAML: an alias (*name) has no anchor'],
    ['unit: { dataDir: "" }', 'unit.dataDir: got ""'],
    [
      'position: { source: { kind: fixed, latitude: 38, longitude: -122, bearingDeg: 360 } }',
      'bearingDeg: got 360, from FILE, line 1; allowed: number from 0 to below 360',
    ],
    ['records: { maxImageMiB: 1 GiB }', 'allowed: number from 16'],
    ['tracking: { loseAfterMs: 0.5 }', 'allowed: integer from 100'],
    [
      'hotlist: { lists: [{ id: a, name: A, layout: { delimiter: tab } }] }',
      'got "tab", from FILE, line 1; allowed: "," | ";" | ":" | "\\t" | "|"',
    ],
    [
      'hotlist: { lists: [{ id: a, name: A, layout: { columns: { plate: 1 } } }] }',
      'allowed: string, or { index, start, length }, or { start, length }',
    ],
    [
      'heads: { list: [{ id: a, ir: { kind: rtsp, url: "rtsp://u:p#w@10.0.0.1/ir" } }] }',
      'heads.list.0.ir.url: got "rtsp://…@10.0.0.1/ir" (is not an address',
    ],
    ['policy: { profile: Vallejo }', 'use a name that "lookout policy list" shows'],
    ['- 1', 'must hold sections'],
  ])('%s', (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });

  test('a text that breaks a rule gets the rule and no type', () => {
    expect(refusal('unit: { id: "A B" }')).toMatch(/not starting with -\), from FILE, line 1$/);
  });

  test('every fault is reported at once', () => {
    expect(refusal('unit: { mode: flying, id: "A B" }').split('\n')).toHaveLength(3);
  });

  test('no password of a camera or broker is shown', () => {
    const camera = '{ id: a, ir: { kind: rtsp, url: "rtsp://u:s3cret@10.0.0.1/ir" } }';
    expect(refusal(`heads: { list: [${camera}, ${camera}] }`)).not.toContain('s3cret');
    expect(refusal('uplink: { broker: "mqtt://u:s3cret@hq.example" }')).not.toContain('s3cret');
  });

  test('a file that is not there', () => {
    expect(() => loadConfig({ file: '/nowhere/lookout.yaml' })).toThrow('/nowhere/lookout.yaml');
  });
});
