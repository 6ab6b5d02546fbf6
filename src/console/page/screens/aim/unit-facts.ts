import { html, nothing, type TemplateResult } from 'lit-html';
import type { AimFigures } from '../../../aim-line.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { changed, page, tell } from '../../state.ts';
import { capital, fixWords, span, unitNowMs } from '../../words.ts';
import { bad, doubtful, figure, good, type Verdict } from './aim-words.ts';
import { verdictMark } from './meters.ts';

/** What is known of place and link, with a verdict on each. */
export interface Fact {
  name: string;
  value: string;
  verdict: Verdict | null;
}

const dayMs = 86_400_000;
/** A surveyed place needs a minute of fixes, of which the farthest is this near, m. */
const surveyFixes = 60;
const surveyDriftM = 10;

/** Where the unit is, and how well that is known. */
export function positionFacts({ position }: AimFigures): Fact[] {
  const { quality, satellites, hdop, ageMs, standing, latitude, longitude, problem } = position;
  const isKnown = quality !== 'none' && latitude !== null && longitude !== null;
  const fix = capital(fixWords({ quality, ageMs, simulated: false }));
  const facts: Fact[] = [
    {
      name: 'Fix',
      value: problem ?? fix,
      verdict: isKnown && problem === null ? good() : bad('no fix'),
    },
  ];
  if (isKnown) {
    const place = `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
    facts.push({ name: 'Position', value: place, verdict: null });
  }
  if (satellites !== null) {
    const verdict = satellites >= 6 ? good() : satellites >= 4 ? doubtful('few') : bad('too few');
    facts.push({ name: 'Satellites', value: String(satellites), verdict });
  }
  if (hdop !== null) {
    const verdict = hdop <= 2 ? good() : hdop <= 5 ? doubtful('fair') : bad('poor');
    facts.push({ name: 'HDOP', value: hdop.toFixed(1), verdict });
  }
  if (standing !== null && page.session?.at.mode === 'fixed') {
    const { driftM, fixes } = standing;
    const verdict = driftM <= surveyDriftM ? good() : doubtful('wide');
    facts.push({ name: 'Drift', value: `${figure(driftM)} m over ${fixes} fixes`, verdict });
  }
  return facts;
}

/** The way to headquarters. */
export function linkFacts({ uplink }: AimFigures): Fact[] {
  if (uplink === null) return [{ name: 'Link', value: 'is off', verdict: doubtful('off') }];
  const { broker, connected, problem, waiting, oldestAgeS, lastAcknowledgedAtMs } = uplink;
  const { certificateEndsAtMs } = uplink;
  const facts: Fact[] = [
    {
      name: 'Broker',
      value: problem ?? broker,
      verdict: connected && problem === null ? good('connected') : bad('no link'),
    },
    {
      name: 'Waiting',
      value: oldestAgeS === null ? `${waiting}` : `${waiting}, the oldest for ${span(oldestAgeS)}`,
      verdict: (oldestAgeS ?? 0) > 600 ? doubtful('old') : good(),
    },
    {
      name: 'Last acknowledged',
      value:
        lastAcknowledgedAtMs === null
          ? 'nothing yet'
          : `${span((unitNowMs() - lastAcknowledgedAtMs) / 1000)} ago`,
      verdict: lastAcknowledgedAtMs === null ? doubtful('not yet') : good(),
    },
  ];
  if (certificateEndsAtMs !== null) {
    const leftMs = certificateEndsAtMs - unitNowMs();
    const verdict =
      leftMs < 0 ? bad('has ended') : leftMs < 30 * dayMs ? doubtful('ends soon') : good();
    const value = `until ${new Date(certificateEndsAtMs).toISOString().slice(0, 10)}`;
    facts.push({ name: 'Certificate', value, verdict });
  }
  return facts;
}

/** Place and link in words. */
export const factList = (facts: readonly Fact[]): TemplateResult =>
  html`<dl class="aim-figures">
    ${facts.map(
      ({ name, value, verdict }) => html`<div>
        <dt>${name}</dt>
        <dd><b>${value}</b> ${verdict === null ? nothing : verdictMark(verdict)}</dd>
      </div>`,
    )}
  </dl>`;

/** The lines that make the place where a pole stands its surveyed position. */
export function surveyedLines(
  { latitude, longitude }: { latitude: number; longitude: number },
  bearingDeg: string,
): string {
  return [
    'position:',
    '  source:',
    '    kind: fixed',
    `    latitude: ${latitude.toFixed(6)}`,
    `    longitude: ${longitude.toFixed(6)}`,
    `    bearingDeg: ${bearingDeg}`,
  ].join('\n');
}

/** For a pole with a receiver: what to write into its configuration, so that it keeps this place. */
export function surveyPanel(): (figures: AimFigures) => TemplateResult | typeof nothing {
  let bearing = '';
  return ({ position }) => {
    const { standing } = position;
    if (page.session?.at.mode !== 'fixed' || standing === null) return nothing;
    const isSure = standing.fixes >= surveyFixes && standing.driftM <= surveyDriftM;
    const degrees = Number(bearing);
    const isBearing = bearing.trim() !== '' && degrees >= 0 && degrees < 360;
    const lines = surveyedLines(standing, isBearing ? String(degrees) : 'DEGREES');
    return html`<div class="aim-survey">
      <h3>Keep as surveyed position</h3>
      <p class="quiet-words">
        ${
          isSure
            ? `The median of ${standing.fixes} fixes, the farthest ${figure(standing.driftM)} m away.`
            : `Wait: ${standing.fixes} of ${surveyFixes} fixes, the farthest ${figure(standing.driftM)} m away.`
        }
        The configuration belongs to root and is not written from here: put these lines into
        /etc/lookout/lookout.yaml in place of the present position.source, and restart lookout.
      </p>
      ${textField({
        name: 'bearing',
        label: 'Direction of the camera, true degrees',
        value: bearing,
        longest: 6,
        onInput: (value) => {
          bearing = value;
          changed();
        },
      })}
      <pre class="aim-lines">${lines}</pre>
      ${key({
        label: 'Copy the lines',
        isDisabled: !isSure || !isBearing,
        onPress: () =>
          void navigator.clipboard.writeText(lines).then(
            () => tell('Copied.', 'noted'),
            () => tell('This browser does not copy here: write the lines down.', 'refused'),
          ),
      })}
    </div>`;
  };
}
