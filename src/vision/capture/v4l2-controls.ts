import { execFile } from 'node:child_process';
import { kindOf, messageOf } from '../../platform/problem.ts';

/** One thing that can be set on a camera. */
export interface CameraControl {
  /** Of the driver: `exposure_time_absolute`. */
  name: string;
  kind: 'number' | 'switch' | 'choice';
  min: number;
  max: number;
  step: number;
  value: number;
  usual: number;
  /** Another control, such as automatic exposure, has taken it over. */
  isInactive: boolean;
  /** Of a choice; else empty. */
  choices: { value: number; label: string }[];
}

/** What can be set on the cameras of this computer. Its methods reject with an Error that says why not. */
export interface CameraControlPort {
  list(device: string): Promise<CameraControl[]>;
  set(device: string, name: string, value: number): Promise<void>;
}

/** By these a lens is set up; colours and the like do not matter to an infra-red camera. */
const wanted = /expos|gain|focus|iris|^brightness$|dynamic_framerate/;
const timeLimitMs = 4000;

/**
 * Controls by `v4l2-ctl` of Debian's v4l-utils, in a process of its own: it knows range and step of each control, which
 * OpenCV does not tell, and its own handle of the device leaves the one alone from which the head is just reading a frame.
 */
export const v4l2Controls: CameraControlPort = {
  list: async (device) => parseControls(await run('-d', device, '--list-ctrls-menus')),
  async set(device, name, value) {
    const refused = await run('-d', device, `--set-ctrl=${name}=${value}`);
    if (refused.trim() !== '') throw new Error(refused.trim().split('\n')[0]);
  },
};

function run(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('v4l2-ctl', args, { timeout: timeLimitMs }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (kindOf(error) === 'missing') {
        reject(new Error('v4l2-ctl is not installed: apt-get install v4l-utils'));
      } else reject(new Error(stderr.trim().split('\n')[0] || messageOf(error)));
    });
  });
}

const line = /^\s*(\w+) 0x[0-9a-f]+ \((int|int64|bool|menu|intmenu)\)\s*: (.*)$/;
const choice = /^\s+(\d+): (.+)$/;

/** The controls that matter for a lens in what `v4l2-ctl --list-ctrls-menus` prints. */
export function parseControls(text: string): CameraControl[] {
  const controls: CameraControl[] = [];
  let last: CameraControl | null = null;
  for (const each of text.split('\n')) {
    const [, name = '', type = '', rest = ''] = line.exec(each) ?? [];
    const [, value = '', label = ''] = choice.exec(each) ?? [];
    if (name !== '') {
      last = controlOf(name, type, rest);
      if (wanted.test(name) && last !== null) controls.push(last);
    } else if (value !== '') last?.choices.push({ value: Number(value), label: label.trim() });
  }
  return controls;
}

function controlOf(name: string, type: string, rest: string): CameraControl | null {
  const number = (field: string): number | null => {
    const [, value] = new RegExp(`\\b${field}=(-?\\d+)`).exec(rest) ?? [];
    return value === undefined ? null : Number(value);
  };
  const value = number('value');
  const flags = /flags=(.*)$/.exec(rest)?.[1] ?? '';
  // Without a value it can be written and not read, or is off.
  if (value === null || /disabled|read-only/.test(flags)) return null;
  return {
    name,
    kind: type === 'bool' ? 'switch' : type.endsWith('menu') ? 'choice' : 'number',
    min: number('min') ?? 0,
    max: number('max') ?? 1,
    step: number('step') ?? 1,
    value,
    usual: number('default') ?? value,
    isInactive: flags.includes('inactive'),
    choices: [],
  };
}
