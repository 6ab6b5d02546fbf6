import type { Command } from '@commander-js/extra-typings';
import type { ClockHealth } from '../accountability/retention/clock-belief.ts';
import type { CaptureHealth } from '../accountability/suspension/suspension.ts';
import { noScreen } from '../console/page-output.ts';
import type { DaemonStatus } from '../daemon/daemon-status.ts';
import { problemsOf } from '../daemon/problems.ts';
import { helpAbout, troubleshootingPage } from '../diagnostics/troubleshooting.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { releaseWords } from '../version.ts';
import { askStatus } from './ask-status.ts';
import { configured, readConfig } from './configured.ts';
import { describeHeadquarters } from './headquarters-text.ts';
import { shown } from './perform.ts';
import { age, milliseconds, table } from './text.ts';

/** `lookout status`: the running daemon's status. */
export function registerStatus(program: Command): void {
  configured(program.command('status'))
    .description('show cameras, GPS, hot lists, outbox and times of the running daemon')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { config } = readConfig(options);
      const status = await askStatus(config);
      const words =
        status.mode === 'headquarters' ? describeHeadquarters(status) : describe(status);
      process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : shown(options, words));
    });
}

function describe(status: DaemonStatus): string {
  const lines = [
    `${status.agency}/${status.unit}, ${status.mode}, up ${age(status.uptimeS)}`,
    `Release ${releaseWords(status.version, status.releaseMadeAt)}`,
    `Overseen by ${status.administrator.title}: ${status.administrator.name}`,
    '',
    table(
      ['camera head', 'state', 'read/s', 'taken', 'passed over', 'detect', 'read', 'restarts'],
      status.heads.map((head) => [
        head.id,
        head.state,
        head.health?.readFps.toFixed(1) ?? '–',
        String(head.health?.ir.framesTaken ?? '–'),
        passedOverOf(head.health),
        milliseconds(head.health?.stageMs.detect.p50),
        milliseconds(head.health?.stageMs.recognise.p50),
        String(head.restarts),
      ]),
    ),
    '',
    `GPS: ${status.position.state}, ${status.position.quality}` +
      (status.position.fixAgeMs === null
        ? ''
        : `, fix ${age(status.position.fixAgeMs / 1000)} old`) +
      (status.position.clockOffsetMs === null
        ? ''
        : `, clock off by ${Math.round(status.position.clockOffsetMs)} ms`),
    `Clock: ${clockWords(status.clock)}`,
    ...captureLines(status.capture),
    '',
    table(
      ['hot list', 'state', 'entries', 'age'],
      status.hotlists.map((list) => [
        list.id,
        list.state,
        String(list.entries),
        list.ageS === null ? '–' : age(list.ageS),
      ]),
    ),
    '',
    `Alerts: ${status.counts.hits} raised, ${status.counts.withdrawn} withdrawn; frame to alert ` +
      `${milliseconds(status.alertMs.raised.p50)} median, ${milliseconds(status.alertMs.raised.p99)} p99`,
    ...status.outputs.map(outputLine),
    ...muteLines(status.sound),
    ...httpsLines(status.https),
    status.uplink === null
      ? 'Headquarters: off'
      : `Headquarters: ${status.uplink.connected ? 'connected' : 'not connected'}; waiting ` +
        Object.entries(status.uplink.waiting)
          .map(([lane, count]) => `${lane} ${count}`)
          .join(', '),
    `Policy ${status.policy}; audit log ${status.audit.state}, ${counted(status.audit.records, 'record')}; ` +
      `${counted(status.undisposed, 'alert')} ${status.undisposed === 1 ? 'waits' : 'wait'} for a disposition`,
    ...(status.canvass === null ? [] : [`  ${status.canvass}`]),
    `${counted(status.waiting.reports, 'report')} of errors or violations not taken up; ` +
      `${counted(status.waiting.notices, 'notice')} that nobody has read`,
    ...status.reminders.map((reminder) => `  ${reminder}`),
    `Event loop delay p99 ${milliseconds(status.eventLoopDelayMs.p99)}, memory ${status.residentMiB} MiB`,
    ...(status.problems.length === 0
      ? ['No problems.']
      : ['', `Problems; help is in ${troubleshootingPage}:`]),
    ...problemsOf(status).map(({ area, text }) => `  - ${text} (${helpAbout(area)})`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Frames that were not read: since the start, and their share of the last minute. */
function passedOverOf(health: DaemonStatus['heads'][number]['health']): string {
  if (health === null) return '–';
  const { frames, of } = health.passedOver;
  return `${health.ir.framesDropped} (${of === 0 ? 0 : Math.round((100 * frames) / of)} %)`;
}

/** How an output works, and how many alerts it has told. A page that no screen shows has not failed. */
function outputLine({ name, state, problem, told, failed }: DaemonStatus['outputs'][number]) {
  const words = problem === noScreen ? 'no screen shows it' : state;
  const lost = failed === 0 ? '' : `, ${failed} not told`;
  return `  ${name}: ${words}; ${counted(told, 'alert')} told${lost}`;
}

/** Who muted all alerts but urgent ones, and until when. A daemon of an earlier version does not tell. */
function muteLines(sound: DaemonStatus['sound'] | undefined): string[] {
  if (sound === undefined || sound.mutedUntilMs === null) return [];
  return [
    `  all alerts but urgent ones are muted until ${localTime(sound.mutedUntilMs)} (${sound.by})`,
  ];
}

/** Where other computers reach the page. A daemon of an earlier version does not tell. */
function httpsLines(https: DaemonStatus['https'] | undefined): string[] {
  if (!https) return [];
  const { connections, requests } = https.turnedAway;
  return [
    `Page for other computers: ${https.url}; turned away ${counted(connections, 'connection')}, ${counted(requests, 'request')}`,
  ];
}

/** Where the unit captures nothing, or only under a court order. */
function captureLines({ suspended, underOrder }: CaptureHealth): string[] {
  if (suspended !== null) {
    return [
      `Capture is suspended: ${suspended.zone}, since ${localTime(suspended.since)}. Nothing is read, stored or alerted.`,
    ];
  }
  return underOrder === null ? [] : [`Capture goes on here under court order ${underOrder}.`];
}

/** Who confirms the clock. */
function clockWords({ believed, satellitesOffsetMs, headquartersOffsetMs }: ClockHealth): string {
  if (!believed) return 'not believed';
  const by = [
    satellitesOffsetMs === null ? [] : ['satellites'],
    headquartersOffsetMs === null ? [] : ['headquarters'],
  ].flat();
  // Without either, people look whether it is right.
  if (by.length === 0)
    return `nothing confirms it now; a GPS fix or an answer of headquarters does. Is it right? It says ${localTime(Date.now())}`;
  return `confirmed by ${by.join(' and ')}`;
}
