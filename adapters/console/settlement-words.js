// What the settlement scripts of the console say for the words of the API.

export const runWords = {
  queued: 'waits for its turn',
  posting: 'posts what is left',
  fees: 'charges the month',
  closing: 'works out the digest',
  closed: 'closed',
}

export const when = (iso) => (iso === null ? '–' : iso.slice(0, 19).replace('T', ' '))

/** How far a run is, by what its state counts. */
export const farOf = ({ state, progress: { documents, posted, fees, vouchers, sealed }, deliveries }) => {
  if (state === 'queued') return '–'
  if (state === 'posting') return `${posted} of ${documents} documents`
  if (state === 'fees') return `${fees} fees`
  if (state === 'closing') return `${sealed} of ${vouchers} vouchers`
  const closed = `${vouchers} vouchers, ${fees} of them fees`
  return deliveries.filed === 0
    ? closed
    : `${closed}; ${deliveries.arrived} of ${deliveries.filed} statements in the books`
}

export const lastMonthOf = (now) =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7)

/** Why a month cannot be asked for, or nothing; whether it is over by the operator's calendar is for the server to say. */
export const canSettle = (month, now) => {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) return 'Which month? Such as 2026-11.'
  return month > now.toISOString().slice(0, 7) ? `${month} has not begun.` : undefined
}

export const statementPath = (month, party, as) =>
  `/api/v1/settlement/${month}/parties/${encodeURIComponent(party)}?as=${as}`
