import { type Check, moved, otherSide, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { DecidePartner, PartnerChange } from '../../../core/ports/roaming-partners.ts'
import { ask, objectIn, type Peer } from './client.ts'
import { type Credentials, credentialsFrom } from './credentials.ts'
import { ourCredentials } from './our-credentials.ts'
import type { OcpiParts } from './parts.ts'
import { withCredentials } from './registrations.ts'
import { type Note, survey, type Surveyed, withCheck } from './survey.ts'
import { hashOf, newToken } from './token.ts'

/**
 * Registers us with a partner, or renews that, from `connecting` or `renewing` to the end (OCPI 2.3.0 credentials). How it
 * went is in the checks. What the partner has done meanwhile by itself is not undone.
 */
export const shakeHands = async (parts: OcpiParts, begun: RoamingPartner): Promise<RoamingPartner> => {
  const attempt = new Attempt(parts, begun)
  const roles = await parts.rolesOf(begun.tenant)
  if (roles.length === 0) return attempt.fail('parties', 'a party of the role cpo needs a code first')
  const token = unsealed(parts, begun)
  if (token === undefined) return attempt.fail('credentials', 'its token cannot be read any more: give it anew')
  const peer = { ...begun, token }
  const seen = await survey(parts, peer, { versionsUrl: begun.versionsUrl ?? '', ourRoles: roles }, attempt.note)
  if (!('credentials' in seen)) {
    parts.log.warn('a handshake with a roaming partner failed', { partner: begun.id, reason: seen.reason })
    return attempt.end()
  }
  return exchange(parts, attempt, { peer, seen, roles })
}

/** Sends what the partner is to show us, and takes what we are to show it. */
const exchange = async (
  parts: OcpiParts,
  attempt: Attempt,
  { peer, seen, roles }: { readonly peer: Peer; readonly seen: Surveyed; readonly roles: RoamingPartner['roles'] },
): Promise<RoamingPartner> => {
  const ours = newToken(parts.secrets)
  const body = ourCredentials(parts, { ...seen, tenant: attempt.tenant, token: ours, quirks: peer.quirks, roles })
  if (body === undefined)
    return attempt.fail('parties', 'in 2.1.1 one party speaks: say in its quirks which of yours that is')
  // it is called back with it while our question is open
  if (!(await attempt.offer(hashOf(parts.digest, ours)))) return attempt.current()
  const method = attempt.isRenewal ? 'PUT' : 'POST'
  const said = await ask(parts, { ...peer, version: seen.version }, { method, url: seen.credentials, body })
  if ('fault' in said) return attempt.fail('credentials', said.fault, said.mayHaveHeard)
  const theirs = credentialsFrom(objectIn(said.data, peer), seen.side && otherSide(seen.side))
  if ('fault' in theirs) return attempt.fail('credentials', `its credentials cannot be read: ${theirs.fault}`, true)
  return attempt.confirm(theirs, seen)
}

const unsealed = ({ sealer }: OcpiParts, { token }: RoamingPartner): string | undefined => {
  try {
    return token && sealer.open(token)
  } catch {
    return undefined
  }
}

/** One attempt of ours, as far as it is kept. Nothing of it counts once another one has begun. */
class Attempt {
  readonly tenant: string
  readonly isRenewal: boolean
  readonly #parts: OcpiParts
  readonly #begun: RoamingPartner
  #hash: string | undefined

  constructor(parts: OcpiParts, begun: RoamingPartner) {
    this.#parts = parts
    this.#begun = begun
    this.tenant = begun.tenant
    this.isRenewal = begun.state === 'renewing'
  }

  readonly note: Note = async (step, passed, detail) => {
    await this.#change((before) => ({ partner: this.#checked(before, { step, passed, detail }) }))
  }

  /** Keeps the token that is offered. False where the partner has registered itself meanwhile. */
  async offer(hash: string): Promise<boolean> {
    this.#hash = hash
    const issues = { hash, use: 'access' as const, retires: false }
    return this.#change((before, at) => {
      if (this.isRenewal) return { partner: before, issues }
      const state = moved(before, 'offer', at)
      return state && { partner: { ...before, state, since: at, changedAt: at }, issues }
    })
  }

  /** Both are registered: what each shows the other from now on is settled. */
  async confirm(theirs: Credentials, seen: Surveyed): Promise<RoamingPartner> {
    const hash = this.#hash
    const isKept = await this.#change((before, at) => {
      const state = moved(before, 'confirm', at)
      if (state === undefined) return undefined
      const partner = {
        ...withCredentials(before, theirs, seen),
        token: this.#parts.sealer.seal(theirs.token),
        state,
        since: at,
        registeredAt: this.isRenewal ? (before.registeredAt ?? at) : at,
        exchangedAt: at,
        changedAt: at,
      }
      return {
        partner: this.#checked(partner, { step: 'credentials', passed: true, detail: 'exchanged' }),
        drops: 'invitations',
        // only now that it is sure to have the new one may the old one go
        ...(this.isRenewal && hash !== undefined && { arms: hash }),
      }
    })
    if (!isKept) await this.#withdraw()
    this.#parts.access.forget()
    this.#parts.log.info('registered with a roaming partner', { partner: this.#begun.id, version: seen.version })
    return this.current()
  }

  async fail(step: Check['step'], detail: string, mayHaveHeard = false): Promise<RoamingPartner> {
    this.#parts.log.warn('a handshake with a roaming partner failed', { partner: this.#begun.id, reason: detail })
    await this.#change((before, at) =>
      moved(before, 'fail', at) === undefined
        ? undefined
        : { partner: this.#checked(before, { step, passed: false, detail }) },
    )
    return this.end(mayHaveHeard)
  }

  /** It has failed, as the checks say. A token that the partner may have taken for good stays beside the old one. */
  async end(mayHaveHeard = false): Promise<RoamingPartner> {
    const hash = this.#hash
    const stays = this.isRenewal && mayHaveHeard && hash !== undefined
    if (!stays) await this.#withdraw()
    await this.#change((before, at) => {
      const state = moved(before, 'fail', at)
      return state && { partner: { ...before, state, since: at, changedAt: at }, ...(stays && { arms: hash }) }
    })
    this.#parts.access.forget()
    return this.current()
  }

  async current(): Promise<RoamingPartner> {
    return (await this.#parts.partners.find(this.#ref)) ?? this.#begun
  }

  get #ref() {
    return { tenant: this.tenant, partner: this.#begun.id }
  }

  #checked(partner: RoamingPartner, check: Omit<Check, 'at'>): RoamingPartner {
    return { ...partner, checks: withCheck(partner.checks, { ...check, at: this.#parts.clock.now() }) }
  }

  async #withdraw(): Promise<void> {
    const hash = this.#hash
    if (hash === undefined) return
    const at = this.#parts.clock.now()
    await this.#parts.partners.change(this.#ref, (before) => ({ partner: before, drops: { hash } }), { at })
  }

  async #change(decide: (before: RoamingPartner, at: number) => PartnerChange | undefined): Promise<boolean> {
    const at = this.#parts.clock.now()
    const own: DecidePartner = (before) => (before.attempt === this.#begun.attempt ? decide(before, at) : undefined)
    return typeof (await this.#parts.partners.change(this.#ref, own, { at })) !== 'string'
  }
}
