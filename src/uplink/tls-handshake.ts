import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { codeOf } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';

/** What a broker showed in a TLS handshake in which this unit accepted anything. */
export interface Handshake {
  /** Null if it ended before the broker showed one. */
  certificate: X509Certificate | null;
  /** OpenSSL's or Node's code of why the link would not accept the certificate; null if it would. */
  refusal: string | null;
  /** Why there was no handshake; null if there was one. */
  error: unknown;
}

/** Host and port of the broker's address, with the usual port of its protocol. */
export function brokerPlace(broker: string): { host: string; port: number; isSecure: boolean } {
  const { hostname, port, protocol } = new URL(broker);
  const usual = { 'mqtts:': 8883, 'wss:': 443, 'ws:': 80 }[protocol] ?? 1883;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || usual),
    isSecure: protocol === 'mqtts:' || protocol === 'wss:',
  };
}

/**
 * A TLS handshake with the broker, with this unit's certificate; nothing is sent after it. The link itself never accepts a
 * certificate that is refused here. Files that cannot be read are left out.
 */
export async function shakeHands(
  { broker, tls }: Pick<UplinkConfig, 'broker' | 'tls'>,
  timeoutMs: number,
): Promise<Handshake> {
  const { host, port } = brokerPlace(broker);
  const pem = async (path: string | undefined) =>
    path === undefined ? undefined : await loadRegularFile(path).catch(() => undefined);
  const [ca, cert, key] = [await pem(tls.ca), await pem(tls.cert), await pem(tls.key)];
  return new Promise((resolve) => {
    const done = (handshake: Handshake) => {
      socket.destroy();
      resolve(handshake);
    };
    const failed = (error: unknown) => done({ certificate: null, refusal: null, error });
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca && { ca }),
      ...(cert && key ? { cert, key } : {}),
    });
    socket.setTimeout(timeoutMs, () =>
      failed(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', failed);
    socket.once('secureConnect', () => {
      // Node's types say that it is an error; it is the code.
      const refusal = socket.authorized
        ? null
        : String(codeOf(socket.authorizationError) ?? socket.authorizationError);
      done({ certificate: socket.getPeerX509Certificate() ?? null, refusal, error: null });
    });
  });
}
