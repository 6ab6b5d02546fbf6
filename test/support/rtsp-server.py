"""Serves a picture of the time as video over RTSP: rtsp-server.py PORT [USER PASSWORD].

/ir is H.264 whose every frame can be shown at once, /reordered H.264 whose decoder holds frames back, /jpeg JPEG.
Each frame shows in 16 bars, lowest bit first, the milliseconds since the epoch (modulo 65,536) at which it was made.
It says 'ready' once it listens. A line 'pause' on its standard input ends the frames, but not the connections, and
'resume' goes on.
"""

import sys
import threading
import time

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

WIDTH, HEIGHT, FPS, BITS = 640, 360, 20, 16

Gst.init(None)
paused = threading.Event()


def picture(now_ms: int) -> bytes:
    bar = WIDTH // BITS
    row = b''.join(bytes([220 if now_ms >> bit & 1 else 20]) * bar for bit in range(BITS))
    return row * HEIGHT


def configure(_factory: GstRtspServer.RTSPMediaFactory, media: GstRtspServer.RTSPMedia) -> None:
    source = media.get_element().get_by_name('source')

    def push() -> bool:
        if not paused.is_set():
            now_ms = int(time.time() * 1000) % 2**BITS
            if source.emit('push-buffer', Gst.Buffer.new_wrapped(picture(now_ms))) != Gst.FlowReturn.OK:
                return False
        return True

    GLib.timeout_add(1000 // FPS, push)


server = GstRtspServer.RTSPServer(address='127.0.0.1', service=sys.argv[1])
streams = {
    '/ir': 'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20 ! rtph264pay config-interval=1',
    '/reordered': 'x264enc bframes=3 b-adapt=false rc-lookahead=4 sync-lookahead=0 key-int-max=20'
    ' ! rtph264pay config-interval=1',
    '/jpeg': 'jpegenc ! rtpjpegpay',
}
login = sys.argv[2:4]
if login:
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', 'camera')
    access = GstRtspServer.RTSPAuth()
    access.add_basic(GstRtspServer.RTSPAuth.make_basic(*login), token)
    server.set_auth(access)
for path, codec in streams.items():
    # Each client has a stream of its own: one that they share gives nothing while it ends for the client before.
    stream = GstRtspServer.RTSPMediaFactory(shared=False)
    stream.set_launch(
        '( appsrc name=source is-live=true do-timestamp=true format=time'
        f' caps=video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT},framerate={FPS}/1'
        f' ! videoconvert ! video/x-raw,format=I420 ! {codec} name=pay0 pt=96 )'
    )
    if login:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role('camera', 'media.factory.access', True)
        permissions.add_permission_for_role('camera', 'media.factory.construct', True)
        stream.set_permissions(permissions)
    stream.connect('media-configure', configure)
    server.get_mount_points().add_factory(path, stream)
server.attach(None)


def obey() -> None:
    for line in sys.stdin:
        (paused.set if line.strip() == 'pause' else paused.clear)()


threading.Thread(target=obey, daemon=True).start()
print('ready', flush=True)
GLib.MainLoop().run()
