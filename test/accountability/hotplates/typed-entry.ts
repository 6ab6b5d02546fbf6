/** A hot plate as a detective types it, for a case of Vallejo's. */
export const typedEntry = {
  plate: '7TWB905',
  plateAgain: '7TWB905',
  state: 'CA',
  category: 'felony_vehicle',
  reason: 'Used in armed robbery',
  synopsis: 'Robbery of a store',
  caseNumber: '26-004211',
  days: 30,
} as const;
