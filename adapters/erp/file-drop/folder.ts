import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ErpUnavailable } from '../../../core/ports/erp.ts'
import { type FileStore, pingName, temporaryName } from './store.ts'

/** A folder of this machine: written under another name, on the disk, then renamed (POSIX: whole or not at all). */
export const folderStore = (folder: string): FileStore => {
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    const temporary = join(folder, temporaryName(name))
    try {
      await mkdir(folder, { recursive: true })
      const file = await open(temporary, 'w')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      throw new ErpUnavailable(messageOf(error))
    }
    await rename(temporary, join(folder, name))
    await settled(folder)
  }
  return {
    put: (name, { bytes }) => put(name, bytes),
    async ping() {
      await put(pingName, new TextEncoder().encode('ping'))
      await rm(join(folder, pingName))
      return 'a file was written, and taken away again'
    },
  }
}

/** A name is on the disk when its folder is. */
const settled = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
