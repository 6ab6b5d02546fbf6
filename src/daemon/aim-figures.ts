import type { Config } from '../config/schema.ts';
import type { AimFigures } from '../console/aim-line.ts';
import { systemClock } from '../platform/clock.ts';
import type { Position } from '../position/fix.ts';
import { createStandingFixes } from '../position/standing-fix.ts';
import { createCertificateEnd } from '../uplink/certificate-end.ts';
import { brokerPlace } from '../uplink/tls-handshake.ts';
import type { Uplink } from '../uplink/uplink.ts';
import { leastFps } from '../vision/capture/least-rate.ts';
import type { PlateFigureBook } from '../vision/head/plate-figures.ts';
import type { CameraHeads } from './camera-heads.ts';
import type { TestPlates } from './test-plates.ts';

/**
 * The figures by which a camera is set up, of one head; null if there is no such head. Asked for once a second while
 * somebody looks, which is when the fixes of a standing unit are taken together.
 */
export function createAimFigures(deps: {
  config: Pick<Config, 'heads' | 'uplink'>;
  heads: () => Pick<CameraHeads, 'head'>;
  plates: PlateFigureBook;
  tests: Pick<TestPlates, 'of'>;
  position: Pick<Position, 'fixAt' | 'health'>;
  uplink: () => Pick<Uplink, 'health'> | null;
}): (head: string) => AimFigures | null {
  const { config, heads, plates, tests, position, uplink } = deps;
  const standing = createStandingFixes();
  const certificate = createCertificateEnd(config.uplink.tls.cert);

  function positionNow(): AimFigures['position'] {
    const fix = position.fixAt(systemClock());
    if (fix.source !== 'fixed') standing.add(fix, performance.now());
    const { quality, satellites, hdop, ageMs, source, latitude, longitude } = fix;
    const { state, problem } = position.health();
    const place = { latitude, longitude, standing: standing.summary() };
    return { state, problem, source, quality, satellites, hdop, ageMs, ...place };
  }

  function uplinkNow(): AimFigures['uplink'] {
    const link = uplink();
    if (link === null) return null;
    const { connected, problem, waiting, oldestAgeS, lastAcknowledgedAtMs } = link.health();
    const { host, port, isSecure } = brokerPlace(config.uplink.broker);
    const ages = Object.values(oldestAgeS).filter((age) => age !== null);
    return {
      broker: `${host}:${port}${isSecure ? '' : ', not encrypted'}`,
      certificateEndsAtMs: certificate.atMs,
      connected,
      problem,
      waiting: Object.values(waiting).reduce((sum, each) => sum + each, 0),
      oldestAgeS: ages.length === 0 ? null : Math.max(...ages),
      lastAcknowledgedAtMs,
    };
  }

  return (id) => {
    const settings = config.heads.list.find((head) => head.id === id);
    const status = heads().head(id)?.status();
    if (settings === undefined || status === undefined) return null;
    const { health } = status;
    return {
      type: 'figures',
      state: status.state,
      problem: status.problem,
      camera: health && {
        width: health.ir.width,
        height: health.ir.height,
        fps: health.ir.fps,
        leastFps: leastFps(settings.ir),
        readFps: health.readFps,
        passedOver: health.passedOver,
        qualityWarning: health.qualityWarning,
      },
      limits: config.heads.quality,
      maxSkewMs: settings.colour === null ? null : settings.maxSkewMs,
      plates: plates.of(id),
      test: tests.of(id),
      position: positionNow(),
      uplink: uplinkNow(),
    };
  };
}
