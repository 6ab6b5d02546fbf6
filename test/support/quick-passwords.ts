/**
 * Passwords that cost no time to check. Half of the processor time of a test that opens a unit and logs somebody in would
 * be scrypt, which has tests of its own.
 */
export const quickPasswords = { passwordCost: { N: 2, r: 1, p: 1 } } as const;
