/** Which charge points have a driver's session open, as far as is known without asking: a hint, seconds old. */
export interface OpenSessions {
  has(tenant: string, identity: string): boolean
}
