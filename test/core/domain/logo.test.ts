import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { logoFault } from '../../../core/domain/logo.ts'

const chunk = (name: string, content: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, Buffer.from(name), content, Buffer.alloc(4)])
}
const png = (width = 2, height = 2): Buffer => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(8))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
const svg = (inner: string, attributes = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"'): Buffer =>
  Buffer.from(`<svg ${attributes}>${inner}</svg>`)

describe('a logo', () => {
  it.each([
    ['a PNG', 'image/png', png()],
    ['an SVG', 'image/svg+xml', svg('<title>A &amp; B</title><path d="M0 0h10v10z" fill="#123456"/>')],
    [
      'an SVG with a declaration, a remark, a gradient and a copy',
      'image/svg+xml',
      Buffer.concat([
        Buffer.from('\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n'),
        svg(
          '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient><g id="a"><rect width="1" height="1" fill="url(#g)"/></g></defs><use xlink:href="#a"/><use href="#a"/>',
          `xmlns='http://www.w3.org/2000/svg' xmlns:xlink="http://www.w3.org/1999/xlink"`,
        ),
        Buffer.from('\n'),
      ]),
    ],
  ] as const)('may be %s', (_, type, bytes) => {
    expect(logoFault(type, bytes)).toBeUndefined()
  })

  it.each([
    ['nothing', Buffer.alloc(0), /is empty/],
    ['too much', Buffer.concat([png(), Buffer.alloc(131_072)]), /is larger than/],
    ['a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /is no PNG/],
    [
      'a web page that begins like a PNG',
      Buffer.concat([png().subarray(0, 8), Buffer.from('<script>alert(1)</script>')]),
      /broke off/,
    ],
    ['a PNG that broke off', png().subarray(0, -6), /broke off/],
    [
      'a PNG with a web page behind it',
      Buffer.concat([png(), Buffer.from('<script>alert(1)</script>')]),
      /behind its end/,
    ],
    [
      'a PNG without a picture',
      Buffer.concat([png().subarray(0, 8), chunk('IHDR', Buffer.alloc(13)), chunk('IEND', Buffer.alloc(0))]),
      /no whole PNG/,
    ],
    ['a PNG as large as a field', png(60_000, 60_000), /60000 by 60000 pixels/],
    [
      'a length that leads nowhere',
      Buffer.concat([
        png().subarray(0, 8),
        Buffer.from([0xff, 0xff, 0xff, 0xff]),
        Buffer.from('IHDR'),
        Buffer.alloc(20),
      ]),
      /broke off/,
    ],
  ])('is no PNG when it is %s', (_, bytes, fault) => {
    expect(logoFault('image/png', bytes)).toMatch(fault)
  })

  it.each([
    ['a script', svg('<script>alert(1)</script>')],
    ['a script of another case', svg('<SCRIPT>alert(1)</SCRIPT>')],
    ['a script with a prefix', svg('<svg:script xmlns:svg="http://www.w3.org/2000/svg">alert(1)</svg:script>')],
    ['a handler', svg('', 'xmlns="http://www.w3.org/2000/svg" onload="alert(1)"')],
    ['a handler of another case', svg('<path OnClick="alert(1)"/>')],
    ['a handler behind a slash', Buffer.from('<svg/onload=alert(1)>')],
    ['a handler without quotes', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload=alert(1)></svg>')],
    ['HTML inside', svg('<foreignObject><body onload="alert(1)"/></foreignObject>')],
    ['a link', svg('<a href="javascript:alert(1)"><path/></a>')],
    ['a link that an animation changes', svg('<animate attributeName="href" values="javascript:alert(1)"/>')],
    ['a picture from elsewhere', svg('<image href="https://evil.example/x.png"/>')],
    ['a copy from elsewhere', svg('<use href="https://evil.example/x.svg#a"/>')],
    ['a copy out of a data URL', svg('<use xlink:href="data:image/svg+xml;base64,AAAA#a"/>')],
    ['a style sheet', svg('<style>@import url(https://evil.example)</style>')],
    ['a style', svg('<path style="background:url(https://evil.example)"/>')],
    ['paint from elsewhere', svg('<path fill="url(https://evil.example/x#g)"/>')],
    ['a filter from elsewhere', svg('<path filter="url( \'//evil.example#f\' )"/>')],
    [
      'an entity that grows',
      Buffer.from(
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
      ),
    ],
    [
      'an entity from a file',
      Buffer.from('<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['a character by its number', svg('<path d="&#106;avascript"/>')],
    ['CDATA', svg('<title><![CDATA[<script>alert(1)</script>]]></title>')],
    [
      'a style sheet by an instruction',
      Buffer.concat([Buffer.from('<?xml-stylesheet href="https://evil.example/x.css"?>'), svg('')]),
    ],
    ['an instruction inside', svg('<?php echo 1 ?>')],
    ['another namespace', svg('', 'xmlns="http://www.w3.org/1999/xhtml"')],
    ['another root', Buffer.from('<html xmlns="http://www.w3.org/2000/svg"></html>')],
    ['a second root', Buffer.concat([svg(''), svg('')])],
    ['text behind it', Buffer.concat([svg(''), Buffer.from('<script>')])],
    ['a remark that does not end where it seems to', svg('<!-- a --!><script>alert(1)</script> -->')],
    ['an end that closes nothing', svg('</g>')],
    ['no end', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><g>')],
    ['UTF-16', Buffer.from('\uFEFF<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
    ['UTF-7 by its own word', Buffer.concat([Buffer.from('<?xml version="1.0" encoding="UTF-7"?>'), svg('')])],
    ['no UTF-8', Buffer.from([0x3c, 0x73, 0xff, 0xfe])],
    ['text alone', Buffer.from('hello')],
  ])('is no SVG with %s', (_, bytes) => {
    expect(logoFault('image/svg+xml', bytes)).toMatch(/./)
  })

  it('reads 128 KB of anything in no time', () => {
    const began = performance.now()
    for (const text of [
      '<svg ' + 'a="b" '.repeat(20_000),
      '<!--'.repeat(32_000),
      '<g>'.repeat(43_000),
      ' '.repeat(130_000),
      '&'.repeat(130_000),
    ])
      expect(logoFault('image/svg+xml', Buffer.from(text))).toMatch(/./)
    expect(performance.now() - began).toBeLessThan(1_000)
  })
})
