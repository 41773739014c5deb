/** How hard the machine presses on this process. */
export interface Pressure {
  /** How late the event loop was at its worst within the last half a second, in ms. */
  loopDelayMs(): number
}
