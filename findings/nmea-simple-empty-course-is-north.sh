#!/usr/bin/env bash
# nmea-simple 3.3.0 (npm): a field that the receiver leaves empty comes out as 0, and the same sentence says "valid".
#
# What one would guess: an empty field is null or left out, as in a parser that keeps "unknown" apart from "zero".
# What happens: a receiver that stands still has a good fix and leaves the course of its RMC sentence empty. The library
# gives status "valid" with trackTrue 0, which is a heading of due north. A void RMC gives latitude 0 and longitude 0, a
# place in the Atlantic, with chxOk true. A car at a red light so turns north in every record, and only the status of the
# second sentence tells that there was no fix.
# Output seen on 29 November 2026:
#   standing: valid 38.1 -122.25 track 0
#   void: warning 0 0 track 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-save --no-audit --no-fund nmea-simple@3.3.0
cat >look.mjs <<'JS'
import { parseNmeaSentence } from 'nmea-simple';

const withChecksum = (text) => {
  const sum = [...text].reduce((value, char) => value ^ char.charCodeAt(0), 0);
  return `$${text}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
};
const sentences = {
  standing: 'GNRMC,120000.00,A,3806.00000,N,12215.00000,W,0.02,,291126,,,A',
  void: 'GPRMC,120000.00,V,,,,,,,291126,,,N',
};
for (const [name, text] of Object.entries(sentences)) {
  const { status, latitude, longitude, trackTrue } = parseNmeaSentence(withChecksum(text));
  console.log(`${name}: ${status} ${latitude} ${longitude} track ${trackTrue}`);
}
JS
seen=$(node look.mjs)
echo "$seen"
expected='standing: valid 38.1 -122.25 track 0
void: warning 0 0 track 0'
[ "$seen" = "$expected" ] || { echo 'nmea-simple no longer does this' >&2; exit 1; }
