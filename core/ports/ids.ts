/** New names for new things. */
export interface Ids {
  /** A UUID that sorts by time (RFC 9562 version 7). */
  uuid(): string
}
