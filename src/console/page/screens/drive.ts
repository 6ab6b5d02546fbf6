import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../address.ts';
import { healthOf } from '../health.ts';
import { missingAlerts } from '../missing-alerts.ts';
import { brief, isMoving, mostMoving, switchPassenger } from '../motion.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { toggleSound } from '../sound.ts';
import { changed, may, page, plateByMark, type Told } from '../state.ts';
import { nextTheme, themeNow } from '../theme.ts';
import { withoutCommands } from '../without-commands.ts';
import { ago, capital, classMarks, classNames, standingNames } from '../words.ts';

/** What the screen shows while nothing alerts. */
export function drive(): Screen {
  return { view };
}

function view(): TemplateResult {
  const { session, alerts } = page;
  const bad = healthOf(page.status).filter(({ mood }) => mood === 'bad');
  const all = [...alerts.values()].reverse();
  const recent = isMoving() ? all.slice(0, mostMoving) : all;
  return html`<section class="drive">
    <div class="drive-state">
      <h1>${headline(recent)}</h1>
      <p class="drive-sub">${brief(watching())}</p>
      ${
        !isMoving() &&
        session?.at.mode === 'mobile' &&
        session.pin === 'unset' &&
        session.lockAfterS !== null
          ? key({ label: 'Set a PIN to unlock by touch', onPress: () => go('me'), kind: 'quiet' })
          : nothing
      }
      ${(session?.restrictions ?? []).map((text) => html`<p class="restriction">${brief(text)}</p>`)}
      ${bad.slice(0, isMoving() ? mostMoving : undefined).map(
        ({ text, problem }) =>
          html`<p class="drive-problem">
            <b>${brief(text)}.</b> ${isMoving() ? nothing : withoutCommands(problem ?? '')}
          </p>`,
      )}
    </div>
    ${recent.length === 0 ? nothing : recentList(recent)}
    <div class="drive-keys">
      ${key({
        label: `Screen: ${capital(themeNow())}`,
        onPress: () => {
          nextTheme();
          changed();
        },
      })}
      ${
        may('alerts.watch') && page.status.sound
          ? key({
              label: `Sound: ${soundWords(page.status.sound.state)}`,
              // Where nothing sounds there is nothing to mute: what is wrong is said there.
              onPress: () =>
                soundWords(page.status.sound?.state) === 'none' ? go('health') : void toggleSound(),
            })
          : nothing
      }
      ${isMoving() ? nothing : key({ label: 'Health', onPress: () => go('health') })}
      ${
        may('alerts.respond')
          ? key({
              label: html`Open alerts <b>${page.status.undisposed ?? '…'}</b>`,
              onPress: () => go('open'),
              kind: (page.status.undisposed ?? 0) > 0 ? 'first' : 'plain',
            })
          : nothing
      }
      ${
        may('hotplates.enter') && !isMoving()
          ? key({ label: 'Hot plate', onPress: () => go('hot-plates/new') })
          : nothing
      }
      ${
        isMoving()
          ? key({ label: 'Passenger', onPress: () => void switchPassenger(true) })
          : nothing
      }
    </div>
  </section>`;
}

const soundWords = (state: string | null | undefined): string =>
  state === 'on' || state === 'muted' ? state : 'none';

/** Says that there is no alert only where the unit has told so. */
function headline(recent: readonly Told[]): string {
  if (page.session !== null && !may('alerts.watch')) return 'You may not see alerts';
  return missingAlerts() ?? (recent.length === 0 ? 'No alerts' : 'No new alerts');
}

function watching(): string {
  const { heads, counts, capture } = page.status;
  const zone = capture?.suspended?.zone;
  if (zone) return `Capture is suspended: ${zone}. Nothing is read or alerted`;
  const running = (heads ?? []).filter(({ state }) => state === 'running').length;
  if (running === 0) return 'No camera is running';
  const cameras = running === 1 ? '1 camera' : `${running} cameras`;
  const reads = typeof counts?.reads === 'number' ? `, ${counts.reads} plates read` : '';
  return `Watching with ${cameras}${reads}`;
}

/** The alerts of the last half hour, the newest first; each opens its card. */
function recentList(alerts: readonly Told[]): TemplateResult {
  return html`<aside class="recent" aria-label="Recent alerts">
    <h2>Recent</h2>
    <ol>
      ${alerts.map(
        (alert) => html`<li>
          <button type="button" class="line ${alert.class}" @click=${() => go(`alert/${alert.id}`)}>
            <span class="mark" aria-label=${classNames[alert.class]}>${classMarks[alert.class]}</span>
            <b class="line-plate">${plateByMark(alert)}</b>
            <span>${alert.title}</span>
            <small>${ago(alert.inView.lastMs)} · ${stateOf(alert)}</small>
          </button>
        </li>`,
      )}
    </ol>
  </aside>`;
}

function stateOf(alert: Told): string {
  if (alert.event === 'withdrawn') return 'matches no more';
  if (alert.withheld) return 'ask dispatch';
  const { standing } = alert;
  return standing === null ? 'not on the disk' : (standingNames[standing.state] ?? standing.state);
}
