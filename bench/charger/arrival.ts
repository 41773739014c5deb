import { begin, end } from './charging.ts'
import type { Charger } from './charger.ts'
import { type Card, cardKey } from './local-list.ts'
import { type Plug, report, rest, stateOf } from './plug.ts'

/** Asks the server about a card; offline, or without an answer, the station decides by itself. */
export const authorise = (charger: Charger, idTag: string, then: (card: Card) => void): void =>
  charger.post({
    action: 'Authorize',
    payload: () => ({ idTag }),
    answered: ({ idTagInfo }) => {
      const card = idTagInfo as Card | undefined
      charger.cards.learn(idTag, card)
      then(card ?? { status: 'Invalid' })
    },
    lost: () => then((charger.isAtWork ? undefined : charger.cards.decide(idTag)) ?? { status: 'Invalid' }),
  })

/** A car arrives, its driver shows a card, and if the card is good the session begins. */
export const plugIn = (charger: Charger, plug: Plug, idTag: string): void => {
  if (!charger.isUp || stateOf(charger, plug) !== 'free') return
  const { reservations, cards } = charger
  const claim = reservations.claim(plug.number, idTag, cards.find(idTag)?.parentIdTag)
  if (claim === 'others' && !reservations.asksForGroup(plug.number)) return
  if (plug.status !== 'Reserved') report(charger, plug, 'Preparing')
  const known = cards.decide(idTag)
  const needsGroup = reservations.asksForGroup(plug.number) && cards.find(idTag)?.parentIdTag === undefined
  if (known === undefined || (needsGroup && charger.isAtWork))
    return authorise(charger, idTag, (card) => admit(charger, plug, { idTag, card }))
  admit(charger, plug, { idTag, card: known })
}

const admit = (
  charger: Charger,
  plug: Plug,
  { idTag, card }: { readonly idTag: string; readonly card: Card },
): void => {
  // meanwhile somebody else may have begun, or the plug may be out of service
  if (plug.session !== undefined || (plug.status !== 'Preparing' && plug.status !== 'Reserved')) return
  const claim = charger.reservations.claim(plug.number, idTag, card.parentIdTag)
  if (card.status !== 'Accepted' || claim === 'others') {
    if (plug.status === 'Preparing') rest(charger, plug)
    return
  }
  if (plug.status === 'Reserved') report(charger, plug, 'Preparing')
  begin(charger, plug, { idTag, reservation: claim === 'none' ? undefined : claim })
}

/** A card is shown at a plug: the one that began the session ends it, or one of its group; at a free plug a car has arrived. */
export const present = (charger: Charger, plug: Plug, idTag: string): void => {
  const { session } = plug
  if (session === undefined) return plugIn(charger, plug, idTag)
  if (cardKey(session.idTag) === cardKey(idTag)) return end(charger, plug, 'Local')
  const group = charger.cards.find(session.idTag)?.parentIdTag
  if (group === undefined) return
  const endForGroup = (card: Card | undefined): void => {
    if (card?.parentIdTag === group && plug.session === session) end(charger, plug, 'Local')
  }
  const known = charger.cards.find(idTag)
  if (known?.parentIdTag !== undefined || !charger.isAtWork) return endForGroup(known)
  authorise(charger, idTag, endForGroup)
}

/** The car is gone with its cable: the session ends, or waits for its card, as it is set up (StopTransactionOnEVSideDisconnect). */
export const unplug = (charger: Charger, plug: Plug): void => {
  if (plug.session === undefined) return
  if (charger.configuration.isOn('StopTransactionOnEVSideDisconnect')) end(charger, plug, 'EVDisconnected')
  else report(charger, plug, 'SuspendedEV')
}
