import { createHash } from 'node:crypto'
import { authorize } from '../core/domain/authorization.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Item, ItemKind } from '../core/domain/item.ts'
import type { OrderType } from '../core/domain/order.ts'
import type { Session } from '../core/domain/session.ts'
import { isSameTariff, type StationTariff } from '../core/domain/station-tariff.ts'
import type { Tickets } from '../core/ports/files.ts'
import { type ToStation, toStationTariff } from '../core/pricing/to-station-tariff.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Prices } from '../core/ports/prices.ts'
import type { Store } from '../core/ports/store.ts'
import type { Reader } from './order-contexts.ts'

interface Parts {
  readonly store: Pick<Store, 'chargePoints' | 'files' | 'mirrors' | 'sessions' | 'tariffs' | 'tokens'>
  readonly tickets: Tickets
  readonly clock: Clock
  readonly prices: Prices
}

/** More items of a kind than a station has. */
const most = 1_000
/** So long a local controller may take to fetch a firmware (S-13). */
const downloadMs = 3_600_000

type Readers = { readonly [Type in OrderType]?: Reader<Type> }

/** What orders about costs, tariffs, published firmware, streams and batteries need beside their own words. */
export const marketContexts = ({ store, tickets, clock, prices }: Parts): Readers => {
  const itemsOf = async (ref: ChargePointRef, kind: ItemKind): Promise<readonly Item[]> =>
    (await store.mirrors.items(ref, { kind }, { limit: most })).items

  const sessionOf = async ({ tenant, identity }: ChargePointRef, id: string): Promise<Session | undefined> => {
    const session = await store.sessions.find(tenant, id)
    return session?.identity === identity ? session : undefined
  }

  /** What a name stands for at a station it stands for everywhere in it (I07): a new content needs a new one. */
  const isTaken = async (ref: ChargePointRef, tariff: StationTariff): Promise<boolean> =>
    [...(await itemsOf(ref, 'tariff')), ...(await itemsOf(ref, 'transactionTariff'))].some(
      ({ body }) =>
        body['tariffId'] === tariff.id && body['tariff'] !== undefined && !isSameTariff(body['tariff'], tariff),
    )
  const taken = ({ id }: StationTariff) => ({ impossible: `tariff ${id} has another content there: give it a new id` })

  const showing: Reader<'showCost'> = async ({ order, ...ref }) => {
    const session = await sessionOf(ref, order.session)
    if (session?.transaction === undefined) return { impossible: 'this charge point has no such session' }
    const view = await store.chargePoints.find(ref)
    const cost =
      order.totalCost === undefined
        ? await prices.costOf(session, clock.now())
        : { total: order.totalCost, currency: order.currency }
    if (cost === undefined) return { impossible: 'nobody has set a price for it' }
    const { currency } = view?.displayPrice ?? {}
    if (currency !== undefined && cost.currency !== undefined && currency !== cost.currency)
      return { impossible: `its display shows ${currency}` }
    const plug = view?.connectors.find(({ evse }) => evse === session.evse)
    return {
      transaction: session.transaction,
      totalCost: cost.total,
      session: {
        state: session.state,
        ...(session.lastRegister !== undefined && { lastRegister: session.lastRegister }),
        ...(plug !== undefined && { isCharging: plug.status === 'charging' }),
      },
    }
  }

  /** One of ours as a station would compute with it. */
  const ours = async (tenant: string, id: string): Promise<ToStation> => {
    const view = await store.tariffs.find(tenant, id)
    return view === undefined ? { impossible: ['there is no such tariff'] } : toStationTariff(view.tariff)
  }

  const setting: Reader<'setDefaultTariff'> = async ({ order: { tariff: given, tariffId = '' }, ...ref }) => {
    const found = given === undefined ? await ours(ref.tenant, tariffId) : { tariff: given }
    if ('impossible' in found) return { impossible: found.impossible.join('; ') }
    return (await isTaken(ref, found.tariff)) ? taken(found.tariff) : found
  }

  const changing: Reader<'changeTransactionTariff'> = async ({ order: { session: id, tariff }, ...ref }) => {
    const session = await sessionOf(ref, id)
    const { transaction } = session ?? {}
    if (session?.state !== 'open' || transaction === undefined)
      return { impossible: 'no such session is open on this charge point' }
    if (await isTaken(ref, tariff)) return taken(tariff)
    const currency = await currencyOf(ref, session)
    return currency !== undefined && currency !== tariff.currency
      ? { impossible: `its currency is ${currency}, and may not change` }
      : { transaction }
  }

  /** In which a session is computed, as far as that is known. */
  const currencyOf = async (ref: ChargePointRef, session: Session): Promise<string | undefined> => {
    const { stationCost, stationTariff, transaction } = session
    const costs = stationCost?.['totalCost'] as { readonly currency?: string } | undefined
    if (costs?.currency !== undefined) return costs.currency
    const [own] = (await itemsOf(ref, 'transactionTariff')).filter(({ key }) => key === transaction)
    const named = (await itemsOf(ref, 'tariff')).find(
      ({ body }) => body['tariffId'] === stationTariff && body['tariff'] !== undefined,
    )
    return ((own ?? named)?.body['tariff'] as StationTariff | undefined)?.currency
  }

  const clearing: Reader<'clearTariffs'> = async ({ tenant, identity }) => ({
    keys: (await itemsOf({ tenant, identity }, 'tariff')).map(({ key }) => key),
  })

  /** Of a file that was uploaded here the checksum is computed; of any other its owner has to say it. */
  const publishing: Reader<'publishFirmware'> = async ({ order, tenant, identity, id: command }) => {
    const { location, file: name, checksum } = order
    if (location !== undefined) return { location, ...(checksum !== undefined && { checksum }) }
    const file = name === undefined ? undefined : await store.files.find(tenant, name)
    if (file === undefined) return { impossible: 'there is no such file' }
    const digest = createHash('md5')
    for await (const bytes of store.files.read(file)) digest.update(bytes)
    const { url } = await tickets.issue({
      tenant,
      identity,
      command,
      name: file.name,
      kind: 'firmware',
      direction: 'download',
      file: file.id,
      until: clock.now() + downloadMs,
    })
    return { location: url, checksum: digest.digest('hex') }
  }

  const unpublishing: Reader<'unpublishFirmware'> = async ({ order, ...ref }) => ({
    keys: (await itemsOf(ref, 'publishedFirmware'))
      .filter(({ body }) => body['checksum'] === order.checksum.toLowerCase())
      .map(({ key }) => key),
  })

  const adjusting: Reader<'adjustEventStream'> = async ({ order, ...ref }) => {
    const known = (await itemsOf(ref, 'eventStream')).find(({ key }) => key === String(order.stream))
    const { intervalS, values } = (known?.body ?? {}) as { readonly intervalS?: number; readonly values?: number }
    return { stream: { ...(intervalS !== undefined && { intervalS }), ...(values !== undefined && { values }) } }
  }

  const swapping: Reader<'requestBatterySwap'> = async ({ order, tenant }) => {
    const [token] = await store.tokens.accepted(tenant, [order.token])
    const { status } = authorize(token, clock.now())
    return token === undefined || status !== 'Accepted'
      ? { impossible: `the token may not charge: ${status}` }
      : { tokenType: token.type }
  }

  return {
    showCost: showing,
    setDefaultTariff: setting,
    changeTransactionTariff: changing,
    clearTariffs: clearing,
    publishFirmware: publishing,
    unpublishFirmware: unpublishing,
    adjustEventStream: adjusting,
    requestBatterySwap: swapping,
  }
}
