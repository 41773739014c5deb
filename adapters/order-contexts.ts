import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Command } from '../core/domain/command.ts'
import { entriesOf, longestList } from '../core/domain/local-list.ts'
import type { Order, OrderType } from '../core/domain/order.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import type { Authority } from '../core/ports/authority.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Tickets } from '../core/ports/files.ts'
import type { OrderContexts } from '../core/ports/order-context.ts'
import type { Store } from '../core/ports/store.ts'
import { chargingOf } from './charging-of.ts'

type Context = Omit<OrderContext, 'now' | 'number'>
type Of<Type extends OrderType> = Extract<Order, { readonly type: Type }>

/** An order of this type, with whom it is for. */
type Given<Type extends OrderType> = Command & { readonly order: Of<Type> }
type Reader<Type extends OrderType> = (command: Given<Type>) => Promise<Context | { readonly impossible: string }>

/** So long a token may be in each version. */
const longestToken: Readonly<Record<string, number>> = { 'ocpp2.0.1': 36, 'ocpp2.1': 255 }
const shortest = 20
/** So long a station may take to fetch a firmware, from when it is to begin with it (S-13). */
const downloadMs = 3_600_000
/** Where the station does not say how long a list may be in one message. */
const usualList = 100

interface Parts {
  readonly store: Pick<Store, 'chargePoints' | 'commands' | 'files' | 'mirrors' | 'sessions' | 'tokens'>
  readonly tickets: Tickets
  readonly authority: Pick<Authority, 'verifyFirmware'>
  readonly clock: Clock
}

/** What orders need beside their own words, read from the store right before they are sent. */
export const orderContexts = ({ store, tickets, authority, clock }: Parts): OrderContexts => {
  const stopping: Reader<'stopCharging'> = async ({ tenant, identity, order }) => {
    const session = await store.sessions.find(tenant, order.session)
    const { transaction } = session ?? {}
    return session?.state === 'open' && session.identity === identity && transaction !== undefined
      ? { transaction }
      : { impossible: 'no such session is open on this charge point' }
  }

  const asking: Reader<'getTransactionStatus'> = async ({ tenant, identity, order }) => {
    if (order.session === undefined) return {}
    const session = await store.sessions.find(tenant, order.session)
    return session?.identity === identity && session.transaction !== undefined
      ? { transaction: session.transaction }
      : { impossible: 'this charge point has no such session' }
  }

  const listing: Reader<'syncLocalList'> = async ({ order, number, ...ref }) => {
    // both would begin with the version that the station has now, and give the next one to two different lists
    const [first] = await store.commands.open(ref, 'syncLocalList')
    if (first !== undefined && first.number !== number)
      return { impossible: `another list is on its way to it: order ${first.id}` }
    const [view, kept, configuration, tokens] = await Promise.all([
      store.chargePoints.find(ref),
      store.mirrors.localList(ref),
      store.mirrors.configuration(ref),
      store.tokens.accepted(ref.tenant, order.tokens),
    ])
    const limit = (key: string): number => Number(configuration.find((c) => c.key.toLowerCase() === key)?.value ?? NaN)
    const longest = limit('localauthlistmaxlength')
    const most = limit('sendlocallistmaxlength')
    const all = entriesOf(tokens, clock.now(), longestToken[view?.protocol ?? ''] ?? shortest)
    const wanted = Number.isInteger(longest) && longest >= 0 ? all.slice(0, longest) : all
    if (wanted.length > longestList)
      return { impossible: `its list would have ${wanted.length} tokens: at most ${longestList} are kept at a station` }
    return {
      localList: {
        wanted,
        most: Number.isInteger(most) && most > 0 ? most : usualList,
        ...(kept?.list !== undefined && { known: kept.list }),
        ...(kept?.uncertain !== undefined && { uncertain: kept.uncertain }),
      },
    }
  }

  /** The session that runs there, for a profile of its own. */
  const sessionOn = async ({ tenant, identity }: ChargePointRef, evse: number) => {
    const { items } = await store.sessions.list(tenant, { chargePoint: identity, state: 'open' }, { limit: 100 })
    return items.find((session) => session.evse === evse)
  }

  const limiting: Reader<'setChargingProfile'> = async ({ order: { profile }, ...ref }) => {
    const { transaction } = (profile.purpose === 'tx' && (await sessionOn(ref, profile.evse))) || {}
    return transaction === undefined ? {} : { transaction }
  }

  const composing: Reader<'getCompositeSchedule'> = async ({ order, ...ref }) => ({
    charging: await chargingOf(store, ref, order.evse),
  })

  /** Where a station may put its log: the operator's address, or one of ours that is good for this one upload (S-13). */
  const uploading: Reader<'uploadLog'> = async ({ order, ...command }) => {
    if (order.location !== undefined) return { location: order.location }
    const kind = order.log === 'security' ? 'security-log' : 'diagnostics'
    const { url } = await tickets.issue({ ...errandOf(command, `${kind}.log`), kind, direction: 'upload' })
    return { location: url }
  }

  /** Where a firmware is; one that was uploaded here and is signed is checked before anybody is sent to it (A00.FR.706). */
  const updating: Reader<'updateFirmware'> = async ({ order, ...command }) => {
    const { tenant } = command
    if (order.location !== undefined) return { location: order.location }
    const file = order.file === undefined ? undefined : await store.files.find(tenant, order.file)
    if (file === undefined) return { impossible: 'there is no such file' }
    const { signature, signingCertificate } = order
    if (signature !== undefined && signingCertificate !== undefined) {
      const content = store.files.read(file)
      const checked = await authority.verifyFirmware({
        content,
        signature,
        signingCertificate,
        roots: [signingCertificate],
      })
      if ('refused' in checked) return { impossible: `the firmware ${checked.refused}` }
    }
    const until = Math.max(order.retrieveAt ?? 0, clock.now()) + downloadMs
    const errand = { ...errandOf(command, file.name), kind: 'firmware', file: file.id, until } as const
    const { url } = await tickets.issue({ ...errand, direction: 'download' })
    return { location: url }
  }

  /** Most orders need nothing. */
  const readers: { readonly [Type in OrderType]?: Reader<Type> } = {
    stopCharging: stopping,
    getTransactionStatus: asking,
    syncLocalList: listing,
    setChargingProfile: limiting,
    getCompositeSchedule: composing,
    updateFirmware: updating,
    uploadLog: uploading,
  }

  return {
    async of(command) {
      const read = readers[command.order.type] as Reader<OrderType> | undefined
      return read === undefined ? {} : read(command)
    },
    presentsTag: async (ref) => (await store.chargePoints.find(ref))?.remoteStart !== 'token',
  }
}

const errandOf = ({ tenant, identity, id }: ChargePointRef & { readonly id: string }, name: string) => ({
  tenant,
  identity,
  command: id,
  name,
})
