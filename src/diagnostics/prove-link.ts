import type { Config } from '../config/schema.ts';
import { commonName, namesOf } from '../platform/certificates.ts';
import { localDay } from '../platform/local-time.ts';
import { networkFault } from '../platform/network-fault.ts';
import { codeOf } from '../platform/problem.ts';
import {
  certificateAdvice,
  isOfStrangeAuthority,
  unitRefused,
} from '../uplink/connection-problem.ts';
import { brokerPlace, type Handshake, shakeHands } from '../uplink/tls-handshake.ts';
import { type LinkTrial, speaksPlainMqtt, tryLink } from '../uplink/try-link.ts';
import { about, type Finding } from './check.ts';
import { judgeDates } from './link-checks.ts';

/** What the trial of the link found; `clockOffsetMs` is headquarters' time minus this clock's, null if it told none. */
export interface LinkProof {
  findings: Finding[];
  clockOffsetMs: number | null;
}

const handshakeTimeoutMs = 8000;

/**
 * Uses the link: the handshake, the broker's certificate and its name, the login, each topic, and one message that
 * headquarters acknowledges. Ends at the first step that fails, as none behind it can work.
 *
 * @param options.isHeld the running daemon has the link, so only the broker's certificate is looked at.
 */
export async function proveLink(
  { uplink, unit, hotlist }: Config,
  options: { isHeld: boolean; answerWithinMs?: number },
): Promise<LinkProof> {
  const done = (...findings: Finding[]): LinkProof => ({ findings, clockOffsetMs: null });
  const { host, port, isSecure } = brokerPlace(uplink.broker);
  const place = `${host}:${port}`;
  const seen: Finding[] = [];
  if (isSecure) {
    const handshake = await shakeHands(uplink, handshakeTimeoutMs);
    if (handshake.error !== null) return done(await noHandshake(uplink.broker, place, handshake));
    seen.push(certificateOf(handshake, host));
    if (handshake.refusal !== null) return done(...seen);
  }
  if (options.isHeld) return done(...seen);
  const { answerWithinMs } = options;
  const trial = await tryLink({
    config: uplink,
    sender: { agency: unit.agency, unit: unit.id },
    lists: hotlist.lists.map(({ id }) => id),
    ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
  });
  const clockOffsetMs = trial.reached === 'headquarters' ? trial.clockOffsetMs : null;
  return { findings: [...seen, ...trialFindings(trial, place)], clockOffsetMs };
}

async function noHandshake(broker: string, place: string, { error }: Handshake): Promise<Finding> {
  const found = about('headquarters', `broker ${place}`);
  const code = String(codeOf(error) ?? '');
  const isOfNetwork = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code);
  if (isOfNetwork) {
    return found.failure(
      `does not answer: ${networkFault(error)}`,
      'Check uplink.broker and the network, and that the broker runs.',
    );
  }
  if (await speaksPlainMqtt(broker)) {
    return found.failure(
      'speaks MQTT without TLS',
      'Everything would be readable on the way: give the broker a listener with TLS, usually port 8883, and name that in uplink.broker.',
    );
  }
  const refusal = unitRefused(code);
  if (refusal !== null) return found.failure(...refusal);
  const why = code.startsWith('ERR_SSL_')
    ? `it answers, but with no TLS of ours (${code})`
    : networkFault(error);
  return found.failure(
    `gives no TLS handshake: ${why}`,
    'Check that uplink.broker names the port of an MQTT broker with TLS.',
  );
}

function certificateOf({ certificate, refusal }: Handshake, host: string): Finding {
  const found = about('certificates', "broker's certificate");
  if (certificate === null) return found.failure('it shows none', 'Look at the broker.');
  const names = namesOf(certificate).join(', ') || commonName(certificate.subject);
  if (refusal !== null && isOfStrangeAuthority(refusal)) {
    return found.failure(
      `is signed by ${commonName(certificate.issuer)}, which is not the authority that this unit has`,
      certificateAdvice.authority,
    );
  }
  switch (refusal) {
    case null:
      return found.ok(
        `for ${names}, by ${commonName(certificate.issuer)}, valid until ${localDay(Date.parse(certificate.validTo))}`,
      );
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return judgeDates(found, {
        fromMs: Date.parse(certificate.validFrom),
        untilMs: Date.parse(certificate.validTo),
      });
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return found.failure(`is for ${names}, not for ${host}`, certificateAdvice.names);
    default:
      return found.failure(`is not accepted (${refusal})`, 'Have headquarters look at it.');
  }
}

function trialFindings(trial: LinkTrial, place: string): Finding[] {
  const link = about('headquarters', 'link');
  const answer = about('headquarters', 'headquarters');
  switch (trial.reached) {
    case 'nothing':
      return [loginRefused(trial, place)];
    case 'login': {
      const { mayNotRead, mayNotWrite } = trial;
      const advice =
        "Have the broker's access rules let this unit read and write its own topics: asyncapi.yaml lists them.";
      return [
        ...mayNotRead.map((topic) => link.failure(`this unit may not read ${topic}`, advice)),
        ...mayNotWrite.map((topic) => link.failure(`this unit may not write ${topic}`, advice)),
      ];
    }
    case 'topics':
      return [
        link.ok(`logged in at ${place} with MQTT ${trial.protocol}; no topic was refused`),
        answer.failure(
          `did not acknowledge a message within ${trial.waitedMs / 1000} s`,
          "Start the program of headquarters. If it runs: have the broker's access rules let both read and write the unit's topics (asyncapi.yaml); not every broker says that it refuses one.",
        ),
      ];
    case 'headquarters':
      return [
        link.ok(`logged in at ${place} with MQTT ${trial.protocol}; no topic was refused`),
        answer.ok(`acknowledged a message after ${trial.answeredMs} ms`),
      ];
  }
}

/** MQTT 3.1.1's and 5's codes of a refused login. */
const wrongPassword = new Set<unknown>([4, 0x86]);
const notAuthorised = new Set<unknown>([5, 0x87]);

function loginRefused(
  { code, text }: Extract<LinkTrial, { reached: 'nothing' }>,
  place: string,
): Finding {
  const found = about('headquarters', `broker ${place}`);
  if (wrongPassword.has(code)) {
    return found.failure(
      'refuses the user or the password',
      'Correct them in uplink.broker (mqtts://USER:PASSWORD@host), or as a credential.',
    );
  }
  if (notAuthorised.has(code)) {
    return found.failure(
      'does not let this unit log in',
      "Check the user and password in uplink.broker; the broker must know them, or the name in this unit's certificate.",
    );
  }
  const refusal = unitRefused(String(code ?? ''));
  if (refusal !== null) return found.failure(...refusal);
  return found.failure(
    `takes no login: ${text}`,
    "Look at the broker's log; it may not accept this unit's certificate or its client id.",
  );
}
