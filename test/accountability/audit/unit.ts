/** The unit whose log the tests keep. */
export const unit = { agency: 'test-pd', id: 'unit-7' };
