/** How hard the machine presses on this process. */
export interface Pressure {
  /** How late the event loop was at its worst within the last second, in ms. */
  loopDelayMs(): number
}
