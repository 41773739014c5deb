/**
 * Between what bounds each ratio of `bench -- smoke` must lie, and why there. They are ratios of CPU, counts and bytes to
 * a control of the same run; never a time, which belongs to the host. Wide enough for a host that others use, narrow
 * enough for a change that costs half as much again.
 */
export interface Band {
  readonly name: RegExp
  readonly least: number
  readonly most: number
  readonly why: string
}

/** Whether a ratio is outside of its band by more than two runs of its own control differ: so much is the host's doing. */
export const isOutside = (
  { value, spread }: { readonly value: number; readonly spread: number | null },
  { least, most }: Pick<Band, 'least' | 'most'>,
): boolean => {
  const slack = 1 + (spread ?? 0)
  return value * slack < least || value / slack > most
}

export const bands: readonly Band[] = [
  {
    name: /^server CPU\/message, journal in memory ÷ raw echo, few$/,
    least: 1,
    most: 4,
    why: 'between 1.9 and 2.6 in all runs so far; below 1 the echo was disturbed',
  },
  {
    name: /^server CPU\/message, real journal ÷ raw echo, few$/,
    least: 1,
    most: 7,
    why: 'between 3 and 5 with few sockets, whose batches are small; the database shares the client’s core',
  },
  {
    name: /^PostgreSQL CPU\/message ÷ server CPU\/message, few$/,
    least: 0.1,
    most: 2,
    why: 'about 0.6 to 1: one more statement a batch, or one less that is shared, shows here',
  },
  {
    name: /^KiB of user space a charge point, few$/,
    least: -50,
    most: 100,
    why: 'with 500 of them most of it is the heap, which grows for handshakes and gives back what the start took, so that it may come out below 0; a leak of a socket’s whole buffers shows all the same',
  },
]
