/** A partner and how it goes with it, as the API answers. */
export const shownPartner = (more: object = {}) => ({
  id: 'emp',
  name: 'Green',
  protocol: 'ocpi',
  state: 'registered',
  since: '2026-11-24T10:00:00.000Z',
  registeredAt: '2026-11-24T10:00:00.000Z',
  versionsUrl: 'https://emp.example/versions',
  version: '2.2.1',
  hub: null,
  roles: [{ role: 'EMSP', countryCode: 'NL', partyId: 'TNM', name: 'Green', website: null, status: null }],
  endpoints: [
    { module: 'cdrs', role: 'RECEIVER', url: 'https://emp.example/cdrs' },
    { module: 'tokens', role: 'SENDER', url: 'https://emp.example/tokens' },
  ],
  checks: [],
  changedAt: '2026-11-24T10:00:00.000Z',
  ...more,
})

export const check = (step: string, passed: boolean, detail: string) => ({
  step,
  passed,
  detail,
  at: '2026-11-24T10:00:00.000Z',
})

export const shownScorecard = (more: object = {}) => ({
  modules: [
    {
      module: 'cdrs',
      days: [
        { days: 1, exchanges: 4, done: 3, p50Ms: 80, p95Ms: 900 },
        { days: 7, exchanges: 0, done: 0, p50Ms: 0, p95Ms: 0 },
      ],
      lastOut: '2026-11-24T11:00:00.000Z',
      lastIn: null,
      reasons: [{ reason: 'HTTP 500', times: 1 }],
    },
  ],
  lanes: [{ module: 'locations', behind: 2, faults: 0 }],
  deliveries: { accepted: 7, refused: 2, unclear: 1 },
  verdicts: { matches: 5, differs: 1 },
  clockAheadMs: 0,
  ...more,
})
