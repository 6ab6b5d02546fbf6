import { expect, test } from 'vitest';
import { parseControls } from '../../../src/vision/capture/v4l2-controls.ts';

/** What v4l2-ctl 1.22 prints of a camera by the USB video class. */
const printed = `
User Controls

                     brightness 0x00980900 (int)    : min=-64 max=64 step=1 default=0 value=0
                       contrast 0x00980901 (int)    : min=0 max=64 step=1 default=32 value=32
        white_balance_automatic 0x0098090c (bool)   : default=1 value=1
                           gain 0x00980913 (int)    : min=0 max=100 step=1 default=0 value=12
           power_line_frequency 0x00980918 (menu)   : min=0 max=2 default=1 value=1 (50 Hz)
				0: Disabled
				1: 50 Hz
				2: 60 Hz

Camera Controls

                  auto_exposure 0x009a0901 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)
				1: Manual Mode
				3: Aperture Priority Mode
         exposure_time_absolute 0x009a0902 (int)    : min=3 max=2047 step=1 default=250 value=250 flags=inactive
                 focus_absolute 0x009a090a (int)    : min=0 max=255 step=5 default=0 value=30
     focus_automatic_continuous 0x009a090c (bool)   : default=1 value=0
                   iris_absolute 0x009a0911 (int)    : min=0 max=10 step=1 default=0 value=0 flags=read-only
`;

test('exposure, gain and focus with their ranges, choices and what another has taken over', () => {
  const controls = parseControls(printed);
  expect(controls.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'brightness number',
    'gain number',
    'auto_exposure choice',
    'exposure_time_absolute number',
    'focus_absolute number',
    'focus_automatic_continuous switch',
  ]);
  expect(controls[0]).toMatchObject({ min: -64, max: 64, usual: 0 });
  expect(controls[2]).toMatchObject({
    value: 3,
    choices: [
      { value: 1, label: 'Manual Mode' },
      { value: 3, label: 'Aperture Priority Mode' },
    ],
  });
  expect(controls[3]).toMatchObject({ min: 3, max: 2047, value: 250, isInactive: true });
  expect(controls[4]).toMatchObject({ step: 5, value: 30, isInactive: false });
  expect(controls[5]).toMatchObject({ min: 0, max: 1, value: 0, usual: 1 });
});

test('nothing where a camera has nothing to set', () => {
  expect(parseControls('')).toEqual([]);
});
