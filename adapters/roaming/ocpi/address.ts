/** As long as OCPI's addresses get. */
const longest = 255

/**
 * Why an address that a partner has chosen is not called (S-26), beside where its name leads, which whoever calls it looks
 * at. Hosts that the operator has named may also be spoken to in the clear.
 */
export const addressFault = (text: string, namedHosts: readonly string[]): string | undefined => {
  if (text.length > longest) return `it is longer than ${longest} characters`
  if (!URL.canParse(text)) return 'it is no address'
  const { protocol, username, password, hash, hostname } = new URL(text)
  if (protocol !== 'https:' && !(protocol === 'http:' && namedHosts.includes(hostname.toLowerCase())))
    return 'it must begin with https://'
  if (username !== '' || password !== '') return 'it has a password in it'
  return hash === '' ? undefined : 'it has a fragment (#) in it'
}

export const withSlash = (url: string): string => {
  const whole = new URL(url)
  if (!whole.pathname.endsWith('/')) whole.pathname += '/'
  return whole.href
}
