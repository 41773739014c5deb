import type {
  FirmwareStatusEnumType,
  SignedUpdateFirmwareRequest,
  SignedUpdateFirmwareResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import { isValidAt, parsed } from './certificates.ts'
import type { Charger } from './charger.ts'
import { isSignedBy, versionOf } from './firmware-image.ts'
import { idle, messageOf, type Update } from './firmware-order.ts'
import { pause } from './pause.ts'
import { close, reopen } from './plug.ts'
import { reboot } from './reset.ts'
import { download, isHttp, persist } from './transfer.ts'

const installMs = 2_000

/** The station's firmware and how it is renewed: fetched, checked, installed when nobody charges, in use after a boot. */
export class Firmware {
  readonly #charger: Charger
  version = '1.0.0'
  #update: Update | undefined
  #status: FirmwareStatusEnumType = 'Idle'
  /** Told when the boot that brings it into use is accepted. */
  #installed: Update | undefined

  constructor(charger: Charger) {
    this.#charger = charger
  }

  get isInstalling(): boolean {
    return this.#status === 'Installing' || this.#status === 'InstallRebooting'
  }

  /** What is answered to a signed update; whoever signed it must be known by a root of the manufacturer. */
  judge({ firmware }: SignedUpdateFirmwareRequest): SignedUpdateFirmwareResponse['status'] {
    const { certificates, time, security } = this.#charger
    const certificate = parsed(firmware.signingCertificate)
    const isTrusted =
      certificate !== undefined &&
      isValidAt(certificate, time.now()) &&
      certificates.leadsToRoot('ManufacturerRootCertificate', certificate)
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

  /** As it stands, for whoever triggers it. */
  tell(isSigned: boolean): void {
    const update = this.#update
    const isMeant = update !== undefined && (update.signed !== undefined) === isSigned
    const [action, payload] = (isMeant ? messageOf(update, this.#status) : undefined) ?? idle(isSigned)
    this.#charger.tidings.tell(action, payload)
  }

  /** A boot was accepted. */
  accepted(): void {
    const update = this.#installed
    if (update === undefined) return
    this.#installed = undefined
    this.#report(update, 'Installed')
    this.#charger.security.note('FirmwareUpdated', this.version)
    this.#done(update)
  }

  async #fetched(update: Update): Promise<Uint8Array | undefined> {
    const { location } = update
    await this.#until(update, update.retrieveAt, 'DownloadScheduled')
    const image = await persist({ charger: this.#charger, job: update, ...update }, async () => {
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
    if (!isGenuine) this.#charger.security.note('InvalidFirmwareSignature')
    return isGenuine
  }

  /** No session is cut off for it: free connectors are closed, and the others waited for (OCPP 1.6 §5.18). */
  async #install(update: Update, image: Uint8Array): Promise<void> {
    const charger = this.#charger
    close(charger)
    while (charger.plugs.some(({ session }) => session !== undefined)) await pause(charger, 500)
    if (update.isCancelled) return reopen(charger)
    this.#report(update, 'Installing')
    await pause(charger, installMs)
    if (image.length === 0) {
      this.#report(update, 'InstallationFailed')
      reopen(charger)
      return this.#done(update)
    }
    this.#report(update, 'InstallRebooting')
    this.version = versionOf(update.location, image)
    this.#installed = update
    reopen(charger)
    await reboot(charger, 'Reboot')
  }

  async #until(update: Update, at: number | undefined, status: FirmwareStatusEnumType): Promise<void> {
    const left = (at ?? 0) - this.#charger.time.now()
    if (left <= 0 || update.isCancelled) return
    this.#report(update, status)
    await pause(this.#charger, left)
  }

  #report(update: Update, status: FirmwareStatusEnumType): void {
    if (update.isCancelled) return
    this.#status = status
    const [action, payload] = messageOf(update, status) ?? []
    if (action !== undefined && payload !== undefined) this.#charger.tidings.tell(action, payload)
  }

  #done(update: Update): void {
    if (this.#update !== update) return
    this.#update = undefined
    this.#status = 'Idle'
  }
}
