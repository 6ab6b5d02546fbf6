"""Serves a moving picture as H.264 over RTSP: rtsp-server.py PORT [USER PASSWORD].

It says 'ready' once it listens.
"""

import sys

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer(address='127.0.0.1', service=sys.argv[1])
stream = GstRtspServer.RTSPMediaFactory(shared=True)
stream.set_launch(
    '( videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=20/1'
    ' ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20'
    ' ! rtph264pay name=pay0 pt=96 config-interval=1 )'
)
if len(sys.argv) > 3:
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role('camera', 'media.factory.access', True)
    permissions.add_permission_for_role('camera', 'media.factory.construct', True)
    stream.set_permissions(permissions)
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', 'camera')
    access = GstRtspServer.RTSPAuth()
    access.add_basic(GstRtspServer.RTSPAuth.make_basic(sys.argv[2], sys.argv[3]), token)
    server.set_auth(access)
server.get_mount_points().add_factory('/ir', stream)
server.attach(None)
print('ready', flush=True)
GLib.MainLoop().run()
