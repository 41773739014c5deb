import type { Note } from '../field.ts'
import type { GeoLocation, Location } from '../model.ts'
import type { Address, GeoCoordinates } from './records.ts'

/** Where an EVSE stands, in the words of OICP 2.3 (AddressIso19773Type, GeoCoordinatesType). */

/** What a field says that must be there and that nobody knows. */
const nothing = '-'

export const addressOf = (location: Location, floor: string | undefined, note: Note): Address => {
  const [street, house] = streetAndHouse(location.address)
  if (house === undefined) note('filled', 'there is no house number in it', '/address')
  if (location.postal_code === undefined) note('filled', 'OICP requires a postal code', '/postal_code')
  const shorter = shortening(note)
  const level = floor === undefined || floor === '' ? undefined : shorter(floor, 5, '/evses')
  return {
    Country: location.country,
    City: shorter(location.city, 50, '/city') || nothing,
    Street: filledUp(shorter(street, 100, '/address')),
    PostalCode: shorter(location.postal_code ?? nothing, 10, '/postal_code') || nothing,
    HouseNum: shorter(house ?? nothing, 10, '/address'),
    ...(level !== undefined && { Floor: level }),
    ...(location.state !== undefined && location.state !== '' && { Region: shorter(location.state, 50, '/state') }),
  }
}

/** What is shorter than two characters is to be filled up with underscores; some characters are two units of a text. */
const filledUp = (street: string): string => street + '_'.repeat(Math.max(0, 2 - Array.from(street).length))

/** `Hauptstraße 1a` and `10 Downing Street`; a number that stands elsewhere is part of the street. */
export const streetAndHouse = (address: string): readonly [street: string, house: string | undefined] => {
  const plain = address.trim()
  const [, before, behind] = /^(.*[^\s\d,])[\s,]+(\d{1,5} ?[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?)$/u.exec(plain) ?? []
  if (before !== undefined && behind !== undefined) return [before, behind]
  const [, first, rest] = /^(\d{1,5}[A-Za-z]?),? +([^\d\s].*)$/u.exec(plain) ?? []
  return first !== undefined && rest !== undefined ? [rest, first] : [plain, undefined]
}

/** Cuts to so many characters, and says so. */
export const shortening =
  (note: Note) =>
  (text: string, longest: number, where: string): string => {
    const characters = Array.from(text)
    if (characters.length <= longest) return text
    note('cut', `OICP has it with at most ${longest} characters`, where)
    return characters.slice(0, longest).join('')
  }

export const coordinatesOf = ({ latitude, longitude }: GeoLocation, note: Note, where: string): GeoCoordinates => ({
  DecimalDegree: { Longitude: degrees(longitude, note, where), Latitude: degrees(latitude, note, where) },
})

/** At most six decimals, a centimetre apart from what it was. */
const degrees = (text: string, note: Note, where: string): string => {
  const [integer = '0', fraction = '0'] = text.split('.')
  if (fraction.length > 6) note('rounded', 'OICP has six decimals of a degree', where)
  return `${integer}.${fraction.slice(0, 6)}`
}
