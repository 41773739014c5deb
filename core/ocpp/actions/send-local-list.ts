import type { SendLocalListRequest, SendLocalListResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { type ListEntry, type ListUpdate, longestList, nextUpdate } from '../../domain/local-list.ts'
import type { SendLocalListResponse as SendLocalListResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import type { OrderOf } from '../dialect.ts'
import { accepted, type Action, failed, type LocalListContext, order, type Told, two, unsupported } from '../dialect.ts'
import { idTagInfo } from './id-tag-info.ts'
import { idTokenFor, idTokenInfo } from './id-token.ts'

type Entries = NonNullable<SendLocalListRequest['localAuthorizationList']>

const put = (entry: ListEntry): Entries[number] => ({ idTag: entry.uid, idTagInfo: idTagInfo(entry) as never })

/** Of each context what is next: its words, and what the answer to them means, are about the same update. */
const updates = new WeakMap<LocalListContext, ListUpdate | undefined>()

const updateOf = (order: OrderOf<'syncLocalList'>, context: LocalListContext): ListUpdate | undefined => {
  if (!updates.has(context)) updates.set(context, madeOf(order, context))
  return updates.get(context)
}

/** The next message, given what the station has said it has; a version that is not the one we know means: all of it. */
const madeOf = ({ full }: OrderOf<'syncLocalList'>, context: LocalListContext): ListUpdate | undefined => {
  const { known, reported, wanted, most, begun } = context
  const isKnown = known !== undefined && known.version === reported && (full !== true || begun === true)
  const update = nextUpdate(isKnown ? known : undefined, wanted, most)
  // a whole list gets a number that the station has not had: should the answer be lost, its version tells
  return update?.full === true
    ? { ...update, after: { ...update.after, version: Math.max(0, reported ?? 0, known?.version ?? 0) + 1 } }
    : update
}

/** SendLocalList — the tokens that may charge while the station is offline. OCPP 1.6 §5.15, 2.0.1 part 2 D01. In parts if it is long. */
export const SendLocalList: Action = {
  'ocpp1.6': [
    order('syncLocalList', {
      action: 'SendLocalList',
      tell: (wanted, { localList }) => {
        const update = nextOf(wanted, localList)
        if ('done' in update || 'unsupported' in update) return update
        return {
          payload: {
            listVersion: update.after.version,
            updateType: update.full ? 'Full' : 'Differential',
            localAuthorizationList: [...update.put.map(put), ...update.remove.map(({ uid }) => ({ idTag: uid }))],
          },
          learnt: [{ type: 'localList.sent', list: update.after }],
        }
      },
      told: ({ status }: SendLocalListResponse, wanted, { localList }) => taken(status, wanted, localList),
    }),
  ],
  ...two((protocol) =>
    order('syncLocalList', {
      action: 'SendLocalList',
      tell: (wanted, { localList }) => {
        const update = nextOf(wanted, localList)
        if ('done' in update || 'unsupported' in update) return update
        const named = ({ uid, type }: ListEntry): object => ({ idToken: idTokenFor(uid, type ?? 'RFID') })
        const list = [
          ...update.put.map((entry) => ({ ...named(entry), idTokenInfo: idTokenInfo(entry, protocol) })),
          ...update.remove.map(named),
        ]
        return {
          payload: {
            versionNumber: update.after.version,
            updateType: update.full ? 'Full' : 'Differential',
            // an empty list is left out: it stands for none
            ...(list.length > 0 && { localAuthorizationList: list }),
          },
          learnt: [{ type: 'localList.sent', list: update.after }],
        }
      },
      told: ({ status }: SendLocalListResponse2, wanted, { localList }) => taken(status, wanted, localList),
    }),
  ),
}

/** The next update of a list, or why there is none. */
const nextOf = (
  wanted: OrderOf<'syncLocalList'>,
  localList: LocalListContext | undefined,
): ListUpdate | { readonly unsupported: string } | { readonly done: string } => {
  if (localList === undefined) return { unsupported: 'there is no list to send' }
  if (localList.wanted.length > longestList) return { unsupported: `a list has at most ${longestList} tokens` }
  return updateOf(wanted, localList) ?? { done: `the list is up to date: version ${localList.reported}` }
}

/** What the station's word on an update means: the next part, the whole once more, or the end. */
const taken = (status: string, wanted: OrderOf<'syncLocalList'>, localList: LocalListContext | undefined): Told => {
  const update = localList && updateOf(wanted, localList)
  if (status === 'NotSupported') return unsupported('the charge point keeps no local list')
  if (localList === undefined || update === undefined) return failed(status)
  const { known: _, ...others } = localList
  if (status !== 'Accepted')
    // what it could not add to it may take as a whole, once: of a list that was begun anew it has no room for the rest
    return update.full || localList.begun === true
      ? failed(status)
      : { accepted: true, note: `${status}: all of it is sent`, again: { localList: others } }
  const list = update.after
  const next = { ...others, known: list, reported: list.version, begun: true } as const
  const learnt = [{ type: 'localList.taken', list } as const]
  if (updateOf(wanted, next) === undefined)
    return accepted(`version ${list.version}, ${list.entries.length} tokens`, learnt)
  return { accepted: true, note: `version ${list.version}, more to come`, learnt, again: { localList: next } }
}
