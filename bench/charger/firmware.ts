import type {
  FirmwareStatusEnumType,
  SignedUpdateFirmwareRequest,
  SignedUpdateFirmwareResponse,
  UpdateFirmwareRequest,
} from 'typed-ocpp/dist/ocpp16/types.js'
import { isValidAt, parsed } from './certificates.ts'
import type { Charger } from './charger.ts'
import { isSignedBy, versionOf } from './firmware-image.ts'
import { pause } from './pause.ts'
import { close, reopen } from './plug.ts'
import { reboot } from './reset.ts'
import { download, isHttp, type Job, type Patience, persist } from './transfer.ts'

interface Update extends Job, Patience {
  readonly location: string
  readonly retrieveAt: number
  readonly installAt?: number
  /** Of a signed update; an unsigned one tells fewer statuses, and without an id (OCPP 1.6 §7.25, L01). */
  readonly signed?: { readonly requestId: number; readonly certificate: string; readonly signature: string }
}

const installMs = 2_000
/** What an unsigned update has a word for. */
const plainStatuses: readonly string[] = [
  'Downloading',
  'Downloaded',
  'DownloadFailed',
  'Installing',
  'Installed',
  'InstallationFailed',
  'Idle',
]

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

  update({ location, retrieveDate, ...patience }: UpdateFirmwareRequest): void {
    void this.#run({ location, retrieveAt: Date.parse(retrieveDate), isCancelled: false, ...patience })
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

  signedUpdate({ requestId, firmware, ...patience }: SignedUpdateFirmwareRequest): void {
    const { location, retrieveDateTime, installDateTime, signingCertificate: certificate, signature } = firmware
    void this.#run({
      location,
      retrieveAt: Date.parse(retrieveDateTime),
      ...(installDateTime !== undefined && { installAt: Date.parse(installDateTime) }),
      signed: { requestId, certificate, signature },
      isCancelled: false,
      ...patience,
    })
  }

  /** As it stands, for whoever triggers it. */
  tell(isSigned: boolean): void {
    const status = this.#update === undefined ? 'Idle' : this.#status
    if (!isSigned)
      return this.#charger.tidings.tell('FirmwareStatusNotification', {
        status: plainStatuses.includes(status) ? status : 'Idle',
      })
    const { signed } = this.#update ?? {}
    this.#charger.tidings.tell('SignedFirmwareStatusNotification', {
      status: signed === undefined ? 'Idle' : status,
      ...(signed !== undefined && { requestId: signed.requestId }),
    })
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

  async #run(update: Update): Promise<void> {
    if (this.isInstalling) return
    if (this.#update !== undefined) this.#update.isCancelled = true
    this.#update = update
    const image = await this.#fetched(update)
    if (image === undefined || update.isCancelled) return this.#done(update)
    if (!this.#isGenuine(update, image)) return this.#done(update)
    await this.#until(update, update.installAt, 'InstallScheduled')
    if (!update.isCancelled) await this.#install(update, image)
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
    const { signed } = update
    if (signed !== undefined)
      this.#charger.tidings.tell('SignedFirmwareStatusNotification', { status, requestId: signed.requestId })
    else if (plainStatuses.includes(status)) this.#charger.tidings.tell('FirmwareStatusNotification', { status })
  }

  #done(update: Update): void {
    if (this.#update !== update) return
    this.#update = undefined
    this.#status = 'Idle'
  }
}
