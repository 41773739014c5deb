/**
 * Names of hosts as browsers and stations write them into `Host`: of any case, with a port, with the dot of the root, as
 * Unicode or as punycode. One name has one form here: lower case, punycode, nothing before or behind.
 */

/** The name in that form; undefined for what is none, and for addresses: an address is nobody's brand. */
export const hostName = (text: string): string | undefined => {
  const [, name, port = ''] = /^([^\s:/?#@[\]\\%]{1,255})(?::(\d{0,5}))?$/.exec(text.trim()) ?? []
  if (name === undefined || Number(port) > 65_535) return undefined
  const known = asciiOf(name)?.replace(/\.$/, '')
  return known !== undefined && isName(known) ? known : undefined
}

/** Punycode of IDNA, as every URL has it; unicode that is written in a host header is read as such. */
const asciiOf = (name: string): string | undefined => {
  try {
    return new URL(`http://${name}/`).hostname
  } catch {
    return undefined
  }
}

/** RFC 1123 §2.1: at least two labels, the last of which is no number. */
const isName = (name: string): boolean =>
  name.length <= 253 &&
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name) &&
  !/\.\d+$/.test(name)

/**
 * What host a request asks for. What a proxy says that it was asked for counts only where the proxy is trusted, and of
 * several the last: that is what the proxy saw itself, those before it may be its client's own words (BI-17).
 */
export const askedHost = (header: (name: string) => string | undefined, isTrusted: boolean): string | undefined => {
  const forwarded = isTrusted ? header('x-forwarded-host')?.split(',').at(-1) : undefined
  return hostName(forwarded ?? header('host') ?? '')
}
