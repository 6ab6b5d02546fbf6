import { expect, test } from 'vitest';
import { treeWithoutSecrets, withoutSecrets } from '../../src/platform/without-secrets.ts';

test.each([
  ['rtsp://user:pw@host:554/path', 'rtsp://…@host:554/path'],
  [
    '{"a":"rtsp://u:p\\"w@host/x","b":"moss@example"}',
    '{"a":"rtsp://…@host/x","b":"moss@example"}',
  ],
  [
    '[rtsp @ 0x1] rtsp://u:p@host and mqtts://k:s@hq failed',
    '[rtsp @ 0x1] rtsp://…@host and mqtts://…@hq failed',
  ],
  ['rtsp://h/user=admin_password=tl_channel=1_stream=0.sdp', 'rtsp://h/user=…'],
  ['rtsp://h/cam?loginuse=a&loginpas=b&pwd=c&x=1', 'rtsp://h/cam?loginuse=…&loginpas=…&pwd=…&x=1'],
  [
    'http://h/h264Preview_01_main and /Streaming/Channels/101',
    'http://h/h264Preview_01_main and /Streaming/Channels/101',
  ],
  ['list svs: 3 entries, key=none of them', 'list svs: 3 entries, key=… of them'],
  ['rtsps://h:7441/T5mMC0CcK3lp4g5V?enableSrtp', 'rtsps://h:7441/…?enableSrtp'],
])('%s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

test('values under keys that name a secret, at any depth', () => {
  const tree = {
    api: [{ token: 'a', broker: 'moss:pw@hq', port: 1, tls: { key: '/etc/unit.key' } }],
  };
  expect(treeWithoutSecrets(tree)).toEqual({
    api: [{ token: '…', broker: '…@hq', port: 1, tls: { key: '/etc/unit.key' } }],
  });
});
