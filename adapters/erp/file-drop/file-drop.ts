import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Erp, ErpVerdict } from '../../../core/ports/erp.ts'
import type { ErpKind } from '../../../core/ports/erp-kinds.ts'
import type { Resolve } from '../http.ts'
import { httpUrl, kindOf, statements, timeoutS } from '../kind.ts'
import { invoiceSettings } from '../invoice-settings.ts'
import type { OriginalOf } from '../original.ts'
import { ublFormat } from '../ubl/format.ts'
import { type FileFormat, fileName, formatNames, formats, statementFileName } from './format.ts'
import { folderStore } from './folder.ts'
import { s3Store } from './s3.ts'
import { sftpStore } from './sftp.ts'
import type { FileStore } from './store.ts'

interface Outside {
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
  /** Where folders of this machine may be; absent: nowhere. */
  readonly folder?: string
  /** Of a credit note, which names its invoice; absent: none is written. */
  readonly originalOf?: OriginalOf
}

const part = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/
const relative = z
  .string()
  .max(500)
  .refine((path) => path.split('/').every((name) => part.test(name)), 'must be names of folders with / between them')

const store = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('folder'), path: relative }),
  z.strictObject({
    type: z.literal('sftp'),
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'must be a host name or an address'),
    port: z.number().int().min(1).max(65_535).default(22),
    user: z.string().min(1).max(100),
    hostKey: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256: and 43 characters, as ssh-keygen -lf shows it'),
    folder: z.string().min(1).max(500),
  }),
  z.strictObject({
    type: z.literal('s3'),
    endpoint: httpUrl,
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'must be a region')
      .default('us-east-1'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,62}$/, 'must be the name of a bucket'),
    prefix: z.string().max(500).default(''),
  }),
])

const settings = z.strictObject({
  format: z.enum([...formatNames, 'ubl']).default('jsonl'),
  /** Of the format `ubl`: who invoices whom. */
  invoice: invoiceSettings.optional(),
  timeoutS,
  statements,
  store,
})
const text = z.string().min(1).max(20_000)
const secrets = z.strictObject({
  password: text.optional(),
  privateKey: text.optional(),
  passphrase: text.optional(),
  accessKeyId: text.optional(),
  secretAccessKey: text.optional(),
})
type Settings = z.infer<typeof settings>
type Secrets = z.infer<typeof secrets>

/** Documents as files, one each, in a folder, on an SFTP server or in a bucket, for whoever fetches them from there. */
export const fileDropKind = (outside: Outside): ErpKind => {
  const kind = kindOf({ settings, secrets }, (given, kept, tenant) =>
    fileDrop(storeOf({ given, kept, tenant }, outside), formatOf(given, outside)),
  )
  return {
    ...kind,
    faults(access) {
      const faults = kind.faults(access)
      return faults.length > 0
        ? faults
        : missingIn(settings.parse(access.settings), secrets.parse(access.secrets), outside)
    },
  }
}

/** What one store needs and another does not. */
const missingIn = (
  { store: { type }, format, invoice, statements: wantsStatements }: Settings,
  given: Secrets,
  { folder }: Outside,
) => {
  if (format === 'ubl' && wantsStatements)
    return [{ pointer: '/settings/statements', detail: 'must be false: UBL has invoices, and statements are none' }]
  if (format === 'ubl' && invoice === undefined)
    return [{ pointer: '/settings/invoice', detail: 'is needed for the format ubl' }]
  const needs = (name: keyof Secrets, isThere = given[name] !== undefined) =>
    isThere ? [] : [{ pointer: `/secrets/${name}`, detail: `is needed for ${type}` }]
  if (type === 's3') return [...needs('accessKeyId'), ...needs('secretAccessKey')]
  if (type === 'sftp') return needs('password', given.password !== undefined || given.privateKey !== undefined)
  return folder === undefined
    ? [{ pointer: '/settings/store/type', detail: 'no folder is set for it: SM_ERP_FOLDER' }]
    : []
}

const storeOf = (
  { given, kept, tenant }: { readonly given: Settings; readonly kept: Secrets; readonly tenant: string },
  { folder, resolve, clock }: Outside,
): FileStore => {
  const { store: place, timeoutS: seconds } = given
  const timeoutMs = seconds * 1_000
  if (place.type === 'sftp') return sftpStore({ ...place, timeoutMs }, kept, resolve)
  if (place.type === 's3') {
    const { accessKeyId = '', secretAccessKey = '' } = kept
    return s3Store({ ...place, timeoutMs }, { accessKeyId, secretAccessKey }, { resolve, clock })
  }
  if (folder === undefined) throw new Error('no folder is set for it: SM_ERP_FOLDER')
  return folderStore(join(folder, encodeURIComponent(tenant).replaceAll('.', '%2E'), place.path))
}

const formatOf = ({ format, invoice }: Settings, { originalOf }: Outside): FileFormat => {
  if (format !== 'ubl') return formats[format]
  if (invoice === undefined) throw new Error('/settings/invoice: is needed for the format ubl')
  return ublFormat(invoice, originalOf ?? (() => Promise.resolve(undefined)))
}

/** A file under the name of what is in it: whatever is repeated replaces itself with the same bytes. */
const fileDrop = (store: FileStore, format: FileFormat): Erp => {
  const { type, statement: written } = format
  const put = async (name: string, bytes: Uint8Array): Promise<ErpVerdict> => {
    await store.put(name, { bytes, type })
    return { accepted: true, reference: name }
  }
  return {
    guard: 'name',
    async send(document) {
      const encoded = await format.encode(document)
      if ('refused' in encoded) return { accepted: false, reason: encoded.refused }
      return put(fileName(document, format), encoded)
    },
    ...(written !== undefined && {
      statements: { guard: 'name', send: (closed) => put(statementFileName(closed, format), written(closed)) },
    }),
    ping: () => store.ping(),
  }
}
