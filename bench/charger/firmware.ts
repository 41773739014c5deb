import type { FirmwareStatusEnumType, SignedUpdateFirmwareResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { X509Certificate } from 'node:crypto'
import { isValidAt, parsed } from './certificates.ts'
import type { Charger } from './charger.ts'
import { isSignedBy, versionOf } from './firmware-image.ts'
import type { Message, Update } from './firmware-order.ts'
import { pause } from './pause.ts'
import { download, isHttp, persist } from './transfer.ts'

/** What renewing its firmware takes of a station, and the words of its version for it. */
export interface FirmwareParts extends Pick<Charger, 'after' | 'note' | 'time' | 'tidings' | 'security'> {
  readonly certificates: { leadsToRoot(use: 'ManufacturerRootCertificate', leaf: X509Certificate): boolean }
  /** Whether somebody charges. */
  isBusy(): boolean
  close(): void
  reopen(): void
  reboot(): Promise<void>
  /** How a step is told, or nothing where there is no word for it. */
  readonly messageOf: (update: Update, status: FirmwareStatusEnumType) => Message | undefined
}

const installMs = 2_000

/** The station's firmware and how it is renewed: fetched, checked, installed when nobody charges, in use after a boot. */
export class Firmware {
  readonly #parts: FirmwareParts
  version = '1.0.0'
  #update: Update | undefined
  #status: FirmwareStatusEnumType = 'Idle'
  /** Told when the boot that brings it into use is accepted. */
  #installed: Update | undefined

  constructor(parts: FirmwareParts) {
    this.#parts = parts
  }

  get isInstalling(): boolean {
    return this.#status === 'Installing' || this.#status === 'InstallRebooting'
  }

  /** What is answered to an update; whoever signed it must be known by a root of the manufacturer. */
  judge(signingCertificate: string | undefined): SignedUpdateFirmwareResponse['status'] {
    const { certificates, time, security } = this.#parts
    const certificate = signingCertificate === undefined ? undefined : parsed(signingCertificate)
    const isTrusted =
      signingCertificate === undefined ||
      (certificate !== undefined &&
        isValidAt(certificate, time.now()) &&
        certificates.leadsToRoot('ManufacturerRootCertificate', certificate))
    if (!isTrusted) {
      security.note('InvalidFirmwareSigningCertificate')
      return 'InvalidCertificate'
    }
    if (this.isInstalling) return 'Rejected'
    return this.#update === undefined ? 'Accepted' : 'AcceptedCanceled'
  }

  /** Takes the place of the one before, unless that is being installed. */
  async update(update: Update): Promise<void> {
    if (this.isInstalling) return
    if (this.#update !== undefined) this.#update.isCancelled = true
    this.#update = update
    const image = await this.#fetched(update)
    if (image === undefined || update.isCancelled) return this.#done(update)
    if (!this.#isGenuine(update, image)) return this.#done(update)
    await this.#until(update, update.installAt, 'InstallScheduled')
    if (!update.isCancelled) await this.#install(update, image)
  }

  /** As it stands, for whoever triggers it; where none of the kind is under way it is idle. */
  tell(idle: Message, isMeant: (update: Update) => boolean = () => true): void {
    const { tidings, messageOf } = this.#parts
    const update = this.#update
    const isTold = update !== undefined && isMeant(update)
    const [action, payload] = (isTold ? messageOf(update, this.#status) : undefined) ?? idle
    tidings.tell(action, payload)
  }

  /** A boot was accepted. */
  accepted(): void {
    const update = this.#installed
    if (update === undefined) return
    this.#installed = undefined
    this.#report(update, 'Installed')
    this.#parts.security.note('FirmwareUpdated', this.version)
    this.#done(update)
  }

  async #fetched(update: Update): Promise<Uint8Array | undefined> {
    const { location } = update
    await this.#until(update, update.retrieveAt, 'DownloadScheduled')
    const image = await persist({ charger: this.#parts, job: update, ...update }, async () => {
      this.#report(update, 'Downloading')
      if (!isHttp(location)) throw new Error(`nothing can be fetched from ${location}`)
      return download(location)
    })
    this.#report(update, image === undefined ? 'DownloadFailed' : 'Downloaded')
    return image
  }

  #isGenuine(update: Update, image: Uint8Array): boolean {
    if (update.signed === undefined) return true
    const isGenuine = isSignedBy(update.signed.certificate, image, update.signed.signature)
    this.#report(update, isGenuine ? 'SignatureVerified' : 'InvalidSignature')
    if (!isGenuine) this.#parts.security.note('InvalidFirmwareSignature')
    return isGenuine
  }

  /** No session is cut off for it: free connectors are closed, and the others waited for (OCPP 1.6 §5.18). */
  async #install(update: Update, image: Uint8Array): Promise<void> {
    const parts = this.#parts
    parts.close()
    while (parts.isBusy()) await pause(parts, 500)
    if (update.isCancelled) return parts.reopen()
    this.#report(update, 'Installing')
    await pause(parts, installMs)
    if (image.length === 0) {
      this.#report(update, 'InstallationFailed')
      parts.reopen()
      return this.#done(update)
    }
    this.#report(update, 'InstallRebooting')
    this.version = versionOf(update.location, image)
    this.#installed = update
    parts.reopen()
    await parts.reboot()
  }

  async #until(update: Update, at: number | undefined, status: FirmwareStatusEnumType): Promise<void> {
    const left = (at ?? 0) - this.#parts.time.now()
    if (left <= 0 || update.isCancelled) return
    this.#report(update, status)
    await pause(this.#parts, left)
  }

  #report(update: Update, status: FirmwareStatusEnumType): void {
    if (update.isCancelled) return
    this.#status = status
    const [action, payload] = this.#parts.messageOf(update, status) ?? []
    if (action !== undefined && payload !== undefined) this.#parts.tidings.tell(action, payload)
  }

  #done(update: Update): void {
    if (this.#update !== update) return
    this.#update = undefined
    this.#status = 'Idle'
  }
}
