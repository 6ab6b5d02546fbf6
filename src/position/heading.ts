/** Directions of travel that people tell, each with its bearing, degrees from true north. */
export const headings = { N: 0, NE: 45, E: 90, SE: 135, S: 180, SW: 225, W: 270, NW: 315 } as const;
export type Heading = keyof typeof headings;
export const headingNames = Object.keys(headings) as [Heading, ...Heading[]];
