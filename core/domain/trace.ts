/** One frame of the wire trace, as the API shows it. */
export interface TraceFrame {
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly text: string
}
