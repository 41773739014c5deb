import { AwsV4Signer } from 'aws4fetch'
import type { Clock } from '../../../core/ports/clock.ts'
import { ErpUnavailable, ErpUnclear } from '../../../core/ports/erp.ts'
import { call, type HttpAnswer, type HttpCall, type Resolve, retryAfterOf } from '../http.ts'
import { type FileStore, pingName } from './store.ts'

export interface S3Place {
  /** `https://s3.eu-central-1.amazonaws.com`, or of any other that speaks the same. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** Before each name: `documents/`. */
  readonly prefix: string
  readonly timeoutMs: number
}

export interface S3Secrets {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

interface Outside {
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
}

/** A bucket, in path style: a PUT is whole or not at all. What is there under a name is this document: it is not written again. */
export const s3Store = (place: S3Place, secrets: S3Secrets, { resolve, clock }: Outside): FileStore => {
  const asked = async (
    method: HttpCall['method'],
    name: string,
    file?: { readonly bytes: Uint8Array; readonly type: string },
  ): Promise<HttpAnswer> => {
    const path = `${place.bucket}/${place.prefix}${name}`.split('/').map(encodeURIComponent).join('/')
    const signed = await new AwsV4Signer({
      ...secrets,
      method,
      url: `${place.endpoint.replace(/\/$/, '')}/${path}`,
      region: place.region,
      service: 's3',
      datetime: new Date(clock.now()).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
      headers: { ...(file !== undefined && { 'content-type': file.type, 'if-none-match': '*' }) },
      allHeaders: true,
      ...(file !== undefined && { body: file.bytes as Uint8Array<ArrayBuffer> }),
    }).sign()
    return call(resolve, {
      method,
      url: signed.url.href,
      headers: Object.fromEntries(signed.headers),
      ...(file !== undefined && { body: file.bytes }),
      timeoutMs: place.timeoutMs,
    })
  }
  const put = async (name: string, file: { readonly bytes: Uint8Array; readonly type: string }): Promise<void> => {
    const answer = await asked('PUT', name, file)
    if (answer.status >= 200 && answer.status < 300) return
    // 412: it is there
    if (answer.status === 412) return
    const said = `it answered ${answer.status}${codeIn(answer)}`
    if (answer.status >= 500 && answer.status !== 503) throw new ErpUnclear(said)
    // 409: another write of the same name is under way; everything else says that nothing was written
    throw new ErpUnavailable(said, retryAfterOf(answer, clock))
  }
  return {
    put,
    async ping() {
      const answer = await asked('DELETE', pingName)
      if (answer.status >= 300 && answer.status !== 404)
        throw new ErpUnavailable(`it answered ${answer.status}${codeIn(answer)}`)
      await put(pingName, { bytes: new TextEncoder().encode('ping'), type: 'text/plain' })
      await asked('DELETE', pingName)
      return 'a file was written, and taken away again'
    },
  }
}

/** `: AccessDenied`, of the XML that S3 answers. */
const codeIn = ({ text }: HttpAnswer): string => {
  const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(text)?.[1]
  return code === undefined ? '' : `: ${code}`
}
