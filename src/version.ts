import metadata from '../package.json' with { type: 'json' };

/** Version of this program, as its package states it. */
export const version = metadata.version;
